import type { TraderMessage } from '../../client/wire/messages.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import { Refusal } from '../http/refusal.ts'
import { Arrivals } from '../intake/arrivals.ts'
import { checksOf } from '../intake/checks.ts'
import type { SignatureChecker } from '../intake/signature-checker.ts'
import { type BidVerdict, judgeBid } from '../sequencer/bids.ts'
import type { IntakeCredit } from '../sequencer/credit.ts'
import type { SequencerRecord } from '../sequencer/record.ts'
import type { Door } from '../writer/door.ts'
import type { Answer, Writer } from '../writer/writer.ts'
import { mayTake } from './load.ts'

export interface IntakeParts {
  readonly writer: Writer
  /** Finds out whose word things are before they have their turn. */
  readonly signatures: Pick<SignatureChecker, 'check'>
  /** Throws a Refusal while nothing is taken. */
  requireOpen(): void
  /** How much may be taken now; asked while it is open. */
  credit(): IntakeCredit
  /** The tick of now, unless the clock has not moved on. */
  tick(): Promise<readonly SequencerRecord[]>
}

/** Takes what traders signed, in the order in which it comes, once it is known whose word it is. */
export class Intake {
  readonly #parts: IntakeParts
  readonly #arrivals = new Arrivals()

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /**
   * Takes messages, or none: throws a Refusal. They have their turn in the order in which they come. What is handed in again is told what it
   * was told, whatever stands still. `door`: another one than the usual.
   */
  async take(messages: readonly TraderMessage[], door?: Door): Promise<readonly Answer[]> {
    const { writer } = this.#parts
    // What cannot be taken anyway is not worth the check of a signature.
    const fresh = this.#requireRoom(messages)
    if (fresh.length === 0) return await writer.take(messages)
    return await this.#arrivals.pass(this.#readyFor(fresh), async (tick) => {
      // At one go with what is taken: else others would spend the same credit.
      this.#requireRoom(messages)
      return await writer.take(messages, this.#still(tick), door)
    })
  }

  /** Takes a bid for a flagged account, or says why no takeover can take it. Throws a Refusal while nothing is taken. */
  async takeBid(signed: SignedBid): Promise<{ readonly verdict: BidVerdict; readonly record?: number }> {
    const { writer } = this.#parts
    this.#parts.requireOpen()
    return await this.#arrivals.pass(this.#readyFor([signed]), async (tick) => {
      this.#parts.requireOpen()
      const verdict = judgeBid(writer.state, signed)
      if (verdict !== 'ACCEPTED') return { verdict }
      const before = this.#still(tick)
      const record = writer.state.records + before.length
      await writer.put([...before, { kind: 'bid', signed }])
      return { verdict, record }
    })
  }

  /** The tick before things that were signed, once it is known whose word they are. */
  async #readyFor(signed: readonly (TraderMessage | SignedBid)[]): Promise<readonly SequencerRecord[]> {
    const { writer, signatures } = this.#parts
    const [tick] = await Promise.all([this.#parts.tick(), signatures.check(checksOf(writer.state, signed))])
    return tick
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
    const message = `the venue takes ${credit} more messages now, until its proofs have come; ask again in ${wait} s`
    throw new Refusal(429, 'INTAKE_LIMITED', message, Number(wait))
  }
}
