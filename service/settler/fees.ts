import { max, min } from '../../protocol/numbers.ts'

/** Wei for a unit of gas. */
export interface Fees {
  readonly maxFee: bigint
  readonly priorityFee: bigint
}

/** When what waits to be settled is too late, in unix seconds. */
export interface Deadlines {
  /** Of the oldest batch: the contract takes it no more, and it has to be made and proved anew. */
  readonly batch: bigint | undefined
  /** Of the first entry of the queue: anybody may freeze the venue. */
  readonly entry: bigint | undefined
}

/** So many seconds before a deadline the cap begins to rise, and by how much it doubles again and again, in seconds; and how often at most. */
const BATCH = { before: 600n, doubling: 60n, most: 4n }
const ENTRY = { before: 8n * 3_600n, doubling: 3_600n, most: 8n }

/** The most that a unit of gas may cost now: the cap, doubled the more often the nearer a deadline is. `now`: unix seconds. */
export function capAt(cap: bigint, { batch, entry }: Deadlines, now: bigint): bigint {
  return cap << max(doublings(batch, now, BATCH), doublings(entry, now, ENTRY))
}

function doublings(deadline: bigint | undefined, now: bigint, { before, doubling, most }: typeof BATCH): bigint {
  if (deadline === undefined) return 0n
  const late = now - (deadline - before)
  return late < 0n ? 0n : min(most, 1n + late / doubling)
}

/** The whole tip is paid, and the rest of the cap only where blocks are full: no more than one part in so many of the cap is tip. */
const TIP_SHARE = 8n

/** The lower of what several nodes ask: one alone cannot make it dear. */
export function lowestOf(asked: readonly Fees[]): Fees {
  const lowest = (fees: readonly bigint[]) => fees.reduce((one, other) => min(one, other))
  return { maxFee: lowest(asked.map(({ maxFee }) => maxFee)), priorityFee: lowest(asked.map((one) => one.priorityFee)) }
}

/**
 * Fees of now, and an eighth above those of the transaction that is replaced: nodes take no less. None of them is above the cap, or its share of it; undefined
 * where that lets nothing be replaced.
 */
export function feesOver(now: Fees, over: Fees | undefined, cap: bigint): Fees | undefined {
  const raised = (fee: bigint) => (over === undefined ? 0n : fee + fee / 8n + 1n)
  const [leastMax, leastPriority] = [raised(over?.maxFee ?? 0n), raised(over?.priorityFee ?? 0n)]
  const tipCap = cap / TIP_SHARE
  if (leastMax > cap || leastPriority > tipCap) return undefined
  const maxFee = min(cap, max(now.maxFee, leastMax))
  return { maxFee, priorityFee: min(min(maxFee, tipCap), max(now.priorityFee, leastPriority)) }
}
