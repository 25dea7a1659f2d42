import { z } from 'zod'
import { decodeWith } from '../venue/files/schema.ts'
import { acceptedMessage } from './accepted-message.ts'
import { equalBytes, fromBase64 } from './bytes.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { HASH_BYTES, leafHash } from './hash.ts'
import { rootOfInclusion } from './inclusion.ts'
import type { LogKey } from './log-key.ts'

/** Longest record in base64, and the longest path of a tree below 2^63 leaves. */
const MOST_RECORD = 2 << 20
const MOST_PATH = 63

/** Bytes as base64. */
export const base64 = z
  .string('must be base64')
  .max(MOST_RECORD, 'is too long')
  .transform((text, context) => {
    const bytes = fromBase64(text)
    if (bytes !== undefined) return bytes
    context.addIssue({ code: 'custom', message: 'must be base64' })
    return z.NEVER
  })
/** A hash or a salt. */
export const hash = base64.refine(({ length }) => length === HASH_BYTES, `must have ${HASH_BYTES} bytes`)
/** A proof, from the leaf's side to the root's. */
export const path = z.array(hash, 'must be a list of hashes').max(MOST_PATH, `must have at most ${MOST_PATH} hashes`)

/** What a venue gives for each message that it accepted: that the message has this place in its log. */
export const receiptSchema = z.strictObject({
  version: z.literal(1, 'must be 1'),
  /** Of the log, in decimal. */
  epoch: z.string().regex(/^(0|[1-9][0-9]{0,17})$/, 'must be a decimal string'),
  /** Number of the record: the index of its leaf. */
  record: z.int('must be an integer').nonnegative('must not be negative'),
  /** Random, so that a leaf tells nothing of its record. */
  salt: hash,
  /** The record, a byte of version and JSON, with the message as it was handed in. */
  bytes: base64,
  path,
  /** The signed note of a checkpoint that has the leaf. */
  checkpoint: z.string('must be a signed note').max(1 << 16, 'is too long'),
})

export type Receipt = z.output<typeof receiptSchema>

/** What is wrong with a receipt. */
export type ReceiptFault =
  /** The checkpoint is none, of another log, or not signed with the log's key. */
  | 'CHECKPOINT'
  /** The checkpoint is that of another epoch. */
  | 'EPOCH'
  /** Salt, record and path do not lead to the checkpoint's root. */
  | 'PATH'
  /** It is for a record of another number than the one that was asked for. */
  | 'RECORD'
  /** The record is not a message that was accepted. */
  | 'MESSAGE'

/** Throws INPUT_INVALID for what has another form. */
export function decodeReceipt(json: unknown, name = 'receipt'): Receipt {
  return decodeWith(receiptSchema, json, 'INPUT_INVALID', name)
}

/**
 * Checks a receipt: its record is an accepted message, and the leaf number `record` of the tree whose head that key signed. `asked`: the
 * number that the venue gave with its verdict, which the receipt has to be for. Gives the checkpoint, or what is wrong.
 */
export function checkReceipt(receipt: Receipt, key: LogKey, asked?: number): Checkpoint | ReceiptFault {
  const checkpoint = checkInclusion(receipt, key)
  if (typeof checkpoint === 'string') return checkpoint
  if (asked !== undefined && receipt.record !== asked) return 'RECORD'
  return acceptedMessage(receipt.bytes) === undefined ? 'MESSAGE' : checkpoint
}

/** Of any record: that it is in the log. */
export function checkInclusion(receipt: Receipt, key: LogKey): Checkpoint | ReceiptFault {
  const checkpoint = openCheckpoint(receipt.checkpoint, key)
  if (checkpoint === undefined) return 'CHECKPOINT'
  if (!checkpoint.origin.endsWith(`/${receipt.epoch}`)) return 'EPOCH'
  const root = rootOfInclusion({
    index: BigInt(receipt.record),
    size: checkpoint.size,
    leaf: saltedLeaf(receipt.salt, receipt.bytes),
    path: receipt.path,
  })
  return root !== undefined && equalBytes(root, checkpoint.root) ? checkpoint : 'PATH'
}

/** The leaf of a record: the hash (RFC 6962) of its salt, 32 bytes, and the record behind it. */
export function saltedLeaf(salt: Uint8Array, record: Uint8Array): Uint8Array {
  return leafHash(Buffer.concat([salt, record]))
}
