import type { RiskTable } from '../../protocol/risk-table.ts'
import type { HouseCover } from '../../protocol/takeover/best-bid.ts'
import type { ContractAt } from '../../settlement/contract-at.ts'
import type { BatchCircuit } from '../sequencer/batch-circuits.ts'
import type { QueuedEntry } from '../sequencer/record.ts'
import type { SequencerState } from '../sequencer/state.ts'
import type { BatchCircuits } from '../writer/job-changes.ts'

/** What the sequencer knows of the chain. */
export type KnownState = Pick<SequencerState, 'settledIndex' | 'finalIndex' | 'owners' | 'batches' | 'base'>

/** Where views of a venue's contract come from: a node, or two that agree. */
export interface ChainSource {
  readonly settlement: ContractAt
  /** Who may settle, in lower-case hex. */
  operator(): Promise<string>
  /**
   * The chain as it is now; undefined if it changed while it was read. Throws INPUT_INVALID for a node that lacks events,
   * CHAIN_UNREACHABLE, TRANSACTION_FAILED.
   */
  read(state: KnownState): Promise<ChainView | undefined>
  /** The circuits of which the verifiers on the chain have other keys than they have here. */
  otherKeys(circuits: BatchCircuits): Promise<readonly BatchCircuit[]>
  /** What the house may pay for takeovers as of the newest block. */
  cover(): Promise<HouseCover>
}

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
