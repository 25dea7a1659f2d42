import { isFlagged, viewCommitment } from '../protocol/account.ts'
import { type CashBatch, HOUSE, mayRetire } from '../protocol/cash-batch/cash-batch.ts'
import { isToBeCured } from '../protocol/cash-batch/maintenance.ts'
import type { QueueOperation, SignedCashMessage, VenueOperation } from '../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../protocol/cash-batch/slot.ts'
import { isExposed } from '../protocol/cash-batch/withdrawal.ts'
import { FIELD } from '../protocol/numbers.ts'
import { SHELTER_END } from '../protocol/parameters.ts'
import { accountAt, type State } from '../protocol/state.ts'
import { flagHindrance } from '../protocol/takeover/find.ts'
import { CashCutter, type CashRefusal } from './cash-cutter.ts'

export interface ServeQueueOptions {
  readonly state: State
  /** What the contract's queue holds, from its front: served in this order, none skipped. */
  readonly entries: readonly QueueOperation[]
  /** Until when each of them must have been served, in unix seconds; one that is left out is held back by no shelter. */
  readonly deadlines?: readonly bigint[]
  /** Accounts whose cure may be tried again, as shelter kept it from being decided (protocol.md#cure-again). Before the entries. */
  readonly retries?: readonly number[]
  /** Time, domain and prices of all batches, their size, and what the contract's vault holds before the first. */
  readonly context: CashBatchContext
  /** View keys that owners shared, by account; entered where the state has none yet. */
  readonly viewKeys?: ReadonlyMap<number, bigint>
  /** The commitments that the contract holds of those accounts: it refuses a batch that enters another key. */
  readonly viewCommitments?: ReadonlyMap<number, bigint>
  /** Who owns an account on chain, of those that transfers name: the contract refuses one that leads to another owner's. */
  readonly owners?: ReadonlyMap<number, string>
  /** Applied behind the entries, in this order. */
  readonly messages?: readonly SignedCashMessage[]
  /** Behind the messages, in this order: what waits in the queue may still save an account from being flagged. */
  readonly operations?: readonly VenueOperation[]
  /** Unix seconds at which the guardian's last pause ended, or ends, for FLAG: default 0, there was none. */
  readonly resumedAt?: bigint
  /** Whether the fees of all markets go to the house at the end, and markets are retired that can be. Default false. */
  readonly sweep?: boolean
  /** Markets that the contract holds as retired, a bit for each, which no batch is made for. Default: none. */
  readonly retired?: bigint
  /** Default: as many as it takes. */
  readonly mostBatches?: number
}

/** What became of a queue. */
export interface ServedQueue {
  readonly batches: readonly CashBatch[]
  /** The state after the last batch. */
  readonly state: State
  /** How many entries were served, from the front. */
  readonly served: number
  /** Why the next entry could not be served, if one is left. */
  readonly stopped: CashRefusal | undefined
  /** Accounts whose view keys were entered. */
  readonly viewed: readonly number[]
  /** View keys that could not be entered. */
  readonly refusedKeys: readonly (CashRefusal & { readonly account: number })[]
  /** Messages that were not applied. */
  readonly refusedMessages: readonly RefusedCashMessage[]
  /** The venue's own operations that were not applied. */
  readonly refusedOperations: readonly (CashRefusal & { readonly operation: VenueOperation })[]
}

export interface RefusedCashMessage extends CashRefusal {
  /** Its place among those given. */
  readonly index: number
  readonly signed: SignedCashMessage
}

/**
 * Turns what waits in a contract's queue into cash batches that can be proved, in its order; enters the view keys that the venue was
 * given, each as soon as its account is there; applies signed messages, and operations of the venue's own. An entry that cannot be served ends the serving of
 * entries: that is a request of an account with positions while prices are stale, or a deposit to one that is flagged, and needs
 * a fresh risk table; or a withdrawal of an account with a position in a sheltered market (protocol.md#exposed).
 *
 * @example
 * const context = { sizes: CASH_BATCH_SIZES.small, timestamp: 1_700_000_000n, domain, riskTable, vault: [0n, 0n] }
 * const entries = [{ kind: 'DEPOSIT', account: 0, asset: 0, amount: 500n } as const]
 * const { batches, stopped } = serveQueue({ state, entries, context })
 */
