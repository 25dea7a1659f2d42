import { z } from 'zod'
import { decodeWith, list } from '../venue/files/schema.ts'
import type { AnchorOnChain } from './anchor-on-chain.ts'
import { equalBytes } from './bytes.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { isConsistent } from './consistency.ts'
import type { LogKey } from './log-key.ts'
import { prefixRoots } from './prefix-roots.ts'
import { checkReceipt, hash, path, receiptSchema } from './receipt.ts'

/**
 * How much later than a batch a checkpoint has to be signed to be later for certain, in seconds: the time of a batch lies within a quarter
 * of an hour of its block's, and a venue whose clock differs from its chain's stops by itself at a minute.
 */
export const CLOCK_MARGIN = 3600n

const note = z.string('must be a signed note').max(1 << 16, 'is too long')
const decimal = z
  .string('must be a decimal string')
  .regex(/^(0|[1-9][0-9]{0,77})$/, 'must be a decimal string')
  .transform(BigInt)
const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`), `must be 0x and ${2 * bytes} lower-case hex digits`)

const twoRoots = z.strictObject({ kind: z.literal('TWO_ROOTS'), first: note, second: note })

const notAPrefix = z.strictObject({
  kind: z.literal('NOT_A_PREFIX'),
  older: note,
  newer: note,
  /** Of as many leaves as the older checkpoint has, in the log of the newer one; and the proof of that. */
  root: hash,
  path,
  /** Of which `older` is the checkpoint. */
  receipt: receiptSchema.optional(),
})

const anchorUnknown = z.strictObject({
  kind: z.literal('ANCHOR_UNKNOWN'),
  chainId: decimal,
  settlement: hex(20),
  /** Number of the batch, the transaction that settled it, and the time of the batch, unix seconds. Nobody signed them: the chain has to be asked. */
  batch: decimal,
  transaction: hex(32),
  time: decimal,
  anchor: hex(32),
  /** Of a log over these leaves, later than the settlement. */
  checkpoint: note,
  leaves: list(hash),
})

const evidenceSchema = z.discriminatedUnion('kind', [twoRoots, notAPrefix, anchorUnknown])
/** What shows, with the log's key, that a venue's log lies: by itself, or, of an anchor, with what the chain tells of its settlement. */
export type Evidence = z.output<typeof evidenceSchema>

const fileSchema = z.strictObject({
  version: z.literal(1, 'must be 1'),
  /** The log's public key. */
  key: z.string('must be the public key of a log').max(1000, 'is too long'),
  evidence: z.array(evidenceSchema).min(1, 'must hold some evidence').max(1000, 'must have at most 1000 entries'),
})
export type EvidenceFile = z.output<typeof fileSchema>

/** Throws INPUT_INVALID. */
export function decodeEvidence(json: unknown): EvidenceFile {
  return decodeWith(fileSchema, json, 'INPUT_INVALID', 'evidence')
}

/**
 * Whether it convicts the holder of that key. `settled`: what settlements carry, read from the chain; an anchor that is not among them
 * convicts nobody, for its place and time are anybody's words.
 */
export function convicts(evidence: Evidence, key: LogKey, settled: readonly AnchorOnChain[] = []): boolean {
  if (evidence.kind === 'TWO_ROOTS') return areTwoRoots(evidence, key)
  if (evidence.kind === 'NOT_A_PREFIX') return isNoPrefix(evidence, key)
  const onChain = settled.find((one) => PLACE.every((name) => one[name] === evidence[name]))
  return onChain !== undefined && isNoHead(evidence, onChain, key)
}

const PLACE = ['chainId', 'settlement', 'batch', 'transaction', 'anchor'] as const

function areTwoRoots({ first, second }: z.output<typeof twoRoots>, key: LogKey): boolean {
  const [one, other] = [openCheckpoint(first, key), openCheckpoint(second, key)]
  if (one === undefined || other === undefined) return false
  return one.size === other.size && !equalBytes(one.root, other.root)
}

function isNoPrefix({ older, newer, root, path, receipt }: z.output<typeof notAPrefix>, key: LogKey): boolean {
  const [one, other] = [openCheckpoint(older, key), openCheckpoint(newer, key)]
  if (one === undefined || other === undefined || equalBytes(root, one.root)) return false
  if (receipt !== undefined && (typeof checkReceipt(receipt, key) === 'string' || receipt.checkpoint !== older)) {
    return false
  }
  return isConsistent({ from: one.size, to: other.size, path }, { older: root, newer: other.root })
}

function isNoHead(
  { checkpoint, leaves }: z.output<typeof anchorUnknown>,
  onChain: AnchorOnChain,
  key: LogKey,
): boolean {
  const head = openCheckpoint(checkpoint, key)
  if (head === undefined || !hasToHave(head, onChain)) return false
  if (head.size !== BigInt(leaves.length) || leaves.length === 0) return false
  let last: Uint8Array | undefined
  for (const root of prefixRoots(leaves)) {
    if (equalBytes(root, Buffer.from(onChain.anchor.slice(2), 'hex'))) return false
    last = root
  }
  return equalBytes(last!, head.root)
}

/** Whether a log with that head has to have that anchor: the head was signed after the settlement, of the first log of the same venue. */
export function hasToHave(head: Checkpoint, { chainId, settlement, time }: AnchorOnChain): boolean {
  // A later epoch goes on from a backup, which may have been behind the chain, as its operator then said: anchors may be missing without a lie.
  return head.origin === `zkclear/${chainId}/${settlement}/0` && head.time >= time + CLOCK_MARGIN
}
