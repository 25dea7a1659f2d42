import { leafHash } from '../../log/hash.ts'
import { changeJobs, type JobChange } from '../jobs/change-jobs.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import { broken, tagOf } from '../sealing/cipher.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { Groups } from './groups.ts'
import { LEADER, notLeading } from './leader.ts'
import { newSalt, salted, saltedRecord } from './salt.ts'
import { newSegment, SEGMENT_RECORDS, type Segment, SegmentReader, sealRecord, tagBefore } from './segments.ts'

/** One record. */
export interface Entry {
  /** What the sequencer encoded; the journal does not look into it, and stores it sealed. */
  readonly record: Uint8Array
  /** 32 random bytes, which keep from the record's leaf in the log what it says. Default: new ones. */
  readonly salt?: Uint8Array | undefined
}

export interface JournalOptions {
  /** Most records and bytes in one commit, beyond what one call appends. Defaults 512 and 4 MiB. */
  readonly groupRecords?: number | undefined
  readonly groupBytes?: number | undefined
  /** Records under one key, beyond what one commit holds. Default 65,536. */
  readonly segmentRecords?: bigint | undefined
  /** Gets the leaves of what was written, in order, after each commit; no append resolves before it has. */
  readonly onWritten?: ((leaves: readonly Uint8Array[]) => Promise<void>) | undefined
}

/** Writes records behind those that are there, all or none. */
const WRITE = `WITH ${LEADER}
  INSERT INTO journal (epoch, sequence, term, record, leaf)
  SELECT epoch, $3::bigint + place - 1, term, record, leaf
  FROM leader, unnest($4::bytea[], $5::bytea[]) WITH ORDINALITY AS given (record, leaf, place)
  WHERE $3 = (SELECT coalesce(max(sequence) + 1, 0) FROM journal WHERE epoch = $1)
  RETURNING sequence`

/**
 * The right to append to the journal. Whoever leads later takes it away: then, and when it is not known whether a commit was
 * made, this writer appends nothing any more. It has to be thrown away, and its process to begin again from what is stored.
 */
export class Journal {
  readonly epoch: bigint
  readonly term: bigint
  readonly #database: Database
  readonly #sealer: Sealer
  readonly #segmentRecords: bigint
  readonly #onWritten: JournalOptions['onWritten']
  readonly #groups: Groups<Entry>
  #segment: Segment | undefined
  /** The sequence that the next record gets: in what is stored, and with what waits. */
  #stored: bigint
  #next: bigint
  /** Of the last record that is stored. */
  #tag: Uint8Array

  private constructor(
    { database, sealer }: { database: Database; sealer: Sealer },
    { epoch, term, next, tag }: { epoch: bigint; term: bigint; next: bigint; tag: Uint8Array },
    { groupRecords = 512, groupBytes = 4 << 20, segmentRecords = SEGMENT_RECORDS, onWritten }: JournalOptions,
  ) {
    this.epoch = epoch
    this.term = term
    this.#database = database
    this.#sealer = sealer
    this.#segmentRecords = segmentRecords
    this.#onWritten = onWritten
    this.#stored = next
    this.#next = next
    this.#tag = tag
    this.#groups = new Groups({
      ...{ most: groupRecords, mostBytes: groupBytes },
      bytesOf: ({ record }) => record.length,
      write: (entries) => this.#write(entries),
    })
  }

  /** Takes the lead: opens a new term, from which on no earlier one appends. Throws DATABASE_UNAVAILABLE. */
  static async lead(database: Database, sealer: Sealer, options: JournalOptions = {}): Promise<Journal> {
    return await database.transaction(async (transaction) => {
      // Waits for the commit that is under way, and lets none follow.
      const [row] = await transaction.query<{ epoch: string; term: string }>(
        'UPDATE leadership SET term = term + 1 RETURNING epoch, term',
      )
      const epoch = BigInt(row!.epoch)
      const next = await nextSequence(transaction, epoch)
      const tag = (await tagBefore(transaction, epoch, next))!
      return new Journal({ database, sealer }, { epoch, term: BigInt(row!.term), next, tag }, options)
    })
  }

  /** The sequence that the next record gets. */
  get next(): bigint {
    return this.#next
  }

  /**
   * Appends records, in order and in one transaction, with what is appended at the same time; resolves with the sequence of the
   * first when all are durable. The order of calls is the order of the records. Throws LEADERSHIP_LOST if another leads;
   * DATABASE_UNAVAILABLE (`details.isUnknown`: whether they were written is not known). After an error this journal appends
   * nothing any more.
   */
  async append(entries: readonly Entry[]): Promise<bigint> {
    const first = this.#next
    this.#next += BigInt(entries.length)
    await this.#groups.add(entries)
    return first
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const { segment, wrapped } = await this.#segmentOfNext()
    const records = entries.map(({ record, salt = newSalt() }) => salted(salt, record))
    const leaves = records.map(leafHash)
    let after = this.#tag
    const sealed = records.map((record, place) => {
      const one = sealRecord(segment, { sequence: this.#stored + BigInt(place), after }, record)
      after = tagOf(one)
      return one
    })
    const values = [this.epoch, this.term, this.#stored, sealed, leaves]
    const requireAll = (written: readonly unknown[]) => {
      if (written.length === entries.length) return
      throw notLeading(this, 'does, or wrote; start again from what is stored')
    }
    if (wrapped === undefined) {
      // Most groups are records alone, and are one statement: around it a transaction would wait for the server twice more.
      requireAll(await this.#database.change(WRITE, values))
    } else {
      await this.#database.transaction(async (transaction) => {
        requireAll(await transaction.query(WRITE, values))
        const { epoch, first } = segment
        await transaction.query('INSERT INTO journal_segment VALUES ($1, $2, $3)', [epoch, first, wrapped])
      })
    }
    this.#segment = segment
    this.#tag = after
    this.#stored += BigInt(entries.length)
    await this.#onWritten?.(leaves)
  }

  /**
   * Makes changes among the jobs, all or none, that follow from records which are written. Throws LEADERSHIP_LOST if another leads, whose jobs
   * they are now; DATABASE_UNAVAILABLE.
   */
  async changeJobs(changes: readonly JobChange[]): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const leading = await transaction.query(`WITH ${LEADER} SELECT epoch FROM leader`, [this.epoch, this.term])
      if (leading.length === 0) throw notLeading(this, 'has jobs made')
      await changeJobs(transaction, this.#sealer, changes)
    })
  }

  /** The segment of the next record; with its wrapped key if that is not stored yet. */
  async #segmentOfNext(): Promise<{ readonly segment: Segment; readonly wrapped?: Buffer }> {
    const segment = this.#segment
    if (segment !== undefined && this.#stored - segment.first < this.#segmentRecords) return { segment }
    return await newSegment(this.#sealer, { epoch: this.epoch, first: this.#stored })
  }
}

