import { type AcceptedMessage, acceptedMessage } from './accepted-message.ts'
import type { AnchorOnChain } from './anchor-on-chain.ts'
import { checkAnchors } from './audit-anchors.ts'
import { equalBytes } from './bytes.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { isConsistent } from './consistency.ts'
import { convicts, type Evidence } from './evidence.ts'
import type { Fault } from './fault.ts'
import { type HeardSource, heard } from './heard-source.ts'
import type { LogKey } from './log-key.ts'
import type { ConsistencyAnswer, LogSource } from './log-source.ts'
import { checkReceipt, type Receipt } from './receipt.ts'

export interface AuditInput {
  readonly key: LogKey
  /** What is checked, with the names by which faults are told. */
  readonly receipts: readonly GivenReceipt[]
  readonly checkpoints: readonly Named<string>[]
  /** Proofs that are had otherwise than from the source. */
  readonly proofs: readonly (ConsistencyAnswer & { readonly from: bigint; readonly to: bigint })[]
  readonly source?: LogSource | undefined
  /** Read before the source is asked. */
  readonly anchors: readonly AnchorOnChain[]
}

export type Named<T> = { readonly name: string; readonly value: T }

export interface GivenReceipt extends Named<Receipt> {
  /** Number of the record that the venue said the message is. */
  readonly asked?: number | undefined
}

export interface LogAudit {
  /** The newest head that was seen. */
  readonly head: Checkpoint | undefined
  /** Those that hold. */
  readonly receipts: readonly ReceiptSays[]
  readonly checkpoints: number
  readonly anchors: number
  /** Checkpoints of which nothing was given that links them to the next larger one. */
  readonly unlinked: number
  readonly faults: readonly Fault[]
  readonly evidence: readonly Evidence[]
}

export interface ReceiptSays extends AcceptedMessage {
  readonly record: number
}

interface Seen extends Named<Checkpoint> {
  readonly receipt?: Receipt
}

/**
 * Checks that receipts, checkpoints and anchors are all of one log that only grew. Asks the source for what links them, and believes
 * none of it: what the source throws is a fault. Throws ABORTED if the source did and there is no evidence.
 */
export async function auditLog(input: AuditInput): Promise<LogAudit> {
  const { key, receipts, checkpoints, anchors } = input
  const faults: Fault[] = []
  const source = input.source && heard(input.source, faults)
  const evidence: Evidence[] = []
  const seen: Seen[] = []
  const good: ReceiptSays[] = []
  for (const { name, value, asked } of receipts) {
    const found = checkReceipt(value, key, asked)
    if (typeof found !== 'string') {
      seen.push({ name, value: found, receipt: value })
      good.push({ record: value.record, ...acceptedMessage(value.bytes)! })
      continue
    }
    faults.push({ code: 'RECEIPT_FALSE', name, message: `the receipt does not hold (${found})` })
    const checkpoint = openCheckpoint(value.checkpoint, key)
    if (checkpoint !== undefined) seen.push({ name, value: checkpoint })
  }
  const before = seen.length
  const open = (name: string, note: string) => {
    const value = openCheckpoint(note, key)
    if (value !== undefined) seen.push({ name, value })
    else faults.push({ code: 'CHECKPOINT_FALSE', name, message: 'is no checkpoint that the key of this log signed' })
    return value
  }
  for (const { name, value } of checkpoints) open(name, value)
  const held = seen.length - before
  const shown = await source?.checkpoint()
  const newest = shown === undefined ? undefined : open('the newest checkpoint', shown)
  const sizes = oneOfEachSize(seen, evidence)
  const unlinked = await link(sizes, { ...input, source, newest, faults, evidence })
  const known =
    source === undefined || newest === undefined ? 0 : await checkAnchors(anchors, { source, newest, faults, evidence })
  if (source?.aborted !== undefined && evidence.length === 0) throw source.aborted
  return {
    head: sizes.at(-1)?.value,
    ...{ receipts: good, checkpoints: held, anchors: known, unlinked, faults },
    evidence: evidence.filter((one) => one.kind === 'ANCHOR_UNKNOWN' || convicts(one, key)),
  }
}

/** One checkpoint of each size, smaller ones first; two of one size have one root. */
function oneOfEachSize(seen: readonly Seen[], evidence: Evidence[]): readonly Seen[] {
  const sizes = new Map<bigint, Seen>()
  for (const one of seen) {
    const { size, root, note } = one.value
    const other = sizes.get(size)
    if (other === undefined) sizes.set(size, one)
    else if (!equalBytes(other.value.root, root)) {
      evidence.push({ kind: 'TWO_ROOTS', first: other.value.note, second: note })
    }
  }
  return [...sizes.values()].sort((a, b) => (a.value.size < b.value.size ? -1 : 1))
}

type Links = Pick<AuditInput, 'proofs'> & {
  readonly source: HeardSource | undefined
  readonly newest: Checkpoint | undefined
  readonly faults: Fault[]
  readonly evidence: Evidence[]
}

/** Each log begins with the next smaller one: so all with all smaller ones. Gives for how many that could not be asked. */
async function link(sizes: readonly Seen[], { source, proofs, newest, faults, evidence }: Links): Promise<number> {
  let unlinked = 0
  for (const [i, larger] of sizes.slice(1).entries()) {
    const smaller = sizes[i]!
    const [from, to] = [smaller.value.size, larger.value.size]
    if (newest !== undefined && to > newest.size) {
      const message = `has ${to} records, and the venue shows a log of ${newest.size}: it signed more than it shows`
      faults.push({ code: 'LOG_SHORTER', name: larger.name, message })
      continue
    }
    const answer =
      proofs.find((proof) => proof.from === from && proof.to === to) ?? (await source?.consistency(from, to))
    if (answer !== undefined) judge(answer, { smaller, larger, faults, evidence })
    else if (source === undefined) unlinked++
    else {
      const message = `the venue does not show that its log of ${to} records begins with that of ${from}`
      faults.push({ code: 'CONSISTENCY_MISSING', name: smaller.name, message })
    }
  }
  return unlinked
}

function judge(
  { root, path }: ConsistencyAnswer,
  { smaller, larger, faults, evidence }: { smaller: Seen; larger: Seen; faults: Fault[]; evidence: Evidence[] },
): void {
  const { value: older, receipt } = smaller
  const newer = larger.value
  const sizes = { from: older.size, to: newer.size, path }
  if (isConsistent(sizes, { older: older.root, newer: newer.root })) return
  if (isConsistent(sizes, { older: root, newer: newer.root })) {
    const shown = { root, path: [...path], ...(receipt !== undefined && { receipt }) }
    evidence.push({ kind: 'NOT_A_PREFIX', older: older.note, newer: newer.note, ...shown })
    return
  }
  const message = `the proof that the log of ${newer.size} records begins with that of ${older.size} is false`
  faults.push({ code: 'CONSISTENCY_FALSE', name: smaller.name, message })
}
