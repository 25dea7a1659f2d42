import { type Account, isFlagged, isFlat } from '../../protocol/account.ts'
import { mayRetire } from '../../protocol/cash-batch/cash-batch.ts'
import { HOUSE } from '../../protocol/cash-batch/house.ts'
import type { CashOperation, VenueOperation } from '../../protocol/cash-batch/operation.ts'
import { isFresh, needsNoPrices } from '../../protocol/cash-batch/withdrawal.ts'
import { deleverageAccount } from '../../protocol/deleverage/choose.ts'
import { deficitOf } from '../../protocol/deleverage/price.ts'
import { max, min } from '../../protocol/numbers.ts'
import { PHASES } from '../../protocol/parameters.ts'
import { accountAt } from '../../protocol/state.ts'
import { auctionOf, leastPrice } from '../../protocol/takeover/auction.ts'
import { bestTakeover, type HouseCover } from '../../protocol/takeover/best-bid.ts'
import { flagHindrance, missingMargin } from '../../protocol/takeover/find.ts'
import type { TakeoverContext } from '../../protocol/takeover/pass.ts'
import { heldOf } from '../sequencer/bid-checks.ts'
import { usableBids } from '../sequencer/bids.ts'
import { rescueGoesFirst } from '../sequencer/liquidate.ts'
import type { SequencerRecord } from '../sequencer/record.ts'
import { reduce } from '../sequencer/reducer.ts'
import { currentState, ledgerOf, type SealedBatch, type SequencerState } from '../sequencer/state.ts'

/** When and under what a venue looks. */
export interface Moment {
  /** Unix seconds. */
  readonly now: bigint
  /** What the contract lets the house pay. */
  readonly cover: HouseCover
}

/** Something that the venue has to ask of its sequencer. */
export interface Duty {
  /** The same for the same thing as long as it did not succeed, so that it is not asked for without end. */
  readonly name: string
  readonly kind: 'takeover' | 'deleverage' | 'flag' | 'payout' | 'sweep'
  readonly records: readonly SequencerRecord[]
  /** Whether a batch does it, if that was made after it was asked for. */
  readonly isDoneBy: (work: SealedBatch['work']) => boolean
}

export interface Duties {
  /** What is most urgent first. */
  readonly duties: readonly Duty[]
  /** Why nothing can be done about an account whose auction ends soon, one for each: NO_BID, STALE, HOUSE, NOBODY and the like. */
  readonly stuck: readonly string[]
}

/** Lots of so many others are closed at once. */
const MOST_CLOSINGS = 8
/** The part of an auction, from its end, in which nobody is waited for any more: a quarter. */
const LATE = 4n
/** How long a batch may take to be settled: in that time the house may be let pay more. Seconds. */
const SETTLING = 300n
const HOUR = 3_600n

/**
 * What is due of these accounts (docs/service.md#liquidations): who is to be had passes to the best of the bids that the rules allow now;
 * who owes more than he has and found no bidder is deleveraged in the last quarter of his auction, fees being swept to the house before;
 * who misses maintenance is flagged, whoever misses the most first; settled positions are paid out. Pure.
 */
export function dutiesOf(given: SequencerState, accounts: readonly number[], moment: Moment): Duties {
  const sequencer = afterTheirOrders(given, accounts)
  const { table: riskTable, pausedUntil: resumedAt, config } = sequencer
  if (riskTable === undefined) return { duties: [], stuck: [] }
  const timestamp = max(moment.now, sequencer.timestamp)
  const context = { timestamp, domain: config.domain, riskTable, resumedAt }
  const [auctions, payouts, stuck]: [Duty[], Duty[], string[]] = [[], [], []]
  const flags: { readonly duty: Duty; readonly missing: bigint }[] = []
  const state = currentState(sequencer)
  for (const index of accounts) {
    const account = accountAt(state, index)
    if (account === undefined || (!isFlagged(account) && needsNoPrices(account))) continue
    payouts.push(...payoutsOf(index, account, context))
    if (flagHindrance(index, account, context) === undefined) {
      const name = `flag ${index} ${account.flaggedAt}`
      const duty = operationDuty('flag', name, { kind: 'FLAG', account: index })
      flags.push({ duty, missing: missingMargin(account, riskTable) })
    } else if (isFlagged(account)) {
      const found = auctionDuty(sequencer, { index, account }, context, moment.cover)
      if (typeof found === 'string') stuck.push(found)
      else if (found !== undefined) auctions.push(found)
    }
  }
  const byUrgency = (one: Duty, other: Duty) => Number(one.kind !== 'takeover') - Number(other.kind !== 'takeover')
  const byMissing = (one: { missing: bigint }, other: { missing: bigint }) => (one.missing < other.missing ? 1 : -1)
  return {
    duties: [...auctions.toSorted(byUrgency), ...flags.toSorted(byMissing).map(({ duty }) => duty), ...payouts],
    stuck,
  }
}

/**
 * What takeovers and deleveragings will find, which come behind the orders that wait: where somebody flagged has one, which may change what
 * he holds, as it is after all had their turn.
 */
