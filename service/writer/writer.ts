import type { TraderMessage } from '../../client/wire/messages.ts'
import { needsNoSignature, type SignedBundle } from '../../protocol/bundle.ts'
import type { Journal } from '../journal/journal.ts'
import { newSalt } from '../journal/salt.ts'
import type { Receipted } from '../log/venue-log.ts'
import type { Effect } from '../sequencer/effects.ts'
import { isOwnersWord, judgeCashMessage, judgeMessage } from '../sequencer/judge.ts'
import { encodeRecord, type SequencerRecord, type Verdict } from '../sequencer/record.ts'
import { type Reduced, reduce } from '../sequencer/reducer.ts'
import type { SequencerState } from '../sequencer/state.ts'
import type { Door, DoorVerdict } from './door.ts'
import { type BatchCircuits, type JobWork, jobWorksOf } from './job-changes.ts'
import { JobLine } from './job-line.ts'
import type { JobMaker } from './job-maker.ts'
import { messageId, nameOfMessage } from './message-id.ts'

export interface WriterOptions {
  readonly journal: Journal
  readonly state: SequencerState
  readonly circuits: BatchCircuits
  /** Who works out what proves batches. Default: this thread. */
  readonly maker?: JobMaker | undefined
  /** Gets what records led to, in order, once they are on disk. */
  readonly onEffects?: ((effects: readonly Effect[]) => void) | undefined
  /** What else is said of messages before they are written. */
  readonly door?: Door | undefined
  /** Gets why no job is written any more. Default: `isLost` alone tells it. */
  readonly onJobsLost?: ((error: unknown) => void) | undefined
  /** Gets each record with what it did, likewise. */
  readonly onReduced?: ((steps: readonly ReducedStep[]) => void) | undefined
}

/** A record, and the sequencer before and after it. */
export interface ReducedStep {
  readonly record: SequencerRecord
  readonly before: SequencerState
  readonly after: SequencerState
  readonly effects: readonly Effect[]
}

/** What is said of a message; with the number of its record if it was accepted. */
export interface Answer {
  readonly verdict: Verdict | DoorVerdict
  readonly record?: number
  /** What its receipt is made of. Private. */
  readonly receipted?: Receipted
  /** It was accepted before: the very same, or another of that name of its account. */
  readonly again?: true
}

/** A message that was accepted before; it may not be on disk yet. */
interface Earlier {
  readonly record: number
  readonly written: Promise<unknown>
}

/**
 * The one who turns inputs into records: reduces them, appends them to the journal, and then has the jobs written that follow.
 * Its state is ahead of what is on disk for as long as that takes, so nothing is told to anybody before. After an
 * append that failed it is of no use any more: the process has to begin again from what is stored.
 */
export class Writer {
  readonly #options: WriterOptions
  #state: SequencerState
  #written: SequencerState
  readonly #jobs: JobLine
  #isLost = false
  /** Accepted messages that are not on disk yet, by what they are called. */
  readonly #underWay = new Map<string, Earlier>()
  /** What a record did to a state, as it was worked out last. */
  readonly #known = new WeakMap<SequencerRecord, { readonly before: SequencerState; readonly reduced: Reduced }>()

