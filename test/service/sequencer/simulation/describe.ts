import assert from 'node:assert/strict'
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
  return contentIn(encodeSnapshot(state))
}

/** Asserts that two snapshots say the same. */
export function assertSameContent(one: Uint8Array, other: Uint8Array, message: string): void {
  if (Buffer.compare(one, other) !== 0) assert.deepEqual(contentIn(one), contentIn(other), message)
}

function contentIn(snapshot: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(snapshot))
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
