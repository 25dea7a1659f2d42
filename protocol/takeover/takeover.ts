import { type Account, hashAccount, isBarred, isCollateral, isFlagged, type Position } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { isFresh } from '../cash-batch/withdrawal.ts'
import { ZkclearError } from '../errors.ts'
import { meetsMargin } from '../margin.ts'
import { isInt, max } from '../numbers.ts'
import { BASIS_POINTS, BITS } from '../parameters.ts'
import type { RiskTable } from '../risk-table.ts'
import { isSignedBy } from '../signature.ts'
import { accountAt, openInterestOf, type State } from '../state.ts'
import type { BatchContext, Transition } from '../transition.ts'
import { auctionOf, leastPrice } from './auction.ts'
import { hashBid, type SignedBid } from './bid.ts'

export interface TakeoverContext extends BatchContext {
  readonly riskTable: RiskTable
  /** Unix seconds at which the guardian's last pause ended; 0 if there was none. */
  readonly resumedAt: bigint
}

/** A takeover, with what it did to the accounts. */
export interface Takeover extends Transition {
  readonly context: TakeoverContext
  readonly bid: SignedBid
  /** Unix seconds from which the victim was to be had. */
  readonly opens: bigint
  /** What the house paid, in quanta. */
  readonly subsidy: bigint
}

/**
 * Passes all that a flagged account holds to the bidder, for the price of the bid (protocol.md#takeover). Throws BATCH_UNPROVABLE, with
 * the reason in its details, for what no takeover can prove.
 */
export function applyTakeover(state: State, bid: SignedBid, context: TakeoverContext): Takeover {
  const { riskTable, timestamp } = context
  const { victim: victimIndex, bidder: bidderIndex, price } = bid.bid
  if (!isFresh({ table: riskTable, timestamp })) unprovable('STALE', 'the table does not serve at this time')
  if (victimIndex === HOUSE || bidderIndex === HOUSE || victimIndex === bidderIndex) {
    unprovable('ACCOUNTS', 'victim and bidder must be two accounts, and neither the house')
  }
  const [victim, bidder, house] = [victimIndex, bidderIndex, HOUSE].map((index) => {
    return accountAt(state, index) ?? unprovable('UNKNOWN_ACCOUNT', `no account ${index}`)
  }) as [Account, Account, Account]
  const opens = requireVictim(victim, bid, context)
  requireBidder(bidder, bid, context)

  const [given, taking] = [victim, bidder].map((account) => withFunding(account, riskTable)) as [Account, Account]
  const paid = max(price, 0n)
  const subsidy = paid - price
  const after = {
    victim: {
      ...given,
      collateral: given.collateral.map((_, k) => (k === 0 ? paid : 0n)),
      positions: given.positions.map((position) => ({ ...position, size: 0n })),
    },
    bidder: {
      ...taking,
      nonce: bid.bid.nonce,
      collateral: taking.collateral.map((lots, k) => lots + given.collateral[k]! - (k === 0 ? price : 0n)),
      positions: taking.positions.map((position, m) => ({
        ...position,
        size: position.size + given.positions[m]!.size,
      })),
    },
    house: { ...house, collateral: house.collateral.with(0, house.collateral[0]! - subsidy) },
  }
  requireAble(after.bidder, given, riskTable)
  if (subsidy > 0n) requireSpare(after.house, riskTable)

  const changed: [number, Account][] = [
    ...(subsidy > 0n ? [[HOUSE, after.house] as [number, Account]] : []),
    [victimIndex, after.victim],
    [bidderIndex, after.bidder],
  ]
  const accounts = changed.reduce((tree, [index, account]) => tree.set(index, account), state.accounts)
  const touched = changed
    .map(([index, account]) => ({ index, before: accountAt(state, index), after: account }))
    .toSorted((a, b) => a.index - b.index)
  const [held, heldAfter] = [
    [victim, bidder],
    [after.victim, after.bidder],
  ].map((some) => openInterestOf(some, state.shape)) as [bigint[], bigint[]]
  const openInterest = state.openInterest.map((lots, m) => lots - held[m]! + heldAfter[m]!)
  return { context, before: state, after: { ...state, accounts, openInterest }, touched, bid, opens, subsidy }
}

