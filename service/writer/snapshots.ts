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
  const places = await placesOf(database, epoch)
  for (const sequence of places) {
    const state = await readAt(database, sealer, { epoch, sequence })
    if (state !== undefined) return state
    onSkipped(sequence)
  }
  if (places.length === 0) return undefined
  throw new ZkclearError('DATABASE_REFUSED', `no snapshot of epoch ${epoch} can be read; was it written by other code?`)
}

/** The places of the newest snapshots of an epoch that can be read, newest first, without the one that it began with. */
export async function snapshotsThatOpen(
  database: Queryable,
  sealer: Sealer,
  { epoch, most }: { readonly epoch: bigint; readonly most: number },
): Promise<bigint[]> {
  const found: bigint[] = []
  for (const sequence of await placesOf(database, epoch)) {
    if (found.length === most || sequence === 0n) break
    if ((await readAt(database, sealer, { epoch, sequence })) !== undefined) found.push(sequence)
  }
  return found
}

/** Newest first. */
async function placesOf(database: Queryable, epoch: bigint): Promise<bigint[]> {
  const rows = await database.query<{ sequence: string }>(
    'SELECT sequence FROM snapshot WHERE epoch = $1 ORDER BY sequence DESC',
    [epoch],
  )
  return rows.map(({ sequence }) => BigInt(sequence))
}

async function readAt(
  database: Queryable,
  sealer: Sealer,
  { epoch, sequence }: { readonly epoch: bigint; readonly sequence: bigint },
): Promise<SequencerState | undefined> {
  const [row] = await database.query<Sealed>(
    'SELECT state AS sealed, sealing_key AS key FROM snapshot WHERE epoch = $1 AND sequence = $2',
    [epoch, sequence],
  )
  if (row === undefined) return undefined
  try {
    return decodeSnapshot(await sealer.open(snapshotName(epoch, sequence), row))
  } catch (error) {
    if (error instanceof ZkclearError) return undefined
    throw error
  }
}

/** The name that a snapshot is sealed under. */
export function snapshotName(epoch: bigint, sequence: number | bigint | string): string {
  return `snapshot/${epoch}/${sequence}`
}
