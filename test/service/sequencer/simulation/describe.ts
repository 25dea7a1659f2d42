import assert from 'node:assert/strict'
import type { Effect } from '../../../../service/sequencer/effects.ts'
import { encodeSnapshot } from '../../../../service/sequencer/snapshot.ts'
import type { SealedBatch, SequencerState } from '../../../../service/sequencer/state.ts'
import { toJson } from '../../../../venue/files/schema.ts'

/** What a record led to, as {@link toldOf} has it. */
export type Told = readonly object[]

/** Effects, batches by what they did: two runs that say the same did the same. Roots are in the records of what is settled. */
export function toldOf(effects: readonly Effect[]): Told {
  return effects.map((effect) =>
    'batch' in effect && typeof effect.batch === 'object' ? { ...effect, batch: named(effect.batch) } : effect,
  )
}

/** As assert.deepEqual of what is written of them, where almost all are equal. */
export function assertSame(one: Told, other: Told, message: string): void {
  if (!isSame(one, other)) assert.deepEqual(toJson(one), toJson(other), message)
}

/** Of plain values, lists and objects. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((each, i) => isSame(each, other[i]))
  }
  const [ours, theirs] = [one, other] as Readonly<Record<string, unknown>>[]
  const keys = Object.keys(theirs!)
  if (keys.length !== Object.keys(ours!).length) return false
  for (const key of keys) if (!isSame(ours![key], theirs![key])) return false
  return true
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
