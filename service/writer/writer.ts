import type { TraderMessage } from '../../client/wire/messages.ts'
import { needsNoSignature } from '../../protocol/bundle.ts'
import type { Journal } from '../journal/journal.ts'
import { newSalt } from '../journal/salt.ts'
import type { Receipted } from '../log/venue-log.ts'
import type { Effect } from '../sequencer/effects.ts'
import { isOwnersWord, judgeCashMessage, judgeMessage } from '../sequencer/judge.ts'
import { encodeRecord, type SequencerRecord, type Verdict } from '../sequencer/record.ts'
import { reduce } from '../sequencer/reducer.ts'
import type { SequencerState } from '../sequencer/state.ts'
import { type BatchCircuits, jobChangesOf } from './job-changes.ts'

export interface WriterOptions {
  readonly journal: Journal
  readonly state: SequencerState
  readonly circuits: BatchCircuits
  /** Gets what records led to, in order, once they are on disk. */
  readonly onEffects?: ((effects: readonly Effect[]) => void) | undefined
}

/** What is said of a message; with the number of its record if it was accepted. */
export interface Answer {
  readonly verdict: Verdict
  readonly record?: number
  /** What its receipt is made of. Private. */
  readonly receipted?: Receipted
}

/**
 * The one who turns inputs into records: reduces them, and appends them to the journal with the jobs that follow, in one
 * transaction. Its state is ahead of what is on disk for as long as that takes, so nothing is told to anybody before. After an
 * append that failed it is of no use any more: the process has to begin again from what is stored.
 */
export class Writer {
  readonly #options: WriterOptions
  #state: SequencerState
  #written: SequencerState
  #isLost = false

  constructor(options: WriterOptions) {
    this.#options = options
    this.#state = options.state
    this.#written = options.state
  }

  /** What the next input comes to. */
  get state(): SequencerState {
    return this.#state
  }

  /** As far as it is on disk: what may be told. */
  get written(): SequencerState {
    return this.#written
  }

  /** Whether an append has failed: what is in memory may not be on disk. */
  get isLost(): boolean {
    return this.#isLost
  }

  /**
   * Writes the records, all or none; resolves when they are on disk, with what they led to. Throws INPUT_INVALID for one that cannot
   * come now; LEADERSHIP_LOST and DATABASE_UNAVAILABLE as `Journal.append`.
   */
  async put(records: readonly SequencerRecord[]): Promise<readonly Effect[]> {
    return (await this.#put(records)).effects
  }

  async #put(records: readonly SequencerRecord[]) {
    const { journal, circuits, onEffects } = this.#options
    let state = this.#state
    const effects: Effect[] = []
    const entries = records.map((record) => {
      const reduced = reduce(state, record)
      const jobs = jobChangesOf(reduced.effects, state.batches, circuits)
      state = reduced.state
      effects.push(...reduced.effects)
      return { record: encodeRecord(record), salt: newSalt(), jobs }
    })
    if (entries.length === 0) return { effects, entries }
    this.#state = state
    await journal.append(entries).catch((error) => {
      this.#isLost = true
      throw error
    })
    // Appends resolve in their order.
    this.#written = state
    onEffects?.(effects)
    return { effects, entries }
  }

  /**
   * Judges messages in turn, and writes those that are accepted; resolves when they are on disk. What is refused leaves no trace:
   * anybody can send that. Cancels that need no signature (protocol.md#barred) are the venue's to make, and refused: strangers could
   * send them without end. Throws as {@link put}.
   */
  async take(messages: readonly TraderMessage[]): Promise<readonly Answer[]> {
    const answers = messages.map(async (message): Promise<Answer> => {
      const { records: record } = this.#state
      const verdict = this.#judge(message)
      if (verdict !== 'ACCEPTED') return { verdict }
      const { entries } = await this.#put([
        'messages' in message
          ? { kind: 'message', bundle: message, verdict }
          : { kind: 'cash-message', signed: message, verdict },
      ])
      const { salt, record: bytes } = entries[0]!
      return { verdict, record, receipted: { record, salt, bytes } }
    })
    return await Promise.all(answers)
  }

  #judge(message: TraderMessage): Verdict {
    const verdict = this.#verdictOn(message)
    return !PRIVATE.includes(verdict) || isOwnersWord(this.#state, message) ? verdict : 'BAD_SIGNATURE'
  }

  #verdictOn(message: TraderMessage): Verdict {
    if (!('messages' in message)) return judgeCashMessage(this.#state, message)
    return needsNoSignature(message) ? 'BAD_SIGNATURE' : judgeMessage(this.#state, message)
  }
}

/** What tells of the account: said to its trader alone. Strangers would learn from it how much he trades. */
const PRIVATE: readonly Verdict[] = ['OLD_NONCE', 'VIEW_KEY_MISSING', 'EXPIRED']
