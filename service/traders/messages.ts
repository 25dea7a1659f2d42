import type { AccountEvent } from '../../client/wire/events.ts'
import type { TraderMessage } from '../../client/wire/messages.ts'
import { type Item, ledgerOf, type SequencerState } from '../sequencer/state.ts'
import { accountOfMessage, messageId } from '../writer/message-id.ts'
import type { ReducedStep } from '../writer/writer.ts'
import { answerOf, isSameFill, type MessageAnswer, type Note } from './message-answer.ts'

/** Most messages that are remembered, beyond those of which something may yet be told. */
const MOST_MESSAGES = 100_000

/** What is known of messages: of all that are not final or whose orders rest, and of the last ones besides. */
export class Messages {
  readonly #notes = new Map<number, Note>()
  readonly #byId = new Map<string, number>()
  readonly #byName = new Map<string, number>()
  readonly #most: number

  /** With what a snapshot knows of them; remembers `most` beyond those of which something may yet be told. */
  constructor(state: SequencerState, most = MOST_MESSAGES) {
    this.#most = most
    for (const { index, items } of state.batches)
      for (const item of items) this.#note(item, { state: 'executed', batch: index })
    for (const item of state.open.items)
      this.#note(item, { state: 'executed', batch: state.finalIndex + state.batches.length + 1 })
    for (const item of state.waiting) this.#note(item)
    for (const [market, { resting }] of ledgerOf(state).tracks) {
      for (const [sequence, { record, place }] of resting) {
        this.#notes.get(record)?.orders.set(place, { place, state: 'rested', market, sequence })
      }
    }
  }

  /** The record of the very same message, with the same signature, if it was accepted before. */
  same(message: TraderMessage): number | undefined {
    return this.#byId.get(messageId(message))
  }

  /** The record of a message that was accepted before: of the very same, or of the account's with that clientOrderId. */
  known(message: TraderMessage): number | undefined {
    const same = this.same(message)
    if (same !== undefined || !('messages' in message) || message.clientOrderId === undefined) return same
    return this.#byName.get(nameOf(accountOfMessage(message), 'clientOrderId', message.clientOrderId))
  }

  /** Learns of the message that a record is. */
  learn({ record, before }: ReducedStep): void {
    const head = { record: before.records, clock: before.clock }
    if (record.kind === 'message' && record.verdict === 'ACCEPTED') {
      const { account, market } = record.bundle.messages[0]!
      this.#note({ ...head, account, market, ...record, signer: { x: 0n, y: 0n } })
    }
    if (record.kind === 'cash-message' && record.verdict === 'ACCEPTED') {
      this.#note({ ...head, account: record.signed.message.account, market: 0, signed: record.signed })
    }
  }

  /** What an event says of a message of its account. */
  hear(account: number, event: AccountEvent): void {
    if (event.kind === 'batch') {
      for (const record of event.records) {
        const note = this.#own(account, record)
        if (note !== undefined && event.state === 'final')
          note.isFinal = note.batch !== undefined && note.batch <= event.batch
      }
      return
    }
    const note = 'record' in event && event.record !== undefined ? this.#own(account, event.record) : undefined
    if (note === undefined) return
    if (event.kind === 'executed') Object.assign(note, { state: 'executed', batch: event.batch, reason: undefined })
    else if (event.kind === 'refused') Object.assign(note, { state: 'refused', reason: event.reason, isFinal: true })
    else if (event.kind === 'order') {
      const { place, state, market, sequence } = event
      note.orders.set(place, {
        ...note.orders.get(place),
        place,
        state,
        ...(market !== undefined && { market, sequence }),
      })
      if (sequence !== undefined) this.#name(note, 'sequence', `${market} ${sequence}`)
    } else if (event.kind === 'filled') note.fills.push(event)
    else if (event.kind === 'busted') {
      note.busted.push(event)
      const place = note.fills.findIndex((fill) => isSameFill(fill, event))
      if (place >= 0) note.fills.splice(place, 1)
    }
  }

  /** What the account may know of its message of that record. */
  byRecord(state: SequencerState, account: number, record: number): MessageAnswer | undefined {
    const note = this.#own(account, record)
    return note && answerOf(note, state)
  }

  byClientOrderId(state: SequencerState, account: number, clientOrderId: string): MessageAnswer | undefined {
    return this.byRecord(state, account, this.#byName.get(nameOf(account, 'clientOrderId', clientOrderId)) ?? -1)
  }

  byNonce(state: SequencerState, account: number, nonce: bigint): MessageAnswer | undefined {
    return this.byRecord(state, account, this.#byName.get(nameOf(account, 'nonce', `${nonce}`)) ?? -1)
  }

  bySequence(state: SequencerState, account: number, market: number, sequence: bigint): MessageAnswer | undefined {
    return this.byRecord(state, account, this.#byName.get(nameOf(account, 'sequence', `${market} ${sequence}`)) ?? -1)
  }

  #own(account: number, record: number): Note | undefined {
    const note = this.#notes.get(record)
    return note?.account === account ? note : undefined
  }

  #note(item: Item, known: { state: MessageAnswer['state']; batch?: number } = { state: 'accepted' }): void {
    const { record, account } = item
    const message = 'bundle' in item ? item.bundle : item.signed
    const nonces = 'bundle' in item ? item.bundle.messages.map(({ nonce }) => nonce) : [item.signed.message.nonce]
    const clientOrderId = 'bundle' in item ? item.clientOrderId : undefined
    const id = messageId(message)
    const note = {
      record,
      account,
      nonce: nonces.at(-1)!,
      clientOrderId,
      id,
      reason: undefined,
      batch: undefined,
      ...known,
    }
    const kept: Note = { ...note, orders: new Map(), fills: [], busted: [], names: new Set(), isFinal: false }
    this.#notes.set(record, kept)
    this.#byId.set(id, record)
    for (const nonce of nonces) this.#name(kept, 'nonce', `${nonce}`)
    if (clientOrderId !== undefined) this.#name(kept, 'clientOrderId', clientOrderId)
    if (this.#notes.size > this.#most) this.#forgetOne()
  }

  #name(note: Note, kind: string, value: string): void {
    const name = nameOf(note.account, kind, value)
    note.names.add(name)
    this.#byName.set(name, note.record)
  }

  #forgetOne(): void {
    for (const note of this.#notes.values()) {
      const isLive = !note.isFinal || [...note.orders.values()].some(({ state }) => state === 'rested')
      if (isLive) continue
      this.#notes.delete(note.record)
      this.#byId.delete(note.id)
      for (const name of note.names) if (this.#byName.get(name) === note.record) this.#byName.delete(name)
      return
    }
  }
}

function nameOf(account: number, kind: string, value: string): string {
  return `${account} ${kind} ${value}`
}
