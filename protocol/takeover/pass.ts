import type { Account, Position } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { max } from '../numbers.ts'
import { type Portfolio, portfolioOf } from '../portfolio.ts'
import type { RiskTable } from '../risk-table.ts'
import { accountAt, openInterestOf, type State } from '../state.ts'
import type { BatchContext, Transition } from '../transition.ts'
import { auctionOf } from './auction.ts'
import type { SignedBid } from './bid.ts'
import { requireAccount } from './requirements.ts'

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
  /** What passed: all that the victim held, its funding realised. */
  readonly portfolio: Portfolio
}

/** What the bid would do, whether or not it is allowed: {@link applyTakeover} checks that. */
export function passPortfolio(state: State, bid: SignedBid, context: TakeoverContext): Takeover {
  const { riskTable } = context
  const { victim: victimIndex, bidder: bidderIndex, price, nonce } = bid.bid
  const [victim, bidder, house] = [victimIndex, bidderIndex, HOUSE].map((index) => requireAccount(state, index)) as [
    ...[victim: Account, bidder: Account, house: Account],
  ]
  const indices = riskTable.markets.map(({ fundingIndex }) => fundingIndex)
  const portfolio = portfolioOf(withFunding(victim, indices))
  const after = {
    victim: victimAfter(victim, portfolio, price),
    bidder: bidderAfter(bidder, portfolio, { price, nonce }),
    house: houseAfter(house, price),
  }
  const subsidy = house.collateral[0]! - after.house.collateral[0]!

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
  const { opens } = auctionOf(victim, riskTable, context.resumedAt)
  return {
    context,
    before: state,
    after: { ...state, accounts, openInterest },
    touched,
    bid,
    opens,
    subsidy,
    portfolio,
  }
}

/** The victim afterwards, whose portfolio passed: its keys, nonce, status and open lots stay, and it has what was paid, if anything was. */
export function victimAfter(victim: Account, { positions }: Portfolio, price: bigint): Account {
  return {
    ...victim,
    collateral: victim.collateral.map((_, k) => (k === 0 ? max(price, 0n) : 0n)),
    positions: victim.positions.map((position, m) => ({
      ...position,
      size: 0n,
      fundingIndex: positions[m]!.fundingIndex,
    })),
  }
}

/** The bidder afterwards, its own funding realised too. */
export function bidderAfter(
  bidder: Account,
  { collateral, positions }: Portfolio,
  { price, nonce }: { readonly price: bigint; readonly nonce: bigint },
): Account {
  const own = withFunding(
    bidder,
    positions.map(({ fundingIndex }) => fundingIndex),
  )
  return {
    ...own,
    nonce,
    collateral: own.collateral.map((lots, k) => lots + collateral[k]! - (k === 0 ? price : 0n)),
    positions: own.positions.map((position, m) => ({ ...position, size: position.size + positions[m]!.size })),
  }
}

/** The house afterwards: what is below 0 of the price it paid. */
export function houseAfter(house: Account, price: bigint): Account {
  return { ...house, collateral: house.collateral.with(0, house.collateral[0]! + (price < 0n ? price : 0n)) }
}

/** The account with its funding realised in every market (protocol.md#funding). */
export function withFunding(account: Account, indices: readonly bigint[]): Account {
  const realised = account.positions.reduce((sum, { size, fundingIndex }, m) => {
    return sum + size * (fundingIndex - indices[m]!)
  }, 0n)
  return {
    ...account,
    collateral: account.collateral.with(0, account.collateral[0]! + realised),
    positions: account.positions.map((position, m): Position => ({ ...position, fundingIndex: indices[m]! })),
  }
}
