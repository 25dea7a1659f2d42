import { randomBytes } from 'node:crypto'
import { BATCH_CIRCUITS } from '../sequencer/batch-circuits.ts'
import type { SequencerRecord } from '../sequencer/record.ts'
import { rootOf, type SealedBatch, type SequencerState } from '../sequencer/state.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'

/**
 * What a venue's journal needs before anything else: the secret of the books' salts, the keys that its batches are proved with, and jobs for
 * batches whose jobs are lost.
 */
export function firstRecords(
  state: SequencerState,
  circuits: BatchCircuits,
  lost: readonly SealedBatch[],
): SequencerRecord[] {
  const records: SequencerRecord[] = []
  if (state.bookSecret === undefined) records.push({ kind: 'book-salt', secret: randomSecret() })
  for (const circuit of BATCH_CIRCUITS) {
    const digest = `0x${circuits[circuit].keyDigest}`
    if (state.circuits.get(circuit) !== digest) records.push({ kind: 'circuit', circuit, digest })
  }
  for (const batch of lost) records.push({ kind: 'unproved', index: batch.index, root: rootOf(batch) })
  return records
}

/** Below the order of the field, and as good as uniform for what is only hashed. */
function randomSecret(): bigint {
  return BigInt(`0x${randomBytes(31).toString('hex')}`)
}