/** The victim is flagged, its auction is open, it has a position, and still fails maintenance; the price is none too low. */
function requireVictim(
  victim: Account,
  { bid }: SignedBid,
  { riskTable, timestamp, resumedAt }: TakeoverContext,
): bigint {
  if (hashAccount(victim) !== bid.victimLeaf) unprovable('LEAF', 'the victim is not what the bid is for')
  if (!isFlagged(victim)) unprovable('NOT_FLAGGED', `account ${bid.victim} is not flagged`)
  const { opens, closes } = auctionOf(victim, riskTable, resumedAt)
  if (timestamp < opens || timestamp > closes) {
    unprovable('AUCTION', `account ${bid.victim} is to be had from ${opens} to ${closes}; it is ${timestamp}`)
  }
  if (victim.positions.every(({ size }) => size === 0n)) unprovable('FLAT', `account ${bid.victim} has no position`)
  if (meetsMargin(withoutOrders(victim), riskTable, BASIS_POINTS)) {
    unprovable('MARGIN', `account ${bid.victim} meets maintenance margin`)
  }
  const least = leastPrice(victim, riskTable, timestamp - opens)
  if (bid.price < least) unprovable('PRICE', `a price of ${bid.price} is below ${least}, the lowest at this time`)
  return opens
}

function requireBidder(bidder: Account, { bid, signature }: SignedBid, { domain, timestamp }: TakeoverContext): void {
  if (isBarred(bidder)) unprovable('BARRED', `account ${bid.bidder} is barred`)
  if (bidder.viewKey === 0n) unprovable('VIEW_KEY', `account ${bid.bidder} has no view key`)
  if (bid.nonce <= bidder.nonce) unprovable('OLD_NONCE', `nonce ${bid.nonce} is not above the bidder's`)
  if (timestamp > bid.expiry) unprovable('EXPIRED', 'the bid has expired')
  if (!isSignedBy(hashBid(bid, domain), signature, bidder.tradingKey)) {
    unprovable('BAD_SIGNATURE', `the signature is not that of account ${bid.bidder}`)
  }
}

/**
 * The bidder meets initial margin with what it took over, no number leaves its range, and in no market could it come, on the side of what it
 * took over there, beyond maxPosition.
 */
function requireAble(bidder: Account, given: Account, table: RiskTable): void {
  requireWidths(bidder)
  for (const [m, { size, openBuy, openSell }] of bidder.positions.entries()) {
    const { maxPosition } = table.markets[m]!
    const taken = given.positions[m]!.size
    const exposure = taken > 0n ? size + openBuy : openSell - size
    if (taken !== 0n && exposure > maxPosition) {
      unprovable(
        'POSITION',
        `the bidder could come to hold ${exposure} lots in market ${m}, where ${maxPosition} may be`,
      )
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

function requireWidths({ collateral, positions }: Account): void {
  const fits =
    collateral.every((lots, k) => isCollateral(k, lots)) && positions.every(({ size }) => isInt(size, BITS.position))
  if (!fits) unprovable('WIDTH', 'a number of an account would leave its range')
}

/** The account with its funding realised in every market (protocol.md#funding). */
function withFunding(account: Account, table: RiskTable): Account {
  const realised = account.positions.reduce((sum, { size, fundingIndex }, m) => {
    return sum + size * (fundingIndex - table.markets[m]!.fundingIndex)
  }, 0n)
  return {
    ...account,
    collateral: account.collateral.with(0, account.collateral[0]! + realised),
    positions: account.positions.map((position, m): Position => {
      return { ...position, fundingIndex: table.markets[m]!.fundingIndex }
    }),
  }
}

/** The account as it is for maintenance: its open orders are dead, and count as none. */
function withoutOrders(account: Account): Account {
  return { ...account, positions: account.positions.map((p) => ({ ...p, openBuy: 0n, openSell: 0n })) }
}

function unprovable(reason: string, message: string): never {
  throw new ZkclearError('BATCH_UNPROVABLE', message, { details: { reason } })
}