  constructor(options: WriterOptions) {
    this.#options = options
    this.#state = options.state
    this.#written = options.state
    const { journal, onJobsLost } = options
    this.#jobs = new JobLine({
      changeJobs: (changes) => journal.changeJobs(changes),
      onLost: (error) => {
        this.#isLost = true
        onJobsLost?.(error)
      },
    })
  }

  /** What the next input comes to. */
  get state(): SequencerState {
    return this.#state
  }

  /** As far as it is on disk: what may be told. */
  get written(): SequencerState {
    return this.#written
  }

  /** Whether an append has failed, or jobs behind one: what is in memory may not be on disk. */
  get isLost(): boolean {
    return this.#isLost
  }

  /** Resolves when what the records until now change among the jobs is on disk, too. Throws why it is not. */
  async jobsWritten(): Promise<void> {
    await this.#jobs.settled()
  }

  /**
   * Writes the records, all or none; resolves when they are on disk, with what they led to. Throws INPUT_INVALID for one that cannot
   * come now; LEADERSHIP_LOST and DATABASE_UNAVAILABLE as `Journal.append`.
   */
  async put(records: readonly SequencerRecord[]): Promise<readonly Effect[]> {
    return (await this.#put(records)).effects
  }

  async #put(records: readonly SequencerRecord[]) {
    const { journal, circuits, maker, onEffects, onReduced } = this.#options
    let state = this.#state
    const effects: Effect[] = []
    const works: JobWork[] = []
    const steps: ReducedStep[] = []
    const entries = records.map((record) => {
      const reduced = this.#reduce(state, record)
      works.push(...jobWorksOf(reduced.effects, [state, reduced.state], circuits, maker))
      steps.push({ record, before: state, after: reduced.state, effects: reduced.effects })
      state = reduced.state
      effects.push(...reduced.effects)
      return { record: encodeRecord(record), salt: newSalt() }
    })
    if (entries.length === 0) return { effects, entries }
    this.#state = state
    const written = journal.append(entries).catch((error) => {
      this.#isLost = true
      throw error
    })
    this.#jobs.add(works, written)
    await written
    // Appends resolve in their order.
    this.#written = state
    onEffects?.(effects)
    onReduced?.(steps)
    return { effects, entries }
  }

  /**
   * Judges messages in turn, and writes those that are accepted; resolves when they are on disk. One that was accepted before gets the
   * same answer again. `first` is written before them, if any is accepted. What is refused leaves no trace: anybody can send that.
   * Cancels that need no signature (protocol.md#barred) are the venue's to make, and refused: strangers could send them without end.
   * `door`: another one than the usual. Throws as {@link put}.
   */
  async take(
    messages: readonly TraderMessage[],
    first: readonly SequencerRecord[] = [],
    door = this.#options.door,
  ): Promise<readonly Answer[]> {
    let before = first
    let state = before.reduce((reached, record) => this.#reduce(reached, record).state, this.#state)
    const answers = messages.map(async (message): Promise<Answer> => {
      const same = this.#sameBefore(message)
      if (same !== undefined) return await againOf(same)
      const verdict = this.#judge(state, message)
      if (verdict !== 'ACCEPTED' && verdict !== 'OLD_NONCE') return { verdict }
      const named = this.#namedBefore(message)
      if (named !== undefined) return await againOf(named)
      const refused = verdict === 'ACCEPTED' ? door?.refusal(state, message) : verdict
      if (refused !== undefined) return { verdict: refused }
      const { records: record } = state
      const accepted = this.#accept(message, record, before)
      before = []
      state = this.#state
      const { salt, record: bytes } = await accepted
      return { verdict, record, receipted: { record, salt, bytes } }
    })
    return await Promise.all(answers)
  }

  /** Once: what comes before a message is looked at before it is known whether it is written, and may end batches. */
  #reduce(before: SequencerState, record: SequencerRecord): Reduced {
    const known = this.#known.get(record)
    if (known?.before === before) return known.reduced
    const reduced = reduce(before, record)
    this.#known.set(record, { before, reduced })
    return reduced
  }

  /** Writes an accepted message, which is found by what it is called until then. */
  async #accept(message: TraderMessage, record: number, before: readonly SequencerRecord[]) {
    const put = this.#put([
      ...before,
      'messages' in message
        ? { kind: 'message', bundle: bundleOf(message), verdict: 'ACCEPTED', clientOrderId: message.clientOrderId }
        : { kind: 'cash-message', signed: message, verdict: 'ACCEPTED' },
    ])
    const names = [messageId(message), nameOfMessage(message)].filter((name) => name !== undefined)
    for (const name of names) this.#underWay.set(name, { record, written: put })
    try {
      return (await put).entries.at(-1)!
    } finally {
      for (const name of names) this.#underWay.delete(name)
    }
  }

  /** Whether the very same message was accepted before: it gets that answer again, whatever a new one would be told. */
  isAgain(message: TraderMessage): boolean {
    return this.#sameBefore(message) !== undefined
  }

  /** With its signature, which nobody has who was not given the message: there is nothing to be judged. */
  #sameBefore(message: TraderMessage): Earlier | undefined {
    return this.#underWay.get(messageId(message)) ?? writtenAt(this.#options.door?.same(message))
  }

  #namedBefore(message: TraderMessage): Earlier | undefined {
    return this.#underWay.get(nameOfMessage(message) ?? '') ?? writtenAt(this.#options.door?.known(message))
  }

  #judge(state: SequencerState, message: TraderMessage): Verdict {
    const verdict = verdictOn(state, message)
    return !PRIVATE.includes(verdict) || isOwnersWord(state, message) ? verdict : 'BAD_SIGNATURE'
  }
}

function writtenAt(record: number | undefined): Earlier | undefined {
  return record === undefined ? undefined : { record, written: Promise.resolve() }
}

async function againOf({ record, written }: Earlier): Promise<Answer> {
  await written
  return { verdict: 'ACCEPTED', record, again: true }
}

function verdictOn(state: SequencerState, message: TraderMessage): Verdict {
  if (!('messages' in message)) return judgeCashMessage(state, message)
  return needsNoSignature(message) ? 'BAD_SIGNATURE' : judgeMessage(state, message)
}

/** What tells of the account: said to its trader alone. Strangers would learn from it how much he trades. */
const PRIVATE: readonly Verdict[] = ['OLD_NONCE', 'VIEW_KEY_MISSING', 'EXPIRED']

function bundleOf({ messages, signature }: SignedBundle): SignedBundle {
  return { messages, signature }
}
