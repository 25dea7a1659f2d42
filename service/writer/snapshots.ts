import { ZkclearError } from '../../protocol/errors.ts'
import type { Queryable } from '../postgres/database.ts'
import type { Sealed, Sealer } from '../sealing/sealer.ts'
import { decodeSnapshot, encodeSnapshot } from '../sequencer/snapshot.ts'
import type { SequencerState } from '../sequencer/state.ts'

/** How many are kept beside the first of an epoch, which says what the venue began with. */
const KEPT = 2

/**
 * Stores what the records before `state.records` led to, sealed. Nothing while a batch that was given up may be settled after all: that
 * would not be in it, and is in the records.
 */
export async function writeSnapshot(
  database: Queryable,
  sealer: Sealer,
  { epoch, state }: { readonly epoch: bigint; readonly state: SequencerState },
): Promise<void> {
  if (state.dropped.length > 0) return
  const { sealed, key } = await sealer.seal(snapshotName(epoch, state.records), encodeSnapshot(state))
  await database.query(
    'INSERT INTO snapshot (epoch, sequence, state, sealing_key) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [epoch, state.records, sealed, key],
  )
  await database.query(
    `DELETE FROM snapshot WHERE epoch = $1 AND sequence > 0 AND sequence NOT IN (
       SELECT sequence FROM snapshot WHERE epoch = $1 ORDER BY sequence DESC LIMIT $2)`,
    [epoch, KEPT],
  )
}

/**
 * The newest snapshot of an epoch that can be read; `onSkipped` gets the places of those that cannot. undefined if there is none at
 * all. Throws DATABASE_REFUSED if none of them can be read.
 */
export async function readSnapshot(
  database: Queryable,
  sealer: Sealer,
  epoch: bigint,
  onSkipped: (sequence: bigint) => void,
): Promise<SequencerState | undefined> {
  const places = await database.query<{ sequence: string }>(
    'SELECT sequence FROM snapshot WHERE epoch = $1 ORDER BY sequence DESC',
    [epoch],
  )
  for (const { sequence } of places) {
    const [row] = await database.query<Sealed>(
      'SELECT state AS sealed, sealing_key AS key FROM snapshot WHERE epoch = $1 AND sequence = $2',
      [epoch, sequence],
    )
    const state = row && (await read(sealer, snapshotName(epoch, sequence), row))
    if (state !== undefined) return state
    onSkipped(BigInt(sequence))
  }
  if (places.length === 0) return undefined
  throw new ZkclearError('DATABASE_REFUSED', `no snapshot of epoch ${epoch} can be read; was it written by other code?`)
}

/** The name that a snapshot is sealed under. */
export function snapshotName(epoch: bigint, sequence: number | string): string {
  return `snapshot/${epoch}/${sequence}`
}

async function read(sealer: Sealer, name: string, stored: Sealed): Promise<SequencerState | undefined> {
  try {
    return decodeSnapshot(await sealer.open(name, stored))
  } catch (error) {
    if (error instanceof ZkclearError) return undefined
    throw error
  }
}
