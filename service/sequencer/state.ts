import type { TradingKey } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchSizes } from '../../protocol/cash-batch/slot.ts'
import type { Deleveraging } from '../../protocol/deleverage/close.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { accountAt, type State, stateRoot } from '../../protocol/state.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import type { TradeBatchBuilder } from '../../protocol/trade-batch/builder.ts'
import type { TradeBatch, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'
import type { BatchCircuit } from './batch-circuits.ts'
import type { Fill, Seen, Tracks } from './fills.ts'
import type { QueuedEntry } from './record.ts'

/** What never changes while a journal is written. */
export interface SequencerConfig {
  readonly profile: ProfileName
  readonly domain: bigint
  /** Sizes of the circuits that prove the batches. */
  readonly sizes: { readonly trade: TradeBatchSizes; readonly cash: CashBatchSizes }
  /** Seconds by which the time of batches moves at once. */
  readonly tickSeconds: bigint
  /** Milliseconds that an order waits at most before its batch is cut. */
  readonly cutMilliseconds: bigint
  /** Milliseconds that an entry of the queue, a view key, a withdrawal or a transfer waits at most. */
  readonly cashMilliseconds: bigint
}

/** 500 ms for orders; ten seconds for cash, so that a proof of a cash batch serves several. */
export const DEFAULT_PACE = { tickSeconds: 1n, cutMilliseconds: 500n, cashMilliseconds: 10_000n } as const

/** An accepted message: number of its record, which is its place in the order; its account, and when it came. */
interface ItemHead {
  readonly record: number
  readonly account: number
  /** The queue in which it waits: its market, or {@link cashQueue}. */
  readonly market: number
  readonly clock: bigint
}

export interface TradeItem extends ItemHead {
  readonly bundle: SignedBundle
  /** The trading key under which its signature was found to hold. */
  readonly signer: TradingKey
  /** What its trader calls it. */
  readonly clientOrderId?: string | undefined
}

export interface CashItem extends ItemHead {
  readonly signed: SignedCashMessage
}

export type Item = TradeItem | CashItem

/** A bid for a flagged account, and the number of its record. It is no message that is executed: a takeover may take it, until it is void. */
export interface HeldBid {
  readonly record: number
  /** Unix seconds at which it came. */
  readonly at: bigint
  readonly signed: SignedBid
}

/** What stands for a market where cash messages wait: behind the last market. */
export function cashQueue(state: State): number {
  return state.shape.markets
}

/** Where a venue stands between two batches. */
export interface Ledger {
  readonly state: State
  /** Lots of each asset that the contract's vault holds for the accounts. */
  readonly vault: readonly bigint[]
  /** Markets that are retired, a bit for each. */
  readonly retired: bigint
  /** Accounts whose cure may be tried again. */
  readonly retries: readonly number[]
  /** Number of the first entry of the queue that is not served. */
  readonly served: bigint
  readonly tracks: Tracks
}

/** A batch that is made, and what it was made of. */
export interface SealedBatch {
  /** From 1, as the chain counts them. */
  readonly index: number
  readonly work:
    | { readonly circuit: 'trade-batch'; readonly transition: TradeBatch }
    | { readonly circuit: 'cash-batch'; readonly transition: CashBatch }
    | { readonly circuit: 'takeover'; readonly transition: Takeover }
    | { readonly circuit: 'deleverage'; readonly transition: Deleveraging }
  /** The accepted messages that it includes, in its order. */
  readonly items: readonly Item[]
  readonly fills: readonly Fill[]
  readonly after: Ledger
  readonly proved: boolean
  /** Whether the chain may have it, or may get it yet. */
  readonly sent: boolean
}

/** A batch that was made anew after its settlement had been sent, so that the chain may take it after all. */
export interface DroppedBatch {
  readonly batch: SealedBatch
  /** The root that it starts from. */
  readonly from: bigint
  /** The entries of the queue that it served, and when they came. */
  readonly entries: readonly (QueuedEntry & { readonly clock: bigint })[]
}

/** The batch that orders may still join. */
export interface OpenBatch {
  /** undefined as long as there is no table or salt. Never given anything: a change begins with a fork. */
  readonly builder: TradeBatchBuilder | undefined
  readonly items: readonly Item[]
  readonly fills: readonly Fill[]
  readonly tracks: Tracks
  /** How much of it the fills and tracks know. */
  readonly seen: Seen
}

/** All that the sequencer knows. Immutable, and plain but for the builder. */
export interface SequencerState {
  readonly config: SequencerConfig
  /** Records reduced so far: the number of the next one. */
  readonly records: number
  /** Milliseconds; 0 before the first tick. */
  readonly clock: bigint
  /** Unix seconds of what is made now. */
  readonly timestamp: bigint
  readonly table: RiskTable | undefined
  readonly bookSecret: bigint | undefined
  readonly pausedUntil: bigint
  readonly closingFrom: bigint | undefined
  /** Shared view keys of accounts that may lack them, with the clock at which they came. */
  readonly viewKeys: ReadonlyMap<number, { readonly viewKey: bigint; readonly clock: bigint }>
  readonly viewCommitments: ReadonlyMap<number, bigint>
  readonly owners: ReadonlyMap<number, string>
  readonly circuits: ReadonlyMap<BatchCircuit, string>
  /** Entries from number `firstEntry` on, with the clock at which they came. */
  readonly firstEntry: bigint
  readonly entries: readonly (QueuedEntry & { readonly clock: bigint })[]
  /** Timestamp and table at which the front entry could not be served; it is tried again at others. */
  readonly stalled: { readonly timestamp: bigint; readonly table: RiskTable | undefined } | undefined
  /** Accepted messages that no batch has tried yet, in the order of their records. */
  readonly waiting: readonly Item[]
  /** Bids for flagged accounts, in the order of their records. */
  readonly bids: readonly HeldBid[]
  /** Number and outcome of the last batch that is final. */
  readonly finalIndex: number
  readonly base: Ledger
  /** Those after it, in order. */
  readonly batches: readonly SealedBatch[]
  /** Such as the chain may take yet, until another of their number is final. */
  readonly dropped: readonly DroppedBatch[]
  /** Number of the last batch that the chain took. */
  readonly settledIndex: number
  readonly open: OpenBatch
}

/** Where a venue begins, or goes on from files: what its contract holds, and no journal yet. */
export interface SequencerStart {
  readonly config: SequencerConfig
  readonly state: State
  readonly vault: readonly bigint[]
  /** Number of the first entry of the contract's queue that is not served. Default 0. */
  readonly served?: bigint
  /** Batches that the contract has taken. Default 0. */
  readonly batches?: number
  readonly retired?: bigint
  /** Accounts whose cure may be tried again (protocol.md#cure-again). Default: none. */
  readonly retries?: readonly number[]
}

/** The sequencer of a venue before its first record. */
export function startSequencer({
  config,
  state,
  vault,
  served = 0n,
  batches = 0,
  retired = 0n,
  retries = [],
}: SequencerStart): SequencerState {
  const base: Ledger = { state, vault, retired, retries, served, tracks: new Map() }
  return {
    config,
    records: 0,
    clock: 0n,
    timestamp: 0n,
    table: undefined,
    bookSecret: undefined,
    pausedUntil: 0n,
    closingFrom: undefined,
    viewKeys: new Map(),
    viewCommitments: new Map(),
    owners: new Map(),
    circuits: new Map(),
    firstEntry: served,
    entries: [],
    stalled: undefined,
    waiting: [],
    bids: [],
    finalIndex: batches,
    base,
    batches: [],
    dropped: [],
    settledIndex: batches,
    open: emptyOpen(base),
  }
}

/** No order has joined the next batch yet. */
export function emptyOpen({ tracks }: Ledger, builder?: TradeBatchBuilder): OpenBatch {
  return { builder, items: [], fills: [], tracks, seen: { steps: 0, bundles: 0 } }
}

/** Where the last sealed batch led. */
export function ledgerOf({ batches, base }: Pick<SequencerState, 'batches' | 'base'>): Ledger {
  return batches.at(-1)?.after ?? base
}

/** Where the batch of that number led, which is not before the last that is final. */
export function ledgerAt(sequencer: Pick<SequencerState, 'batches' | 'base' | 'finalIndex'>, index: number): Ledger {
  return batchAt(sequencer, index)?.after ?? sequencer.base
}

/** Number of the last sealed batch. */
export function lastIndex({ finalIndex, batches }: Pick<SequencerState, 'finalIndex' | 'batches'>): number {
  return finalIndex + batches.length
}

/** The root of a ledger's state, remembered: a ledger never changes, and is asked for it again and again. */
const ROOTS = new WeakMap<State, bigint>()

/** The root of the state that a ledger stands at. */
export function ledgerRoot({ state }: Pick<Ledger, 'state'>): bigint {
  const known = ROOTS.get(state)
  if (known !== undefined) return known
  const root = stateRoot(state)
  ROOTS.set(state, root)
  return root
}

/** The root that a sealed batch leads to. */
export function rootOf({ after }: Pick<SealedBatch, 'after'>): bigint {
  return ledgerRoot(after)
}

/** Of lists of batches, which never change, those that the chain had not taken, as they were asked for last: with every message. */
const UNSETTLED = new WeakMap<
  readonly SealedBatch[],
  { readonly settledIndex: number; readonly list: readonly SealedBatch[] }
>()

/** The sealed batches that the chain has not taken, in order. The same list, as long as they are the same. */
export function unsettled({
  batches,
  settledIndex,
}: Pick<SequencerState, 'batches' | 'settledIndex'>): readonly SealedBatch[] {
  const known = UNSETTLED.get(batches)
  if (known?.settledIndex === settledIndex) return known.list
  const list = batches.filter(({ index }) => index > settledIndex)
  UNSETTLED.set(batches, { settledIndex, list })
  return list
}

/** The sealed batch of that number; undefined if it is final, or not made yet. */
export function batchAt(
  { finalIndex, batches }: Pick<SequencerState, 'finalIndex' | 'batches'>,
  index: number,
): SealedBatch | undefined {
  return index > finalIndex ? batches[index - finalIndex - 1] : undefined
}

/** The dropped batch of that number that leads from one root to the other; undefined if there is none that the chain may take. */
export function droppedAt(
  { dropped }: Pick<SequencerState, 'dropped'>,
  index: number,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): DroppedBatch | undefined {
  return dropped.find((one) => one.batch.index === index && one.from === from && rootOf(one.batch) === to)
}

/** The venue's state as traders are told it: with the unfinished batch. */
export function currentState(sequencer: Pick<SequencerState, 'open' | 'batches' | 'base'>): State {
  return sequencer.open.builder?.state ?? ledgerOf(sequencer).state
}

export function isPaused({ timestamp, pausedUntil }: Pick<SequencerState, 'timestamp' | 'pausedUntil'>): boolean {
  return timestamp < pausedUntil
}

/** Accounts whose shared view key the state lacks. */
export function missingViewKeys({ viewKeys }: Pick<SequencerState, 'viewKeys'>, state: State): Map<number, bigint> {
  const missing = new Map<number, bigint>()
  for (const [account, { viewKey }] of viewKeys) {
    const known = accountAt(state, account)
    if (known === undefined || known.viewKey === 0n) missing.set(account, viewKey)
  }
  return missing
}