function afterTheirOrders(sequencer: SequencerState, accounts: readonly number[]): SequencerState {
  const trading = new Set(sequencer.waiting.flatMap((item) => ('bundle' in item ? [item.account] : [])))
  const state = currentState(sequencer)
  const changes = accounts.some((index) => trading.has(index) && isFlagged(accountAt(state, index)!))
  return changes ? reduce(sequencer, { kind: 'cut', cash: false }).state : sequencer
}

/** Whether fees wait to be moved to the house, or a market that is over can be retired. Pure. */
export function sweepDuty(sequencer: SequencerState): (Duty & { readonly retires: boolean }) | undefined {
  const state = currentState(sequencer)
  const { retired } = ledgerOf(sequencer)
  if (accountAt(state, HOUSE) === undefined) return undefined
  const books = [...state.books.entries()]
  const retires = books.some(([market, book]) => {
    const isRetired = ((retired >> BigInt(market)) & 1n) === 1n
    return !isRetired && mayRetire(state, market, book, sequencer.table)
  })
  if (!retires && books.every(([, { fees }]) => fees === 0n)) return undefined
  const isDoneBy: Duty['isDoneBy'] = ({ circuit, transition }) =>
    circuit === 'cash-batch' && transition.sweep !== undefined
  return { name: 'sweep', kind: 'sweep', records: [{ kind: 'sweep' }], isDoneBy, retires }
}

interface Victim {
  readonly index: number
  readonly account: Account
}

/** What is due of a flagged account; a reason if it should be, and cannot. */
function auctionDuty(
  sequencer: SequencerState,
  { index: victim, account }: Victim,
  context: TakeoverContext,
  cover: HouseCover,
): Duty | string | undefined {
  const { riskTable, timestamp, resumedAt } = context
  const { opens, closes } = auctionOf(account, riskTable, resumedAt)
  if (timestamp < opens || timestamp > closes || rescueGoesFirst(sequencer, victim)) return undefined
  if (missingMargin(account, riskTable) === 0n) return undefined
  const isLate = timestamp >= closes - riskTable.auction / LATE
  if (!isFresh({ table: riskTable, timestamp })) return isLate ? 'STALE' : undefined
  const state = currentState(sequencer)
  const left = { ...cover, now: coverLeft(sequencer, cover) }
  const least = max(leastPrice(account, riskTable, timestamp - opens), -left.now)
  const bids = usableBids(sequencer, victim, least).map(({ signed }) => signed)
  if (bids.length > 0 && bestTakeover(state, bids, context, left).takeover !== undefined) {
    const records: SequencerRecord[] = [{ kind: 'takeover', victim, cover: left }]
    const isDoneBy: Duty['isDoneBy'] = ({ circuit, transition }) => {
      return circuit === 'takeover' && transition.bid.bid.victim === victim
    }
    // What is held after a trade of the account is another matter, and so are its bids.
    return { name: `takeover ${victim} ${account.flaggedAt} ${heldOf(account)}`, kind: 'takeover', records, isDoneBy }
  }
  if (!isLate) return undefined
  // What owes for other collateral alone, and is worth 0 or more, can wait.
  if (deficitOf(account, riskTable) <= 0n) return isFlat(account) ? undefined : 'NO_BID'
  const mayPay = min(cover.perHour, cover.now + (cover.perHour * SETTLING) / HOUR)
  const { made, end } = deleverageAccount(state, victim, context, { mayPay, most: 1 })
  if (made.length === 0) return end!.reason
  const sweep = sweepDuty(sequencer)?.records ?? []
  const closing: SequencerRecord = { kind: 'deleverage', victim, mayPay, most: MOST_CLOSINGS }
  // What is left after some lots were closed is another matter.
  const isDoneBy: Duty['isDoneBy'] = ({ circuit, transition }) => {
    return circuit === 'deleverage' && transition.closing.victim === victim
  }
  return { name: `deleverage ${victim} ${heldOf(account)}`, kind: 'deleverage', records: [...sweep, closing], isDoneBy }
}

/** What the house may pay now, less what it pays in takeovers that are not settled. */
function coverLeft({ batches, settledIndex }: SequencerState, { now }: HouseCover): bigint {
  const paid = batches.reduce((sum, { index, work }) => {
    return work.circuit === 'takeover' && index > settledIndex ? sum + work.transition.subsidy : sum
  }, 0n)
  return max(0n, now - paid)
}

/** Positions of the account in markets that are settled. */
function payoutsOf(account: number, { positions }: Account, { riskTable }: TakeoverContext): Duty[] {
  return positions.flatMap(({ size }, market): Duty[] => {
    const isOver = size !== 0n && riskTable.markets[market]!.phase === PHASES.SETTLED
    return isOver ? [operationDuty('payout', `payout ${account} ${market}`, { kind: 'EXPIRE', account, market })] : []
  })
}

function operationDuty(kind: Duty['kind'], name: string, operation: VenueOperation): Duty {
  const isDoneBy: Duty['isDoneBy'] = ({ circuit, transition }) => {
    return circuit === 'cash-batch' && transition.slots.some((slot) => isSame(slot.operation, operation))
  }
  return { name, kind, records: [{ kind: 'operations', operations: [operation] }], isDoneBy }
}

function isSame(one: CashOperation, other: VenueOperation): boolean {
  if ('message' in one || one.kind !== other.kind || one.account !== other.account) return false
  return one.kind !== 'EXPIRE' || (other.kind === 'EXPIRE' && one.market === other.market)
}
