import type { RiskTable } from '../../protocol/risk-table.ts'
import type { QueuedEntry } from '../sequencer/record.ts'

/** What a node tells of a venue: the contract's inputs as of a block that is deep enough, its batches as of the newest. Times are unix seconds. */
export interface ChainView {
  /** The block of which all but the batches is told. */
  readonly block: { readonly number: number; readonly hash: string }
  /** The time that the next block would have. */
  readonly time: bigint
  readonly pausedUntil: bigint
  /** undefined if no end is announced. */
  readonly closingFrom: bigint | undefined
  readonly frozenAt: bigint
  /** The newest table; undefined before the first. */
  readonly table: { readonly table: RiskTable; readonly relisted: bigint; readonly postedAt: bigint } | undefined
  /** What waits in the queue, from number `first`, which is its front. */
  readonly queue: { readonly first: bigint; readonly entries: readonly QueuedEntry[] }
  /** Accounts whose owner changes or has changed: who owns them now, or undefined while that changes. */
  readonly owners: ReadonlyMap<number, string | undefined>
  /** Batches that the contract has taken, and the root that they led to. */
  readonly settled: { readonly count: number; readonly root: bigint }
  /** The roots of batches that are not final, by number; none where the sequencer knows that its last settled one is the chain's last. */
  readonly roots: ReadonlyMap<number, bigint>
  /** Batches that no reorganisation takes back. */
  readonly final: number
}
