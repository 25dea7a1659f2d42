import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { ZkclearError } from '../../protocol/errors.ts'
import { journalHead } from '../journal/journal.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import type { BackupFolder, LastPart } from './folder.ts'
import { noteBackup } from './noted.ts'
import { NONE_BEFORE } from './part.ts'
import { type BackupTail, decodeTail, type HeadAsWritten, type RowAsWritten, type TailAsWritten } from './rows.ts'

/** How far a backup reaches. */
export interface BackupReach {
  readonly epoch: bigint
  /** The sequence of the first record that it lacks. */
  readonly next: bigint
  readonly parts: number
}

/** A part that has so many bytes gets no more. */
const PART_BYTES = 1 << 20
/** Records that are read at once. */
const PAGE = 500
/** Text by which processes find out that they write the same folder. */
const LOCK = 'zkclear backup'

/**
 * Brings a backup up to what the database holds when this begins, or later. Whoever reads it does not need the venue's keys: what is sealed
 * stays so. Throws INPUT_INVALID for a folder that holds the backup of something else, or that another process writes; BACKUP_BROKEN;
 * DATABASE_UNAVAILABLE; OUTPUT_UNWRITABLE.
 */
export async function backUp(database: Database, folder: BackupFolder): Promise<BackupReach> {
  for (;;) {
    const { reach, isAll } = await database.transaction((transaction) => takeStep(transaction, folder))
    if (!isAll) continue
    await noteBackup(database, folder.path)
    return reach
  }
}

/** Writes at most one part, of what the database held at one time. */
async function takeStep(transaction: Queryable, folder: BackupFolder) {
  await transaction.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
  await requireAlone(transaction, folder.path)
  const { last } = await folder.last()
  const head = await journalHead(transaction)
  if (last !== undefined) await requireSame(transaction, last, head)
  const isFull = last !== undefined && last.lines.length >= PART_BYTES
  const number = last === undefined ? 0 : last.head.number + (isFull ? 1 : 0)
  const previous = isFull ? last.digest : (last?.head.previous ?? NONE_BEFORE)
  const from = last?.tail.next ?? 0n
  const first: HeadAsWritten = { zkclear: 'backup', version: 1, number, previous, epoch: `${head.epoch}` }
  const before = last === undefined || isFull ? Buffer.from(`${JSON.stringify(first)}\n`) : last.lines
  const added = await addedRows(transaction, { epoch: head.epoch, from, room: PART_BYTES - before.length })
  const { next, leaf } = added
  const kept = await keptOf(transaction, head.epoch, next, last)
  const tail: TailAsWritten = {
    ...{ next: `${next}`, leaf: base64(leaf ?? last?.tail.leaf ?? Buffer.alloc(0)) },
    ...kept.tail,
  }
  const rows = [...added.rows, ...kept.rows]
  const reach = { epoch: head.epoch, next, parts: number + 1 }
  const isAll = next === head.next
  const text = JSON.stringify(tail)
  if (rows.length === 0 && isDeepStrictEqual(last?.tail, decodeTail(text, folder.path))) return { reach, isAll }
  const lines = Buffer.concat([before, ...rows.map((row) => Buffer.from(`${JSON.stringify(row)}\n`))])
  await folder.write(number, lines, text, last !== undefined && losesKeys(last.tail, tail))
  return { reach, isAll }
}

/** Whether a segment's key was there, and was destroyed since. */
function losesKeys(before: BackupTail, now: TailAsWritten): boolean {
  const erased = new Set(now.segments.filter(({ key }) => key === '').map(({ at }) => at))
  return before.segments.some(({ at, key }) => key.length > 0 && erased.has(`${at}`))
}

