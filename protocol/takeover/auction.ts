import type { Account } from '../account.ts'
import { portfolioRisk } from '../margin.ts'
import { max } from '../numbers.ts'
import { BASIS_POINTS } from '../parameters.ts'
import type { Portfolio } from '../portfolio.ts'
import type { RiskTable } from '../risk-table.ts'

/** From when to when a flagged account is to be had, both included, in unix seconds. */
export interface Auction {
  readonly opens: bigint
  readonly closes: bigint
}

/**
 * The auction of a flagged account (protocol.md#auction): it opens `grace` seconds after the flag, or after the end of the guardian's last
 * pause if that came later, and lasts `auction` seconds.
 *
 * @param resumedAt unix seconds at which the last pause ended; 0 if there was none
 */
export function auctionOf(
  { flaggedAt }: Pick<Account, 'flaggedAt'>,
  { grace, auction }: RiskTable,
  resumedAt: bigint,
): Auction {
  const opens = max(flaggedAt, resumedAt) + grace
  return { opens, closes: opens + auction }
}

/** What the account is worth in quanta where no haircut is made: collateral, positions at the mark, funding that is not yet realised. */
export function fairPrice({ collateral, positions }: Portfolio, table: RiskTable): bigint {
  const assets = table.collaterals.reduce((sum, { price }, k) => sum + collateral[k]! * price, 0n)
  return table.markets.reduce((sum, { mark, fundingIndex }, i) => {
    const position = positions[i]!
    return sum + position.size * (mark + position.fundingIndex - fundingIndex)
  }, assets)
}

/** 10^4 times R, in quanta: what may be lost, and what haircuts take from the collateral, the part of its price that its weight leaves out. */
export function scaledRisk(portfolio: Portfolio, table: RiskTable): bigint {
  return table.collaterals.reduce((sum, { price, weight }, k) => {
    return sum + portfolio.collateral[k]! * price * (BASIS_POINTS - weight)
  }, BASIS_POINTS * portfolioRisk(portfolio, table))
}

/**
 * The lowest price at which the account is to be had `elapsed` seconds after its auction opened, in quanta; below 0, what the house may pay:
 * fair - d * risk / 10^4, rounded up, where d rises linearly from firstDiscountBps to lastDiscountBps over the auction, and the risk counts
 * the haircuts of collateral. The house pays for nobody who is worth 0 or more.
 *
 * @param elapsed in [0, auction]
 */
export function leastPrice(portfolio: Portfolio, table: RiskTable, elapsed: bigint): bigint {
  const { auction, firstDiscountBps, lastDiscountBps } = table
  const parts = firstDiscountBps * auction + (lastDiscountBps - firstDiscountBps) * elapsed
  const fair = fairPrice(portfolio, table)
  const least = fair - (parts * scaledRisk(portfolio, table)) / (BASIS_POINTS ** 2n * auction)
  return fair < 0n ? least : max(0n, least)
}
