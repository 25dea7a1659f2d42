import type { Account, Position } from '../account.ts'
import { HOUSE } from '../cash-batch/cash-batch.ts'
import { max } from '../numbers.ts'
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
}

/** What the bid would do, whether or not it is allowed: {@link applyTakeover} checks that. */
export function passPortfolio(state: State, bid: SignedBid, context: TakeoverContext): Takeover {
  const { riskTable } = context
  const { victim: victimIndex, bidder: bidderIndex, price, nonce } = bid.bid
  const [victim, bidder, house] = [victimIndex, bidderIndex, HOUSE].map((index) => requireAccount(state, index)) as [
    ...[victim: Account, bidder: Account, house: Account],
  ]
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
      nonce,
      collateral: taking.collateral.map((lots, k) => lots + given.collateral[k]! - (k === 0 ? price : 0n)),
      positions: taking.positions.map((position, m) => ({
        ...position,
        size: position.size + given.positions[m]!.size,
      })),
    },
    house: { ...house, collateral: house.collateral.with(0, house.collateral[0]! - subsidy) },
  }

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
  return { context, before: state, after: { ...state, accounts, openInterest }, touched, bid, opens, subsidy }
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
