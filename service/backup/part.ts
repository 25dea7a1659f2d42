import { hash } from 'node:crypto'
import { ZkclearError } from '../../protocol/errors.ts'
import { type BackupRow, type BackupTail, decodeHead, decodeRow, decodeTail, type PartHead } from './rows.ts'

/** A part that was read, and whose digests are right. */
export interface Part {
  readonly head: PartHead
  /** The head's line and those of the rows, each with its end. */
  readonly lines: Buffer
  /** Of these, in hex: what the next part names. */
  readonly digest: string
  /** Parts that are not among the last two have none any more. */
  readonly tail: BackupTail | undefined
  rows(): Generator<BackupRow>
}

/** What the first part names as the one before it. */
export const NONE_BEFORE = '0'.repeat(64)
const NEWLINE = 0x0a

/** The bytes of a part: its lines, their digest; and where a tail is given, that and the digest of all. */
export function partOf(lines: Buffer, tail?: string): Buffer[] {
  const rows = Buffer.from(`rows ${digestOf([lines])}\n`)
  if (tail === undefined) return [lines, rows]
  const last = Buffer.from(`${tail}\n`)
  return [lines, rows, last, Buffer.from(`end ${digestOf([lines, rows, last])}\n`)]
}

/**
 * The inverse; undefined for a part that is cut off: its last line is missing. Throws BACKUP_BROKEN for one that is whole and not as it was
 * written.
 */
export function readPart(bytes: Buffer, path: string): Part | undefined {
  // Cut in the middle of a line, or between two.
  if (bytes.at(-1) !== NEWLINE || lastLine(bytes).startsWith('{')) return undefined
  let body = bytes
  let tail: BackupTail | undefined
  if (lastLine(bytes).startsWith('end ')) {
    const before = withoutLast(bytes)
    if (lastLine(bytes) !== `end ${digestOf([before])}`) throw changed(path)
    tail = decodeTail(lastLine(before), path)
    body = withoutLast(before)
  }
  const lines = withoutLast(body)
  const digest = digestOf([lines])
  if (lastLine(body) !== `rows ${digest}`) throw changed(path)
  const texts = linesOf(lines)
  const { value: first = '' } = texts.next()
  return {
    ...{ head: decodeHead(first, path), lines, digest, tail },
    *rows() {
      const again = linesOf(lines)
      again.next()
      for (const line of again) yield decodeRow(line, path)
    },
  }
}

function* linesOf(bytes: Buffer): Generator<string> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from)
    yield bytes.toString('utf8', from, end)
    from = end + 1
  }
}

/** Where the last line begins, of bytes that end with one. */
const lastStart = (bytes: Buffer) => (bytes.length < 2 ? 0 : bytes.lastIndexOf(NEWLINE, bytes.length - 2) + 1)
const lastLine = (bytes: Buffer) => bytes.toString('utf8', lastStart(bytes), bytes.length - 1)
const withoutLast = (bytes: Buffer) => bytes.subarray(0, lastStart(bytes))

function digestOf(parts: readonly Buffer[]): string {
  return hash('sha256', Buffer.concat(parts), 'hex')
}

function changed(path: string): ZkclearError {
  const message =
    'is not as it was written: its digest is another, so it was changed or the disk lost something; use another copy of the backup'
  return new ZkclearError('BACKUP_BROKEN', message, { path })
}
