import type { Effect } from '../../../../service/sequencer/effects.ts'
import { encodeSnapshot } from '../../../../service/sequencer/snapshot.ts'
import type { SealedBatch, SequencerState } from '../../../../service/sequencer/state.ts'
import { toJson } from '../../../../venue/files/schema.ts'

/** Effects as text, batches by what they did: two runs that say the same did the same. Roots are in the records of what is settled. */
export function textOf(effects: readonly Effect[]): string {
  return JSON.stringify(
    toJson(
      effects.map((effect) =>
        'batch' in effect && typeof effect.batch === 'object' ? { ...effect, batch: named(effect.batch) } : effect,
      ),
    ),
  )
}

/** What a snapshot of the state says; the order of fields, which means nothing, is that of whoever made the objects. */
export function contentOf(state: SequencerState): unknown {
  return JSON.parse(new TextDecoder().decode(encodeSnapshot(state)))
}

function named({ index, work, items, fills, after, proved }: SealedBatch) {
  const { timestamp } = work.transition.context
  const { vault, served, retired } = after
  return {
    index,
    circuit: work.circuit,
    timestamp,
    records: items.map(({ record }) => record),
    fills,
    vault,
    served,
    retired,
    proved,
  }
}
