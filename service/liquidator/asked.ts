import { lastIndex, type SealedBatch, type SequencerState } from '../sequencer/state.ts'
import type { Duty } from './duties.ts'
import type { Patience } from './patience.ts'

interface Asking {
  readonly duty: Duty
  /** Unix seconds. */
  readonly at: bigint
  /** The last batch before. */
  readonly last: number
  /** The batch that does it, once that was seen. */
  readonly batch?: SealedBatch
}

/** What was asked for and is not settled yet: what is refused, or made and dropped, failed; what is settled is forgotten. */
export class Asked {
  #askings: readonly Asking[] = []

  /** `now`: unix seconds. */
  add(sequencer: SequencerState, duty: Duty, now: bigint): void {
    this.#askings = [...this.#askings, { duty, at: now, last: lastIndex(sequencer) }]
  }

  /** Looks what came of it, once the records of all that was asked for are reduced. */
  follow(sequencer: SequencerState, patience: Patience): void {
    this.#askings = this.#askings.flatMap((asking): Asking[] => {
      const { duty, at, last, batch: seen } = asking
      const isSame = ({ index, work }: SealedBatch) => {
        return seen === undefined ? index > last && duty.isDoneBy(work) : work === seen.work
      }
      const batch = sequencer.batches.find(isSame)
      const isFinal = seen !== undefined && seen.index <= sequencer.finalIndex
      if (isFinal || (batch !== undefined && batch.index <= sequencer.settledIndex)) patience.forget(duty.name)
      else if (batch === undefined) patience.note(duty.name, at)
      else return [{ ...asking, batch }]
      return []
    })
  }
}
