import { type Account, isBarred, isCollateral } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { meetsMargin } from '../margin.ts'
import { isInt, max } from '../numbers.ts'
import { BASIS_POINTS, BITS } from '../parameters.ts'
import { type Portfolio, portfolioOf } from '../portfolio.ts'
import type { RiskTable } from '../risk-table.ts'
import { isSignedBy } from '../signature.ts'
import { accountAt, type State } from '../state.ts'
import { fairPrice, leastPrice } from './auction.ts'
import { type Bid, hashBid, heldBy, type SignedBid } from './bid.ts'
import { bidderAfter, passPortfolio, type Takeover, type TakeoverContext, withFunding } from './pass.ts'
import { requireAccount, requireOpenAuction, requireServing, requireUnexposed, unprovable } from './requirements.ts'

/**
 * Passes all that a flagged account holds to the bidder, for the price of the bid (protocol.md#takeover). Throws BATCH_UNPROVABLE, with
 * the reason in its details, for what no takeover can prove.
 */
export function applyTakeover(state: State, bid: SignedBid, context: TakeoverContext): Takeover {
  const { riskTable } = context
  const { victim, bidder } = bid.bid
  requireServing(context)
  if (victim === HOUSE || bidder === HOUSE || victim === bidder) {
    unprovable('ACCOUNTS', 'victim and bidder must be two accounts, and neither the house')
  }
  const given = requireAccount(state, victim)
  requireVictim(given, bid, context)
  const taking = requireAccount(state, bidder)
  requireBidder(taking, bid, context)
  requireUnexposed(taking, bidder, riskTable)
  const takeover = passPortfolio(state, bid, context)
  const { after, subsidy } = takeover
  requireWidths(takeover.portfolio)
  requireAble(accountAt(after, bidder)!, given, riskTable)
  if (subsidy > 0n) {
    requireUnexposed(accountAt(after, HOUSE)!, HOUSE, riskTable)
    requireSpare(accountAt(after, HOUSE)!, riskTable)
  }
  return takeover
}

/**
 * What a bidder has to be at this table, whatever the auction asks for: not barred, with no position in a sheltered market, and able to bear
 * what the victim holds for that price. Throws BATCH_UNPROVABLE, with the reason in its details.
 */
export function requireTaker(victim: Account, bidder: Account, bid: Bid, table: RiskTable): void {
  requireUnbarred(bidder, bid.bidder)
  requireUnexposed(bidder, bid.bidder, table)
  const indices = table.markets.map(({ fundingIndex }) => fundingIndex)
  const portfolio = portfolioOf(withFunding(victim, indices))
  requireWidths(portfolio)
  requireAble(bidderAfter(bidder, portfolio, bid), victim, table)
}

/** The victim is flagged, its auction is open, and it fails maintenance, with no size in a sheltered market; the price fits its worth. */
function requireVictim(victim: Account, { bid }: SignedBid, context: TakeoverContext): void {
  const { riskTable, timestamp } = context
  if (heldBy(victim) !== bid.held) unprovable('HELD', 'the victim does not hold what the bid is for')
  const opens = requireOpenAuction(victim, bid.victim, context)
  requireUnexposed(victim, bid.victim, riskTable)
  if (meetsMargin(withoutOrders(victim), riskTable, BASIS_POINTS)) {
    unprovable('MARGIN', `account ${bid.victim} meets maintenance margin`)
  }
  const least = leastPrice(victim, riskTable, timestamp - opens)
  if (bid.price < least) unprovable('PRICE', `a price of ${bid.price} is below ${least}, the lowest at this time`)
  const fair = fairPrice(victim, riskTable)
  if (bid.price > fair) unprovable('PRICE', `a price of ${bid.price} is above ${fair}, what the account is worth`)
}

function requireUnbarred(bidder: Account, index: number): void {
  if (isBarred(bidder)) unprovable('BARRED', `account ${index} is barred`)
}

function requireBidder(bidder: Account, { bid, signature }: SignedBid, { domain, timestamp }: TakeoverContext): void {
  requireUnbarred(bidder, bid.bidder)
  if (bidder.viewKey === 0n) unprovable('VIEW_KEY', `account ${bid.bidder} has no view key`)
  if (bid.nonce <= bidder.nonce) unprovable('OLD_NONCE', `nonce ${bid.nonce} is not above the bidder's`)
  if (timestamp > bid.expiry) unprovable('EXPIRED', 'the bid has expired')
  if (!isSignedBy(hashBid(bid, domain), signature, bidder.tradingKey)) {
    unprovable('BAD_SIGNATURE', `the signature is not that of account ${bid.bidder}`)
  }
}

/**
 * The bidder meets initial margin with what it took over, no number leaves its range, and in no market could it come, on the side of what it
 * took over there, beyond maxPosition, or beyond what it took over if that is more.
 */
function requireAble(bidder: Account, given: Account, table: RiskTable): void {
  requireWidths(bidder)
  for (const [m, { size, openBuy, openSell }] of bidder.positions.entries()) {
    const { maxPosition } = table.markets[m]!
    const taken = given.positions[m]!.size
    const exposure = taken > 0n ? size + openBuy : openSell - size
    const limit = max(maxPosition, taken > 0n ? taken : -taken)
    if (taken !== 0n && exposure > limit) {
      unprovable('POSITION', `the bidder could come to hold ${exposure} lots in market ${m}, where ${limit} may be`)
    }
  }
  if (!meetsMargin(bidder, table, table.initialMarginBps)) {
    unprovable('BIDDER_MARGIN', 'the bidder would not meet initial margin')
  }
}

/** The house pays out of cash that it has, and meets initial margin afterwards. */
function requireSpare(house: Account, table: RiskTable): void {
  requireWidths(house)
  const isAble = house.collateral[0]! >= 0n && meetsMargin(house, table, table.initialMarginBps)
  if (!isAble) unprovable('HOUSE', 'the house cannot spare what it would have to pay')
}

function requireWidths({ collateral, positions }: Portfolio): void {
  const fits =
    collateral.every((lots, k) => isCollateral(k, lots)) && positions.every(({ size }) => isInt(size, BITS.position))
  if (!fits) unprovable('WIDTH', 'a number of an account would leave its range')
}

/** The account as it is for maintenance: its open orders are dead, and count as none. */
function withoutOrders(account: Account): Account {
  return { ...account, positions: account.positions.map((p) => ({ ...p, openBuy: 0n, openSell: 0n })) }
}
