import { z } from 'zod'
import { ZkclearError } from '../../protocol/errors.ts'

/** So many digits that the database can count on from there. */
const digits = z.string().regex(/^(0|[1-9][0-9]{0,17})$/)
const number = digits.transform(BigInt)
const amount = z.string().regex(/^(0|[1-9][0-9]{0,77})$/)
const bytes = z.string().transform((text) => Buffer.from(text, 'base64'))

const rowSchema = z.discriminatedUnion('kind', [
  /** A record of the journal as it is stored: sealed. */
  z.strictObject({ kind: z.literal('record'), sequence: number, term: number, sealed: bytes, leaf: bytes }),
  /** What the records before that one led to: sealed. */
  z.strictObject({ kind: z.literal('snapshot'), sequence: number, sealed: bytes }),
  /** A root of the log that a settlement carries. */
  z.strictObject({ kind: z.literal('anchor'), root: bytes, size: number }),
])
/** What is only added to, and never changes. */
export type BackupRow = z.output<typeof rowSchema>
export type RowAsWritten = z.input<typeof rowSchema>

const placed = z.strictObject({ at: number, key: bytes })
const transaction = z.strictObject({
  ...{ hash: z.string(), chainId: digits, sender: z.string(), nonce: digits, batch: digits, batches: z.int() },
  ...{ root: amount, raw: z.string() },
})
/** A transaction that was stored before it was sent, and of which the chain has not told yet what became of it. */
export type UnresolvedTransaction = z.output<typeof transaction>

const tailSchema = z.strictObject({
  /** How far this reaches: the sequence of the first record that is not here; and the leaf of the last one that is. */
  next: number,
  leaf: bytes,
  /** Size of the log at the newest anchor that is here. */
  anchored: number,
  /** Data keys, wrapped: by name, by the first record of a segment (empty: erased), and by the place of a snapshot. */
  dataKeys: z.array(z.strictObject({ name: z.string(), key: bytes })),
  segments: z.array(placed),
  snapshots: z.array(placed),
  transactions: z.array(transaction),
})
/** What changes: as it was when the part was written. */
export type BackupTail = z.output<typeof tailSchema>
export type TailAsWritten = z.input<typeof tailSchema>

const headSchema = z.strictObject({
  zkclear: z.literal('backup'),
  version: z.literal(1),
  number: z.int().nonnegative(),
  /** Digest of the rows of the part before it, in hex; 64 zeros of the first. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  epoch: number,
})
export type PartHead = z.output<typeof headSchema>
export type HeadAsWritten = z.input<typeof headSchema>

/** Each throws BACKUP_BROKEN for another form. */
export const decodeRow = (line: string, path: string): BackupRow => decoded(rowSchema, line, path)
export const decodeTail = (line: string, path: string): BackupTail => decoded(tailSchema, line, path)
export const decodeHead = (line: string, path: string): PartHead => decoded(headSchema, line, path)

function decoded<Schema extends z.ZodType>(schema: Schema, line: string, path: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(line))
  } catch {
    throw new ZkclearError('BACKUP_BROKEN', 'has a line that this release does not understand', { path })
  }
}