export function serveQueue(options: ServeQueueOptions): ServedQueue {
  const { state, entries, context, messages = [], sweep = false, mostBatches = Number.POSITIVE_INFINITY } = options
  const { operations = [], deadlines = [], retries = [], retired = 0n, resumedAt = 0n } = options
  const { viewKeys = new Map(), viewCommitments = new Map(), owners = new Map() } = options
  const cutter = new CashCutter(state, context, mostBatches)
  const viewed: number[] = []
  const refusedKeys: (CashRefusal & { account: number })[] = []
  const refusedMessages: RefusedCashMessage[] = []
  const refusedOperations: (CashRefusal & { operation: VenueOperation })[] = []

  const enter = (account: number, viewKey: bigint) => {
    const isElement = viewKey >= 0n && viewKey < FIELD
    const other = !isElement || viewCommitment(viewKey) !== viewCommitments.get(account)
    const refusal = other ? OTHER_KEY : cutter.push({ kind: 'VIEW', account, viewKey })
    if (refusal === undefined) viewed.push(account)
    else refusedKeys.push({ account, ...refusal })
  }
  for (const [account, viewKey] of viewKeys) {
    if (accountAt(state, account)?.viewKey === 0n) enter(account, viewKey)
  }
  // One that no fresh table decides waits on.
  for (const account of retries) {
    if (mayRetry(state, account, context)) cutter.push({ kind: 'CURE', account })
  }
  let served = 0
  let stopped: CashRefusal | undefined
  for (const [place, entry] of entries.entries()) {
    if (isHeldBack(cutter.state, entry, deadlines[place], context)) stopped = HELD_BACK
    else stopped = cutter.push(entry)
    if (stopped !== undefined) break
    served++
    const viewKey = entry.kind === 'REGISTER' ? viewKeys.get(entry.account) : undefined
    if (viewKey !== undefined) enter(entry.account, viewKey)
  }
  for (const account of viewKeys.keys()) {
    if (accountAt(cutter.state, account) === undefined) refusedKeys.push({ account, ...NO_ACCOUNT })
  }
  for (const [index, signed] of messages.entries()) {
    const refusal = staysWithOwner(signed, owners) ? cutter.push(signed) : OTHER_OWNER
    if (refusal !== undefined) refusedMessages.push({ index, signed, ...refusal })
  }
  for (const operation of operations) {
    const refusal = whyNotNow(cutter.state, operation, context, resumedAt) ?? cutter.push(operation)
    if (refusal !== undefined) refusedOperations.push({ operation, ...refusal })
  }
  const markets = sweep ? marketsToSweep(cutter.state, context, retired) : []
  for (const market of markets.length === 0 ? [undefined] : markets) {
    if (cutter.batches.length < mostBatches) cutter.finish(market)
  }
  return {
    batches: cutter.batches,
    state: cutter.state,
    served,
    stopped,
    viewed,
    refusedKeys,
    refusedMessages,
    refusedOperations,
  }
}

const OTHER_KEY: CashRefusal = { reason: 'VIEW_COMMITMENT', message: 'is not the view key that the owner registered' }
const NO_ACCOUNT: CashRefusal = { reason: 'UNKNOWN_ACCOUNT', message: 'the account is not in the state yet' }

const HELD_BACK: CashRefusal = {
  reason: 'SHELTERED',
  message: `the account has a position in a sheltered market; it waits for a table that does not shelter it, or for the last ${SHELTER_END / 3_600n} hours before its deadline`,
}

/** Whether the contract refuses to take the entry at this table, so long before its deadline. */
function isHeldBack(
  state: State,
  { kind, account: index }: QueueOperation,
  deadline: bigint | undefined,
  { riskTable, timestamp }: CashBatchContext,
): boolean {
  const account = kind === 'FORCED' ? accountAt(state, index) : undefined
  if (account === undefined || riskTable === undefined || deadline === undefined) return false
  return isExposed(account, riskTable) && timestamp + SHELTER_END < deadline
}

/** Whether a cure of the account would be decided: prices are known, and no shelter says that they may be false. */
export function mayRetry(
  state: State,
  index: number,
  { riskTable: table, timestamp }: Pick<CashBatchContext, 'riskTable' | 'timestamp'>,
): boolean {
  const account = accountAt(state, index)
  if (account === undefined || !isFlagged(account)) return account !== undefined
  const isKnown = isToBeCured(account, { table, timestamp }) !== undefined
  return isKnown && (table === undefined || !isExposed(account, table))
}

/** What a flag has against it that no proof knows of. */
function whyNotNow(
  state: State,
  { kind, account: index }: VenueOperation,
  { riskTable, timestamp }: CashBatchContext,
  resumedAt: bigint,
): CashRefusal | undefined {
  const account = kind === 'FLAG' ? accountAt(state, index) : undefined
  if (account === undefined || riskTable === undefined) return undefined
  const reason = flagHindrance(index, account, { riskTable, timestamp, resumedAt })
  return reason === 'PAUSED' || reason === 'AUCTION' ? { reason, message: NOT_NOW[reason] } : undefined
}

const NOT_NOW = {
  PAUSED: "the guardian's pause lasts, and the contract takes no flag",
  AUCTION:
    'a pause put its auction off, which has not closed: its flag has lapsed, and another one would begin its time anew',
}

const OTHER_OWNER: CashRefusal = {
  reason: 'OWNERS_DIFFER',
  message:
    'a transfer leads to another account of the same owner, and the two are not known to be, or one is about to have another owner',
}

/** Whether the contract lets it through: one message of a stranger must not cost the batch that holds it. */
function staysWithOwner({ message }: SignedCashMessage, owners: ReadonlyMap<number, string>): boolean {
  const { kind, account, counterAccount } = message
  if (kind !== 'TRANSFER_OUT') return true
  const owner = owners.get(account)
  return owner !== undefined && owner === owners.get(counterAccount)
}

/** Markets that have fees, or can be retired and are not. */
function marketsToSweep(state: State, { riskTable }: CashBatchContext, retired: bigint): number[] {
  if (accountAt(state, HOUSE) === undefined) return []
  const markets = Array.from({ length: state.shape.markets }, (_, market) => market)
  return markets.filter((market) => {
    const book = state.books.get(market)!
    const isRetired = ((retired >> BigInt(market)) & 1n) === 1n
    return book.fees > 0n || (!isRetired && mayRetire(state, market, book, riskTable))
  })
}
