import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Queryable } from '../postgres/database.ts'
import { broken, decrypt, encrypt, NONCE_BYTES, type Place, TAG_BYTES } from '../sealing/cipher.ts'
import type { Sealer } from '../sealing/sealer.ts'

/** Records of an epoch from `first` on that are sealed under one key, up to the next segment. */
export interface Segment {
  readonly epoch: bigint
  readonly first: bigint
  /** Kept as a key that is used for each record: made of its bytes anew, it takes thrice as long as the record. */
  readonly key: KeyObject
}

/** How many records one key seals at most, but for those of one commit. What can be erased is a segment. */
export const SEGMENT_RECORDS = 65_536n

/** The name of a segment's key. */
function segmentName(epoch: bigint | string, first: bigint | string): string {
  return `segment/${epoch}/${first}`
}

/** A segment with a new key, which only this process ever seals with. */
export async function newSegment(
  sealer: Sealer,
  { epoch, first }: { readonly epoch: bigint; readonly first: bigint },
): Promise<{ readonly segment: Segment; readonly wrapped: Buffer }> {
  const { key, wrapped } = await sealer.newKey(segmentName(epoch, first))
  return { segment: { epoch, first, key: createSecretKey(key) }, wrapped }
}

/** What the first record of an epoch follows. */
export const NO_TAG = Buffer.alloc(TAG_BYTES)

/**
 * The tag of the record before that one; zeros before the first. undefined where there is none. What follows a record is bound to its tag,
 * and so to all records before it.
 */
export async function tagBefore(database: Queryable, epoch: bigint, sequence: bigint): Promise<Buffer | undefined> {
  if (sequence === 0n) return NO_TAG
  const [row] = await database.query<{ tag: Buffer }>(
    `SELECT substring(record FROM greatest(1, length(record) - ${TAG_BYTES - 1})) AS tag FROM journal WHERE epoch = $1 AND sequence = $2`,
    [epoch, sequence - 1n],
  )
  return row?.tag
}

/**
 * Seals a record of a segment behind the one with that tag. Its nonce is its sequence: a key belongs to one writer, who gives each sequence
 * to one record, and writes nothing any more after a commit that failed.
 */
export function sealRecord({ epoch, key }: Segment, { sequence, after }: RecordPlace, record: Uint8Array): Buffer {
  return encrypt(key, placeOf(epoch, sequence, after), record)
}

/** Where a record is in its epoch. */
export interface RecordPlace {
  readonly sequence: bigint
  /** The tag of the record before it. */
  readonly after: Uint8Array
}

/** Where a segment begins, and its wrapped key: empty if it was erased. */
export interface WrappedSegment {
  readonly first: bigint
  readonly wrapped: Buffer
}

/** Opens records of an epoch, in any order. */
export class SegmentReader {
  readonly #sealer: Sealer
  readonly #epoch: bigint
  /** Newest first. */
  readonly #segments: readonly WrappedSegment[]
  #open: Pick<Segment, 'first' | 'key'> | undefined

  constructor(sealer: Sealer, epoch: bigint, segments: readonly WrappedSegment[]) {
    this.#sealer = sealer
    this.#epoch = epoch
    this.#segments = segments.toSorted((a, b) => (a.first < b.first ? 1 : -1))
  }

  static async of(database: Queryable, sealer: Sealer, epoch: bigint): Promise<SegmentReader> {
    const rows = await database.query<{ first: string; wrapped: Buffer }>(
      'SELECT first, sealing_key AS wrapped FROM journal_segment WHERE epoch = $1',
      [epoch],
    )
    return new SegmentReader(
      sealer,
      epoch,
      rows.map(({ first, wrapped }) => ({ first: BigInt(first), wrapped })),
    )
  }

  /** Whether the key of a record was erased. */
  isErased(sequence: bigint): boolean {
    return this.#segmentOf(sequence)?.wrapped.length === 0
  }

  /** Throws SEAL_BROKEN, also for a record whose key was erased. */
  async open({ sequence, after }: RecordPlace, sealed: Uint8Array): Promise<Buffer> {
    const place = placeOf(this.#epoch, sequence, after)
    const segment = this.#segmentOf(sequence)
    if (segment === undefined) throw broken(place.name)
    if (this.#open?.first !== segment.first) {
      const key = await this.#sealer.unwrap(segment.wrapped, segmentName(this.#epoch, segment.first))
      this.#open = { first: segment.first, key: createSecretKey(key) }
    }
    return decrypt(this.#open!.key, place, sealed)
  }

  #segmentOf(sequence: bigint): WrappedSegment | undefined {
    return this.#segments.find(({ first }) => first <= sequence)
  }
}

/**
 * Destroys the keys of the segments that end before that record; what they sealed opens never again. The last segment stays. Returns
 * the first record that still opens. Who erases sees to it that a snapshot stands at or before that.
 */
export async function eraseJournal(
  database: Queryable,
  { epoch, before }: { readonly epoch: bigint; readonly before: bigint },
): Promise<bigint> {
  await database.query(
    `UPDATE journal_segment SET sealing_key = '' WHERE epoch = $1 AND EXISTS (
       SELECT FROM journal_segment next WHERE next.epoch = $1 AND next.first > journal_segment.first AND next.first <= $2)`,
    [epoch, before],
  )
  return await firstThatOpens(database, epoch)
}

/** The first record of an epoch whose key was not erased; 0 where there is none. */
export async function firstThatOpens(database: Queryable, epoch: bigint): Promise<bigint> {
  const [row] = await database.query<{ first: string }>(
    'SELECT coalesce(min(first), 0) AS first FROM journal_segment WHERE epoch = $1 AND length(sealing_key) > 0',
    [epoch],
  )
  return BigInt(row!.first)
}

function placeOf(epoch: bigint, sequence: bigint, after: Uint8Array): Place {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeBigUInt64BE(sequence, NONCE_BYTES - 8)
  return { nonce, name: `journal/${epoch}/${sequence}`, after }
}
