import { setImmediate } from 'node:timers/promises'
import { HASH_BYTES } from '../../log/hash.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { tagBefore } from '../journal/segments.ts'
import { LogTree } from '../log/tree.ts'
import { growTree } from '../log/venue-log.ts'
import type { Queryable } from '../postgres/database.ts'
import { TAG_BYTES } from '../sealing/cipher.ts'
import type { Sealed, Sealer } from '../sealing/sealer.ts'
import { decodeSnapshot, snapshotText } from '../sequencer/snapshot.ts'
import type { SequencerState } from '../sequencer/state.ts'

/** How many are kept beside the first of an epoch, which says what the venue began with. */
const KEPT = 2

/**
 * Stores what the records before `state.records` led to, sealed; other work goes on meanwhile, also where there are many accounts. Nothing
 * while a batch that was given up may be settled after all: that would not be in it, and is in the records. `root`: of the log's leaves of
 * these records.
 */
export async function writeSnapshot(
  database: Queryable,
  sealer: Sealer,
  { epoch, state, root }: { readonly epoch: bigint; readonly state: SequencerState; readonly root: Uint8Array },
): Promise<void> {
  if (state.dropped.length > 0) return
  const place = { epoch, sequence: BigInt(state.records) }
  const { sealed, key } = await sealSnapshot(database, sealer, place, { root, state: await bytesOf(state) })
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

async function bytesOf(state: SequencerState): Promise<Uint8Array> {
  const parts: Buffer[] = []
  for (const part of snapshotText(state)) {
    parts.push(Buffer.from(part))
    await setImmediate()
  }
  return Buffer.concat(parts)
}

/**
 * The newest snapshot of an epoch that can be read; `onSkipped` gets the places of those that cannot. undefined if there is none at
 * all. With the tree of the log up to there. Throws DATABASE_REFUSED if none of them can be read; SEAL_BROKEN for one beside which stand the
 * records, or the leaves, of another history.
 */
export async function readSnapshot(
  database: Queryable,
  sealer: Sealer,
  epoch: bigint,
  onSkipped: (sequence: bigint) => void,
): Promise<{ readonly state: SequencerState; readonly tree: LogTree } | undefined> {
  const places = await placesOf(database, epoch)
  for (const sequence of places) {
    const read = await readAt(database, sealer, { epoch, sequence })
    if (read !== undefined) {
      const tree = new LogTree()
      await growTree(database, tree, { epoch, next: sequence })
      if (!read.root.equals(tree.root())) throw mixed({ epoch, sequence })
      return { state: read.state, tree }
    }
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
): Promise<{ readonly root: Buffer; readonly state: SequencerState } | undefined> {
  const [row] = await database.query<Sealed>(
    'SELECT state AS sealed, sealing_key AS key FROM snapshot WHERE epoch = $1 AND sequence = $2',
    [epoch, sequence],
  )
  if (row === undefined) return undefined
  const opened = await orUndefined(async () => {
    const { after, root, state } = await openSnapshot(sealer, { epoch, sequence }, row)
    return { after, root, state: decodeSnapshot(state) }
  })
  if (opened === undefined) return undefined
  if ((await tagBefore(database, epoch, sequence))?.equals(opened.after) !== true) throw mixed({ epoch, sequence })
  return opened
}

async function orUndefined<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ZkclearError) return undefined
    throw error
  }
}

interface SnapshotPlace {
  readonly epoch: bigint
  readonly sequence: bigint
}

/** Seals the snapshot of what the records led to that stand before that place, with the tag of the last of them and the root of their leaves. */
export async function sealSnapshot(
  database: Queryable,
  sealer: Sealer,
  place: SnapshotPlace,
  { root, state }: { readonly root: Uint8Array; readonly state: Uint8Array },
): Promise<{ readonly sealed: Buffer; readonly key: Buffer }> {
  const after = await tagBefore(database, place.epoch, place.sequence)
  if (after === undefined) throw mixed(place)
  return await sealer.seal(nameOf(place), Buffer.concat([after, root, state]))
}

/** The inverse, with the tag that it should stand behind, and the root of the leaves before it. Throws SEAL_BROKEN. */
export async function openSnapshot(
  sealer: Sealer,
  place: SnapshotPlace,
  sealed: Sealed,
): Promise<{ readonly after: Buffer; readonly root: Buffer; readonly state: Buffer }> {
  const opened = await sealer.open(nameOf(place), sealed)
  const end = TAG_BYTES + HASH_BYTES
  return { after: opened.subarray(0, TAG_BYTES), root: opened.subarray(TAG_BYTES, end), state: opened.subarray(end) }
}

/** A snapshot and records, or leaves of the log, that are not of one history. */
export function mixed(place: SnapshotPlace): ZkclearError {
  const message =
    'stands beside records of another history than it was made of, or other leaves of the log: the database, or a part of it, was put back to an earlier state, or changed. Find out by whom; if records and chain agree, take that snapshot away, and a start goes on from an earlier one'
  return new ZkclearError('SEAL_BROKEN', message, { path: nameOf(place) })
}

/** The name that a snapshot is sealed under. */
function nameOf({ epoch, sequence }: SnapshotPlace): string {
  return `snapshot/${epoch}/${sequence}`
}