async function requireAlone(transaction: Queryable, path: string): Promise<void> {
  const key = hash('sha256', `${LOCK} ${path}`, 'buffer').readBigInt64BE()
  const [row] = await transaction.query<{ alone: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS alone', [key])
  if (row!.alone) return
  throw new ZkclearError('INPUT_INVALID', 'is being written by another process', { path })
}

/** Throws INPUT_INVALID where the backup is not of what the database holds: it would hold two histories. */
async function requireSame(
  transaction: Queryable,
  { head, tail }: LastPart,
  { epoch, next }: Omit<BackupReach, 'parts'>,
): Promise<void> {
  if (head.epoch !== epoch) throw other(`is of epoch ${head.epoch}, and the database writes epoch ${epoch}`)
  if (tail.next > next) {
    throw other(`has ${tail.next} records, and the database ${next}: that was put back to an earlier state`)
  }
  if (tail.next === 0n) return
  const [row] = await transaction.query<{ leaf: Buffer }>(
    'SELECT leaf FROM journal WHERE epoch = $1 AND sequence = $2',
    [epoch, tail.next - 1n],
  )
  if (!row!.leaf.equals(tail.leaf)) throw other(`has another record ${tail.next - 1n} than the database`)
}

function other(what: string): ZkclearError {
  const message = `the backup ${what}; keep it as it is, and begin another in a new folder`
  return new ZkclearError('INPUT_INVALID', message, { path: 'out' })
}

/** Records from that one on, as many as there is room for. */
async function addedRows(
  transaction: Queryable,
  { epoch, from, room }: { readonly epoch: bigint; readonly from: bigint; readonly room: number },
) {
  const rows: RowAsWritten[] = []
  let [bytes, next, leaf]: [number, bigint, Buffer | undefined] = [0, from, undefined]
  while (bytes < room) {
    const page = await transaction.query<{ sequence: string; term: string; record: Buffer; leaf: Buffer }>(
      'SELECT sequence, term, record, leaf FROM journal WHERE epoch = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3',
      [epoch, next, PAGE],
    )
    for (const { sequence, term, record, leaf: own } of page) {
      rows.push({ kind: 'record', sequence, term, sealed: base64(record), leaf: base64(own) })
      bytes += (record.length * 4) / 3
      next = BigInt(sequence) + 1n
      leaf = own
    }
    if (page.length < PAGE) break
  }
  return { rows, next, leaf }
}

interface Keyed {
  readonly at: string
  readonly key: Buffer
}

/** What stands beside the records before `next`: snapshots and anchors that the backup lacks, and all that changes. */
async function keptOf(transaction: Queryable, epoch: bigint, next: bigint, last: LastPart | undefined) {
  const keyed = async (sql: string, values: readonly unknown[]) =>
    (await transaction.query<Keyed>(sql, values)).map(({ at, key }) => ({ at, key: base64(key) }))
  const snapshots = await keyed(
    'SELECT sequence AS at, sealing_key AS key FROM snapshot WHERE epoch = $1 AND sequence <= $2 ORDER BY sequence',
    [epoch, next],
  )
  const known = new Set(last?.tail.snapshots.map(({ at }) => `${at}`))
  const lacking = snapshots.filter(({ at }) => !known.has(at))
  const rows: RowAsWritten[] = []
  for (const { at } of lacking) {
    const [row] = await transaction.query<{ state: Buffer }>(
      'SELECT state FROM snapshot WHERE epoch = $1 AND sequence = $2',
      [epoch, at],
    )
    rows.push({ kind: 'snapshot', sequence: at, sealed: base64(row!.state) })
  }
  const anchors = await transaction.query<{ root: Buffer; size: string }>(
    'SELECT root, size FROM log_anchor WHERE epoch = $1 AND size > $2 AND size <= $3 ORDER BY size',
    [epoch, last?.tail.anchored ?? 0n, next],
  )
  rows.push(...anchors.map(({ root, size }) => ({ kind: 'anchor' as const, root: base64(root), size })))
  const dataKeys = await transaction.query<{ name: string; key: Buffer }>(
    'SELECT name, sealing_key AS key FROM data_key ORDER BY name',
  )
  const transactions = await transaction.query<TailAsWritten['transactions'][number]>(
    `SELECT hash, chain_id AS "chainId", sender, nonce, batch, batches, root, raw
     FROM settlement_tx WHERE outcome IS NULL ORDER BY nonce, stored_at`,
  )
  const segments = await keyed(
    'SELECT first AS at, sealing_key AS key FROM journal_segment WHERE epoch = $1 ORDER BY first',
    [epoch],
  )
  return {
    rows,
    tail: {
      ...{ snapshots, segments, transactions },
      dataKeys: dataKeys.map(({ name, key }) => ({ name, key: base64(key) })),
      anchored: anchors.at(-1)?.size ?? `${last?.tail.anchored ?? 0n}`,
    },
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
