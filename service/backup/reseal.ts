import { leafHash } from '../../log/hash.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { NO_TAG, newSegment, SEGMENT_RECORDS, type Segment, SegmentReader, sealRecord } from '../journal/segments.ts'
import { LogTree } from '../log/tree.ts'
import type { Queryable } from '../postgres/database.ts'
import { tagOf } from '../sealing/cipher.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { mixed, openSnapshot, sealSnapshot } from '../writer/snapshots.ts'
import type { BackupCopy } from './copy.ts'
import type { BackupRow } from './rows.ts'

type RowOf<Kind extends BackupRow['kind']> = Extract<BackupRow, { kind: Kind }>

/** Records that are inserted at once. */
const PAGE = 1000

/**
 * Writes a backup's records, snapshots and anchors into an epoch of their own, each in its place: opened, compared with its leaf, and sealed
 * under new keys. Records that were erased stay so. Returns the anchors, in hex. Throws SEAL_BROKEN, BACKUP_BROKEN.
 */
export async function reseal(
  transaction: Queryable,
  sealer: Sealer,
  { copy, epoch }: { readonly copy: BackupCopy; readonly epoch: bigint },
): Promise<ReadonlySet<string>> {
  const { tail } = copy
  const tree = new LogTree()
  const anchors: RowOf<'anchor'>[] = []
  const records = new Records(transaction, sealer, { copy, epoch })
  for await (const row of copy.rows()) {
    if (row.kind === 'anchor') anchors.push(row)
    else if (row.kind === 'snapshot') {
      await records.flush()
      await putSnapshot(transaction, sealer, { row, copy, epoch, tree, after: records.tagBefore(row.sequence) })
    } else {
      if (row.sequence !== BigInt(tree.size)) throw broken(`has record ${row.sequence} where ${tree.size} should be`)
      tree.append(row.leaf)
      await records.put(row)
    }
  }
  await records.flush()
  if (BigInt(tree.size) !== tail.next) throw broken(`has ${tree.size} records, and says that it has ${tail.next}`)
  for (const { root, size } of anchors) {
    if (size > tail.next || !root.equals(tree.root(Number(size))))
      throw broken(`has a root of ${size} leaves that is not theirs`)
    await transaction.query('INSERT INTO log_anchor (root, epoch, size) VALUES ($1, $2, $3)', [root, epoch, size])
  }
  return new Set(anchors.map(({ root }) => `0x${root.toString('hex')}`))
}

/** Seals records anew, page by page. */
class Records {
  readonly #transaction: Queryable
  readonly #sealer: Sealer
  readonly #reader: SegmentReader
  readonly #epoch: bigint
  #segment: Segment | undefined
  #isErased = false
  /** Of the last record, as it is in the backup and as it is sealed anew. */
  #tag: Uint8Array = NO_TAG
  #newTag: Uint8Array = NO_TAG
  /** Tags as they are in the backup, of the records before the places of its snapshots. */
  readonly #tags = new Map<bigint, Uint8Array>([[0n, NO_TAG]])
  readonly #places: ReadonlySet<bigint>
  #page: { readonly row: RowOf<'record'>; readonly sealed: Buffer }[] = []

  constructor(transaction: Queryable, sealer: Sealer, { copy, epoch }: { copy: BackupCopy; epoch: bigint }) {
    this.#transaction = transaction
    this.#sealer = sealer
    this.#epoch = epoch
    const segments = copy.tail.segments.map(({ at, key }) => ({ first: at, wrapped: key }))
    this.#reader = new SegmentReader(sealer, copy.epoch, segments)
    this.#places = new Set(copy.tail.snapshots.map(({ at }) => at))
  }

  async put(row: RowOf<'record'>): Promise<void> {
    const sealed = await this.#resealed(row)
    this.#page.push({ row, sealed })
    this.#tag = tagOf(row.sealed)
    this.#newTag = tagOf(sealed)
    const next = row.sequence + 1n
    if (this.#places.has(next)) this.#tags.set(next, this.#tag)
    if (this.#page.length === PAGE) await this.flush()
  }

  /** The tag, in the backup, of the record before the place of a snapshot; undefined where that was not put yet. */
  tagBefore(place: bigint): Uint8Array | undefined {
    return this.#tags.get(place)
  }

  async flush(): Promise<void> {
    const page = this.#page
    this.#page = []
    await this.#transaction.query(
      `INSERT INTO journal (epoch, sequence, term, record, leaf)
       SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[])`,
      [
        this.#epoch,
        page.map(({ row }) => row.sequence),
        page.map(({ row }) => row.term),
        page.map(({ sealed }) => sealed),
        page.map(({ row }) => row.leaf),
      ],
    )
  }

  async #resealed({ sequence, sealed, leaf }: RowOf<'record'>): Promise<Buffer> {
    if (this.#reader.isErased(sequence)) {
      if (!this.#isErased) await this.#begin(sequence, Buffer.alloc(0))
      this.#isErased = true
      return sealed
    }
    const record = await this.#reader.open({ sequence, after: this.#tag }, sealed)
    if (!leaf.equals(leafHash(record))) throw broken(`has a leaf of record ${sequence} that is not its own`)
    if (this.#segment === undefined || sequence - this.#segment.first >= SEGMENT_RECORDS) {
      const { segment, wrapped } = await newSegment(this.#sealer, { epoch: this.#epoch, first: sequence })
      await this.#begin(sequence, wrapped)
      this.#segment = segment
    }
    return sealRecord(this.#segment, { sequence, after: this.#newTag }, record)
  }

  async #begin(first: bigint, wrapped: Buffer): Promise<void> {
    await this.#transaction.query('INSERT INTO journal_segment VALUES ($1, $2, $3)', [this.#epoch, first, wrapped])
  }
}

interface CopiedSnapshot {
  readonly row: RowOf<'snapshot'>
  readonly copy: BackupCopy
  readonly epoch: bigint
  /** Of the leaves before it, and maybe more. */
  readonly tree: LogTree
  /** What it has to stand behind. */
  readonly after: Uint8Array | undefined
}

/** None whose key the database did not have any more when the backup was written. */
async function putSnapshot(
  transaction: Queryable,
  sealer: Sealer,
  { row: { sequence, sealed }, copy, epoch, tree, after }: CopiedSnapshot,
): Promise<void> {
  const kept = copy.tail.snapshots.find(({ at }) => at === sequence)
  if (kept === undefined) return
  const place = { epoch: copy.epoch, sequence }
  const opened = await openSnapshot(sealer, place, { sealed, key: kept.key })
  if (after === undefined || !opened.after.equals(after)) throw mixed(place)
  // Records that were erased have nothing else to be compared with.
  if (!opened.root.equals(tree.root(Number(sequence)))) throw mixed(place)
  const again = await sealSnapshot(transaction, sealer, { epoch, sequence }, opened)
  await transaction.query('INSERT INTO snapshot (epoch, sequence, state, sealing_key) VALUES ($1, $2, $3, $4)', [
    ...[epoch, sequence],
    ...[again.sealed, again.key],
  ])
}

function broken(what: string): ZkclearError {
  return new ZkclearError('BACKUP_BROKEN', `the backup ${what}; use another copy of it`)
}
