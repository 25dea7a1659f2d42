import { equalBytes } from './bytes.ts'
import type { Checkpoint } from './checkpoint.ts'
import { isConsistent } from './consistency.ts'
import { CLOCK_MARGIN, type Evidence, isLater } from './evidence.ts'
import type { Fault } from './fault.ts'
import type { LogSource } from './log-source.ts'
import { prefixRoots } from './prefix-roots.ts'

/** What a settlement on the chain carries. */
export interface AnchorOnChain {
  readonly chainId: bigint
  /** Lower-case. */
  readonly settlement: string
  readonly batch: bigint
  readonly transaction: string
  /** Of the batch, unix seconds. */
  readonly time: bigint
  /** 0x and 64 lower-case hex digits. */
  readonly anchor: string
}

interface Against {
  readonly source: LogSource
  readonly newest: Checkpoint
  readonly faults: Fault[]
  readonly evidence: Evidence[]
}

/** Longest list of leaves that is written as evidence. */
const MOST_LEAVES = 1 << 20

/** Checks that each anchor is the root of the log at some size up to the newest. Gives how many are. */
export async function checkAnchors(anchors: readonly AnchorOnChain[], against: Against): Promise<number> {
  const { source, newest, faults, evidence } = against
  const doubtful: AnchorOnChain[] = []
  for (const one of anchors) if (!(await isHead(one, source, newest))) doubtful.push(one)
  if (doubtful.length === 0) return anchors.length
  const leaves = await allLeaves(source, newest.size)
  const roots = leaves === undefined ? undefined : rootsOf(leaves)
  if (leaves === undefined || roots?.last === undefined || !equalBytes(roots.last, newest.root)) {
    const message = `the venue does not know the anchor, and does not show the ${newest.size} leaves of its log`
    for (const { batch } of doubtful) faults.push({ code: 'LEAVES_FALSE', name: `batch ${batch}`, message })
    return anchors.length - doubtful.length
  }
  const unknown = doubtful.filter(({ anchor }) => !roots.all.has(anchor))
  for (const { chainId, settlement, batch, transaction, time, anchor } of unknown) {
    const place = { chainId, settlement, batch, transaction, time, anchor }
    if (isLater(newest, time) && newest.origin.endsWith('/0')) {
      evidence.push({ kind: 'ANCHOR_UNKNOWN', ...place, checkpoint: newest.note, leaves: [...leaves] })
      continue
    }
    const message = `no log of up to ${newest.size} records has the root that the settlement carries; it convicts by itself once the newest checkpoint is ${CLOCK_MARGIN} s younger`
    faults.push({ code: 'ANCHOR_UNKNOWN', name: `batch ${batch}`, message })
  }
  return anchors.length - unknown.length
}

async function isHead({ anchor }: AnchorOnChain, source: LogSource, newest: Checkpoint): Promise<boolean> {
  const size = await source.sizeOfAnchor(anchor)
  if (size === undefined || size === 0n || size > newest.size) return false
  const answer = size === newest.size ? { path: [] } : await source.consistency(size, newest.size)
  if (answer === undefined) return false
  const older = Buffer.from(anchor.slice(2), 'hex')
  return isConsistent({ from: size, to: newest.size, path: answer.path }, { older, newer: newest.root })
}

async function allLeaves(source: LogSource, size: bigint): Promise<readonly Uint8Array[] | undefined> {
  const leaves: Uint8Array[] = []
  if (size > BigInt(MOST_LEAVES)) return undefined
  while (BigInt(leaves.length) < size) {
    const more = await source.leaves(BigInt(leaves.length))
    if (more.length === 0) return undefined
    leaves.push(...more)
  }
  return leaves.slice(0, Number(size))
}

function rootsOf(leaves: readonly Uint8Array[]) {
  const all = new Set<string>()
  let last: Uint8Array | undefined
  for (const root of prefixRoots(leaves)) {
    all.add(`0x${Buffer.from(root).toString('hex')}`)
    last = root
  }
  return { all, last }
}