/** A record and its place. */
export interface StoredRecord {
  readonly epoch: bigint
  readonly sequence: bigint
  readonly record: Uint8Array
  readonly salt: Uint8Array
  /** Its hash in the log. */
  readonly leaf: Uint8Array
}

const PAGE = 1000

/**
 * The records of an epoch from a sequence on, in order, up to what is stored when the last page is read; a page of them in memory.
 * Throws SEAL_BROKEN for a record that is not what was written at that place behind those before it, or beside another leaf, and for one
 * whose key was erased.
 */
export async function* readJournal(
  database: Queryable,
  sealer: Sealer,
  { epoch, from = 0n }: { readonly epoch: bigint; readonly from?: bigint },
): AsyncGenerator<StoredRecord> {
  let after = await requireTag(database, epoch, from)
  for (let next = from; ; ) {
    const page = await database.query<{ sequence: string; record: Buffer; leaf: Buffer }>(
      'SELECT sequence, record, leaf FROM journal WHERE epoch = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3',
      [epoch, next, PAGE],
    )
    // Read after the records: each one's segment was written with it or before.
    const segments = await SegmentReader.of(database, sealer, epoch)
    for (const { sequence, record, leaf } of page) {
      const place = BigInt(sequence)
      const opened = await segments.open({ sequence: place, after }, record)
      if (!leaf.equals(leafHash(opened))) throw broken(`journal/${epoch}/${sequence}`)
      yield { epoch, sequence: place, ...saltedRecord(opened), leaf }
      after = tagOf(record)
    }
    if (page.length < PAGE) return
    next = BigInt(page.at(-1)!.sequence) + 1n
  }
}

/** One record; undefined if there is none at that place, or its key was erased. Throws SEAL_BROKEN as {@link readJournal} otherwise. */
export async function readRecord(
  database: Queryable,
  sealer: Sealer,
  { epoch, sequence }: { readonly epoch: bigint; readonly sequence: bigint },
): Promise<Omit<StoredRecord, 'leaf'> | undefined> {
  const [row] = await database.query<{ record: Buffer }>(
    'SELECT record FROM journal WHERE epoch = $1 AND sequence = $2',
    [epoch, sequence],
  )
  if (row === undefined) return undefined
  const segments = await SegmentReader.of(database, sealer, epoch)
  if (segments.isErased(sequence)) return undefined
  const after = await requireTag(database, epoch, sequence)
  return { epoch, sequence, ...saltedRecord(await segments.open({ sequence, after }, row.record)) }
}

async function requireTag(database: Queryable, epoch: bigint, sequence: bigint): Promise<Uint8Array> {
  const tag = await tagBefore(database, epoch, sequence)
  if (tag === undefined) throw broken(`journal/${epoch}/${sequence - 1n}`)
  return tag
}

/** The epoch that is written, and the sequence that its next record gets. */
export async function journalHead(database: Queryable): Promise<{ epoch: bigint; next: bigint }> {
  const [row] = await database.query<{ epoch: string; next: string }>(
    `SELECT epoch, (SELECT coalesce(max(sequence) + 1, 0) FROM journal WHERE journal.epoch = leadership.epoch) AS next
     FROM leadership`,
  )
  return { epoch: BigInt(row!.epoch), next: BigInt(row!.next) }
}

async function nextSequence(transaction: Queryable, epoch: bigint): Promise<bigint> {
  const [row] = await transaction.query<{ next: string }>(
    'SELECT coalesce(max(sequence) + 1, 0) AS next FROM journal WHERE epoch = $1',
    [epoch],
  )
  return BigInt(row!.next)
}
