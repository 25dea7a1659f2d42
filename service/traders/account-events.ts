import type { AccountEvent } from '../../client/wire/events.ts'
import { opposite } from '../../protocol/slot.ts'
import type { Effect } from '../sequencer/effects.ts'
import type { Fill, OrderEvent } from '../sequencer/fills.ts'
import { batchAt, type SealedBatch } from '../sequencer/state.ts'
import type { ReducedStep } from '../writer/writer.ts'
import type { Owners } from './owners.ts'

/** An event before it has its place in the account's stream. */
export type Told = AccountEvent extends infer Event
  ? Event extends AccountEvent
    ? Omit<Event, 'number' | 'previous'>
    : never
  : never

export interface Telling {
  readonly account: number
  /** Number of the event: grows over all records, and is the same whenever the journal is reduced. */
  readonly number: number
  readonly told: Told
}

/** Most things that one record tells, beyond which they are not told apart: as many as 2^53 leaves room for. */
const PER_RECORD = 2 ** 20

/** The number that events of a record begin with, and that those before it are below. */
export function firstNumber(records: number): number {
  return records * PER_RECORD
}

/** Whom a record tells what, and nobody of another: what its effects mean to each account. */
export function tellingsOf(step: ReducedStep, owners: Owners): Telling[] {
  const first = firstNumber(step.before.records) + 1
  return step.effects
    .flatMap((effect) => toldBy(effect, step, owners))
    .slice(0, PER_RECORD - 1)
    .map(([account, told], i) => ({ account, number: first + i, told }))
}

type Whom = readonly [account: number, told: Told]

function toldBy(effect: Effect, step: ReducedStep, owners: Owners): Whom[] {
  const { before, after } = step
  const ofRecord = (record: number, told: Told): Whom[] => {
    const account = owners.of(record)
    return account === undefined ? [] : [[account, told]]
  }
  switch (effect.kind) {
    case 'verdict':
      return effect.verdict === 'ACCEPTED' ? ofRecord(effect.record, acceptedBy(step)) : []
    case 'executed':
      return ofRecord(effect.record, { kind: 'executed', record: effect.record, batch: effect.batch })
    case 'refused':
      return ofRecord(effect.record, { kind: 'refused', record: effect.record, reason: effect.reason })
    case 'order':
      return ofRecord(effect.event.order.record, orderTold(effect.event, effect.batch))
    case 'filled':
      return sidesOf(effect.fill).map(([account, side]) => [account, { kind: 'filled', ...side, batch: effect.batch }])
    case 'busted':
      return sidesOf(effect.fill).map(([account, side]) => [account, { kind: 'busted', ...side }])
    case 'finality':
      return batchTold(batchAt(after, effect.index) ?? batchAt(before, effect.index), effect.state)
    case 'dropped':
      return batchTold(batchAt(before, effect.index), 'dropped')
    case 'served': {
      const { operation } = after.entries[Number(effect.entry - after.firstEntry)] ?? {}
      if (operation === undefined) return []
      const { entry, batch } = effect
      return [[operation.account, { kind: 'served', operation: operation.kind, entry, batch }]]
    }
    case 'view-refused':
      return [[effect.account, { kind: 'view-key-refused', reason: effect.reason }]]
    case 'taken-over': {
      const { victim, bidder, price, batch } = effect
      const told = { kind: 'taken-over' as const, price, batch }
      return [
        [victim, { ...told, role: 'victim' }],
        [bidder, { ...told, role: 'bidder' }],
      ]
    }
    case 'deleveraged': {
      const { victim, counterparty, market, lots } = effect.closing
      const told = { kind: 'deleveraged' as const, market, lots, batch: effect.batch }
      return [
        [victim, { ...told, role: 'victim' }],
        [counterparty, { ...told, role: 'counterparty' }],
      ]
    }
    default:
      return []
  }
}

function acceptedBy({ record, before }: ReducedStep): Told {
  const nonce =
    record.kind === 'message'
      ? record.bundle.messages.at(-1)!.nonce
      : record.kind === 'cash-message'
        ? record.signed.message.nonce
        : 0n
  const clientOrderId = record.kind === 'message' ? record.clientOrderId : undefined
  return { kind: 'accepted', record: before.records, nonce, ...(clientOrderId !== undefined && { clientOrderId }) }
}

function orderTold(event: OrderEvent, batch: number): Told {
  const { record, place } = event.order
  const rested = event.kind === 'rested' ? { market: event.market, sequence: event.sequence } : {}
  return { kind: 'order', record, place, batch, state: event.kind, ...rested }
}

/** A trade as each of the two sees it: of the other's order and account nothing but that it was there. */
function sidesOf({ taker, maker, takerAccount, makerAccount, takerSide, market, price, size }: Fill) {
  return [
    [takerAccount, { market, side: takerSide, price, size, role: 'taker' as const, ...taker }],
    [makerAccount, { market, side: opposite(takerSide), price, size, role: 'maker' as const, ...maker }],
  ] as const
}

type BatchState = Extract<Told, { kind: 'batch' }>['state']

function batchTold(batch: SealedBatch | undefined, state: BatchState): Whom[] {
  return [...recordsIn(batch)].map(([account, records]) => {
    return [account, { kind: 'batch', batch: batch!.index, state, records: [...records] }]
  })
}

/** By account, the messages that a batch includes or whose orders it fills. */
function recordsIn(batch: SealedBatch | undefined): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>()
  const add = (account: number, record: number | undefined) => {
    const records = found.get(account) ?? new Set()
    if (record !== undefined) records.add(record)
    found.set(account, records)
  }
  for (const { account, record } of batch?.items ?? []) add(account, record)
  for (const { takerAccount, makerAccount, taker, maker } of batch?.fills ?? []) {
    add(takerAccount, taker?.record)
    add(makerAccount, maker?.record)
  }
  return found
}
