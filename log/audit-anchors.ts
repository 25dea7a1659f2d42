import type { AnchorOnChain } from './anchor-on-chain.ts'
import { equalBytes } from './bytes.ts'
import type { Checkpoint } from './checkpoint.ts'
import { isConsistent } from './consistency.ts'
import { CLOCK_MARGIN, type Evidence, hasToHave } from './evidence.ts'
import type { Fault } from './fault.ts'
import type { HeardSource } from './heard-source.ts'
import { prefixRoots } from './prefix-roots.ts'

interface Against {
  readonly source: HeardSource
  readonly newest: Checkpoint
  readonly faults: Fault[]
  readonly evidence: Evidence[]
}

/** Longest list of leaves that is written as evidence. */
const MOST_LEAVES = 1 << 20

/**
 * Checks that each anchor is the root of the log at some size up to the newest, and gives how many are. Of those that are not the first one
 * that convicts becomes evidence: with all leaves, so that with more the file could grow until nobody reads it.
 */
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
  const first = unknown.find((one) => hasToHave(newest, one))
  if (first !== undefined) {
    const { chainId, settlement, batch, transaction, time, anchor } = first
    const place = { chainId, settlement, batch, transaction, time, anchor }
    evidence.push({ kind: 'ANCHOR_UNKNOWN', ...place, checkpoint: newest.note, leaves: [...leaves] })
  }
  for (const one of unknown) {
    if (one === first) continue
    const why = hasToHave(newest, one)
      ? `the evidence is of batch ${first!.batch}, and has all leaves already`
      : `it convicts once the newest checkpoint, if it is of that venue's first epoch, is ${CLOCK_MARGIN} s younger than the batch`
    const message = `no log of up to ${newest.size} records has the root that the settlement carries; ${why}`
    faults.push({ code: 'ANCHOR_UNKNOWN', name: `batch ${one.batch}`, message })
  }
  return anchors.length - unknown.length
}

async function isHead({ anchor }: AnchorOnChain, source: HeardSource, newest: Checkpoint): Promise<boolean> {
  const size = await source.sizeOfAnchor(anchor)
  if (size === undefined || size === 0n || size > newest.size) return false
  const answer = size === newest.size ? { path: [] } : await source.consistency(size, newest.size)
  if (answer === undefined) return false
  const older = Buffer.from(anchor.slice(2), 'hex')
  return isConsistent({ from: size, to: newest.size, path: answer.path }, { older, newer: newest.root })
}

async function allLeaves(source: HeardSource, size: bigint): Promise<readonly Uint8Array[] | undefined> {
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
