import type { SequencerState } from '../sequencer/state.ts'

export interface RunningSnapshotsOptions {
  /** As far as it is on disk. */
  state(): SequencerState
  write(state: SequencerState): Promise<void>
  /** Told of each that failed, and with undefined of each that did not. A database that is gone is for others to notice. */
  onWritten(error: unknown): void
  /** Milliseconds, of a clock that goes on. */
  readonly now?: (() => number) | undefined
}

/** After how many records the next one is written: they are read in a few seconds. */
const RECORDS = 5_000
/** It takes at most one part in so many of the time. */
const SHARE = 50

/** Writes a snapshot now and then while a venue runs, so that a start after a kill has few records to read. */
export class RunningSnapshots {
  readonly #options: RunningSnapshotsOptions
  #at: number
  #notBefore = 0
  #writing: Promise<void> | undefined

  constructor(options: RunningSnapshotsOptions) {
    this.#options = options
    this.#at = options.state().records
  }

  /** Begins one if it is time; does not wait for its end. */
  turn(): void {
    const state = this.#options.state()
    const isDue = state.records - this.#at >= RECORDS && this.#now() >= this.#notBefore
    // While a batch that was given up may be settled after all, none would be written.
    if (!isDue || this.#writing !== undefined || state.dropped.length > 0) return
    this.#writing = this.#write(state)
  }

  async #write(state: SequencerState): Promise<void> {
    const began = this.#now()
    try {
      await this.#options.write(state)
      this.#at = state.records
      this.#options.onWritten(undefined)
    } catch (error) {
      this.#options.onWritten(error)
    }
    this.#notBefore = this.#now() + SHARE * (this.#now() - began)
    this.#writing = undefined
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now()
  }

  /** Resolves when none is being written. */
  async settled(): Promise<void> {
    await this.#writing
  }
}
