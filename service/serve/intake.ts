import type { TraderMessage } from '../../client/wire/messages.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import { Gate } from '../http/gate.ts'
import { Refusal } from '../http/refusal.ts'
import { Arrivals } from '../intake/arrivals.ts'
import type { Bringer } from '../intake/bringer.ts'
import { type Check, checksOf } from '../intake/checks.ts'
import type { KnownCallers } from '../intake/known-callers.ts'
import type { SignatureChecker } from '../intake/signature-checker.ts'
import { type BidVerdict, judgeBid } from '../sequencer/bids.ts'
import type { IntakeCredit } from '../sequencer/credit.ts'
import type { SequencerRecord } from '../sequencer/record.ts'
import { accountOfMessage } from '../writer/message-id.ts'
import type { Answer, Writer } from '../writer/writer.ts'
import { mayTake } from './load.ts'

export interface IntakeParts {
  readonly writer: Writer
  /** Finds out whose word things are before they have their turn. */
  readonly signatures: Pick<SignatureChecker, 'check'>
  /** From where each account's word came before. */
  readonly known: KnownCallers
  /** Throws a Refusal while nothing is taken. */
  requireOpen(): void
  /** How much may be taken now; asked while it is open. */
  credit(): IntakeCredit
  /** The tick of now, unless the clock has not moved on. */
  tick(): Promise<readonly SequencerRecord[]>
}

/** Requests that wait for their turn or to be written, of strangers once they are checked. */
const MOST_TURNS = 256

/**
 * Takes what traders signed, in the order in which it comes, once it is known whose word it is. What strangers bring has come when its
 * signature is checked, before which it may be nobody's word: until then it holds up no one else, and has the order among itself in which it
 * was brought.
 */
export class Intake {
  readonly #parts: IntakeParts
  readonly #arrivals = new Arrivals()
  readonly #turns = new Gate(MOST_TURNS)
  /** Who has something of an account's checked among strangers, and how much of it. */
  readonly #behind = new Map<string, number>()

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /**
   * Takes messages, or none: throws a Refusal. What is handed in again is told what it was told, whatever stands still. What is refused
   * whoever signed it needs no turn.
   */
  async take(messages: readonly TraderMessage[], { caller, door }: Bringer = {}): Promise<readonly Answer[]> {
    const { writer, known } = this.#parts
    // What cannot be taken anyway is not worth the check of a signature.
    const fresh = this.#requireRoom(messages)
    const checks = fresh.length === 0 ? [] : checksOf(writer.state, fresh)
    if (checks.length === 0) return await writer.take(messages, [], door)
    const answers = await this.#inTurn(checks, caller, async (tick) => {
      // At one go with what is taken: else others would spend the same credit.
      this.#requireRoom(messages)
      return await writer.take(messages, this.#still(tick), door)
    })
    for (const [place, { verdict, again }] of answers.entries()) {
      // One that was accepted before may be anybody's who saw it.
      if (caller === undefined || verdict !== 'ACCEPTED' || again) continue
      known.note(accountOfMessage(messages[place]!), caller)
    }
    return answers
  }

  /** Takes a bid for a flagged account, or says why no takeover can take it. Throws a Refusal while nothing is taken. */
  async takeBid(
    signed: SignedBid,
    { caller }: Bringer = {},
  ): Promise<{ readonly verdict: BidVerdict; readonly record?: number }> {
    const { writer, known } = this.#parts
    this.#parts.requireOpen()
    const checks = checksOf(writer.state, [signed])
    if (checks.length === 0) return { verdict: judgeBid(writer.state, signed) }
    return await this.#inTurn(checks, caller, async (tick) => {
      this.#parts.requireOpen()
      const verdict = judgeBid(writer.state, signed)
      if (verdict !== 'ACCEPTED') return { verdict }
      const before = this.#still(tick)
      const record = writer.state.records + before.length
      await writer.put([...before, { kind: 'bid', signed }])
      if (caller !== undefined) known.note(signed.bid.bidder, caller)
      return { verdict, record }
    })
  }

  /** Has its turn with the tick before it, once it is known whose word it is. */
  async #inTurn<T>(
    checks: readonly Check[],
    caller: string | undefined,
    go: (tick: readonly SequencerRecord[]) => Promise<T>,
  ): Promise<T> {
    const { signatures, tick } = this.#parts
    if (caller === undefined || this.#isKnown(checks, caller)) {
      const ready = () => Promise.all([tick(), signatures.check(checks)]).then(([ticked]) => ticked)
      return await this.#turns.pass(() => this.#arrivals.pass(ready(), go), 'known')
    }
    const names = new Set(checks.map(({ account }) => `${account} ${caller}`))
    for (const name of names) this.#behind.set(name, (this.#behind.get(name) ?? 0) + 1)
    try {
      await signatures.check(checks, caller)
    } finally {
      for (const name of names) {
        const left = this.#behind.get(name)! - 1
        if (left > 0) this.#behind.set(name, left)
        else this.#behind.delete(name)
      }
    }
    // At one go with that: what the account sends from there next comes after it.
    return await this.#turns.pass(() => this.#arrivals.pass(tick(), go))
  }

  /** Whether the word of all those accounts came from there before, and none of it is behind strangers still, where it must stay in order. */
  #isKnown(checks: readonly Check[], caller: string): boolean {
    const { known } = this.#parts
    return checks.every(({ account }) => known.isOf(account, caller) && !this.#behind.has(`${account} ${caller}`))
  }

  /** Others may have been told the same clock, and have written it. */
  #still(tick: readonly SequencerRecord[]): readonly SequencerRecord[] {
    const { clock } = this.#parts.writer.state
    return tick.filter((one) => one.kind !== 'tick' || one.clock > clock)
  }

  /** Those of the messages that were not accepted before. Throws a Refusal where there are such, and they cannot be taken now. */
  #requireRoom(messages: readonly TraderMessage[]): readonly TraderMessage[] {
    const { writer } = this.#parts
    const fresh = messages.filter((message) => !writer.isAgain(message))
    if (fresh.length === 0) return fresh
    this.#parts.requireOpen()
    const { messages: credit, retryAfter } = this.#parts.credit()
    if (mayTake(fresh, credit, writer.state)) return fresh
    const wait = retryAfter > 0n ? retryAfter : 1n
    const message = `the venue takes ${credit === 0n ? 'no' : credit} more messages now, until its proofs have come; ask again in ${wait} s`
    throw new Refusal(429, 'INTAKE_LIMITED', message, Number(wait))
  }
}
