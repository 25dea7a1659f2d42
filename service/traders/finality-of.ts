import type { SequencerState } from '../sequencer/state.ts'

/** How far the batch of that number is; undefined: none has it yet. */
export function finalityOf(batch: number | undefined, { finalIndex, settledIndex, batches }: SequencerState) {
  if (batch === undefined) return 'soft'
  if (batch <= finalIndex) return 'final'
  if (batch <= settledIndex) return 'settled'
  return batches[batch - finalIndex - 1]?.proved ? 'proved' : 'soft'
}
