import { type Account, isFlagged } from '../account.ts'
import { type FlagRefusal, flagRefusal } from '../cash-batch/maintenance.ts'
import { isExposed } from '../cash-batch/withdrawal.ts'
import { excesses } from '../margin.ts'
import { max, min, mulDivUp } from '../numbers.ts'
import { BASIS_POINTS } from '../parameters.ts'
import type { Portfolio } from '../portfolio.ts'
import type { RiskTable } from '../risk-table.ts'
import type { State } from '../state.ts'
import { type Auction, auctionOf, fairPrice, leastPrice, scaledRisk } from './auction.ts'

/** When something is asked, and at which prices. */
export interface LiquidationTime {
  readonly riskTable: RiskTable
  /** Unix seconds. */
  readonly timestamp: bigint
  /** Unix seconds at which the guardian's last pause ended; 0 if there was none. */
  readonly resumedAt: bigint
}

/** What a portfolio is to be had for, and when. */
export interface Offer extends Auction {
  /** Quanta: what it is worth without haircuts, and R, what the discount is a part of, rounded up. */
  readonly fair: bigint
  readonly risk: bigint
  /** Whether it has a position in a sheltered market, so that nobody can take it over at this table. */
  readonly sheltered: boolean
  /** Quanta: the lowest price at that time; undefined while the auction is not open. */
  readonly least: bigint | undefined
  /** The lowest price at the opening, at the close and at each quarter between: it falls linearly. */
  readonly schedule: readonly { readonly time: bigint; readonly price: bigint }[]
}

/** Why a venue does not flag an account now: no batch can, or it should not. */
export type FlagHindrance =
  | FlagRefusal
  /** The guardian's pause lasts, and the contract takes no flag. */
  | 'PAUSED'
  /** After a pause its auction is open, or comes, though the flag has lapsed: another one would begin its time anew. */
  | 'AUCTION'

/** An account that is below maintenance, or is flagged and can be taken over as soon as it is. */
export interface Liquidation {
  readonly account: number
  /** Quanta by which it misses maintenance in the worst scenario, open orders not counted; 0 if it meets it. */
  readonly missing: bigint
  readonly fair: bigint
  readonly risk: bigint
  /** Why it is not to be flagged now; undefined if it is. */
  readonly refusal: FlagHindrance | undefined
  /** Its auction, if it is flagged and the auction has not closed. */
  readonly offer: Offer | undefined
}

const QUARTERS = [0n, 1n, 2n, 3n, 4n]

/** What the auction of a flagged portfolio asks for (protocol.md#auction). */
export function offerOf(
  { flaggedAt, portfolio }: { readonly flaggedAt: bigint; readonly portfolio: Portfolio },
  { riskTable, timestamp, resumedAt }: LiquidationTime,
): Offer {
  const { opens, closes } = auctionOf({ flaggedAt }, riskTable, resumedAt)
  const isOpen = opens <= timestamp && timestamp <= closes
  return {
    ...{ opens, closes },
    fair: fairPrice(portfolio, riskTable),
    risk: riskOf(portfolio, riskTable),
    sheltered: isExposed(portfolio, riskTable),
    least: isOpen ? leastPrice(portfolio, riskTable, timestamp - opens) : undefined,
    schedule: QUARTERS.map((quarter) => {
      const elapsed = (riskTable.auction * quarter) / 4n
      return { time: opens + elapsed, price: leastPrice(portfolio, riskTable, elapsed) }
    }),
  }
}

/** Why a venue does not flag the account at that index now (protocol.md#flag); undefined if it does. */
export function flagHindrance(index: number, account: Account, time: LiquidationTime): FlagHindrance | undefined {
  const { riskTable: table, timestamp, resumedAt } = time
  const refusal = flagRefusal(index, account, { table, timestamp })
  if (refusal !== undefined) return refusal
  if (timestamp < resumedAt) return 'PAUSED'
  return isFlagged(account) && timestamp <= auctionOf(account, table, resumedAt).closes ? 'AUCTION' : undefined
}

/**
 * The accounts of a venue that are below maintenance, and those that are flagged and whose auction has not closed, by index. Prices of a
 * table that does not serve say nothing of anybody: mind its age.
 */
export function findLiquidations(state: State, time: LiquidationTime): readonly Liquidation[] {
  const { riskTable: table, timestamp } = time
  return [...state.accounts.entries()].flatMap(([index, account]): Liquidation[] => {
    const refusal = flagHindrance(index, account, time)
    const missing = missingMargin(account, table)
    const offer = isFlagged(account) ? offerOf({ flaggedAt: account.flaggedAt, portfolio: account }, time) : undefined
    const isLive = offer !== undefined && timestamp <= offer.closes
    if (refusal === 'HOUSE' || (missing === 0n && !isLive)) return []
    const [fair, risk] = [fairPrice(account, table), riskOf(account, table)]
    return [{ account: index, missing, fair, risk, refusal, offer: isLive ? offer : undefined }]
  })
}

function riskOf(portfolio: Portfolio, table: RiskTable): bigint {
  return mulDivUp(scaledRisk(portfolio, table), 1n, BASIS_POINTS)
}

/** Quanta by which the account misses maintenance in the worst scenario, open orders not counted; 0 if it meets it. */
export function missingMargin(account: Account, table: RiskTable): bigint {
  const worst = excesses({ ...account, suspended: true }, table, BASIS_POINTS).reduce(min)
  return mulDivUp(max(0n, -worst), 1n, BASIS_POINTS)
}
