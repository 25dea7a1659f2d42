import { type Account, isFlagged, isFlat } from '../account.ts'
import { meetsMargin } from '../margin.ts'
import { max, min } from '../numbers.ts'
import { PHASES } from '../parameters.ts'
import type { Portfolio } from '../portfolio.ts'
import type { RiskTable } from '../risk-table.ts'

/** What a cash batch knows of prices. */
export interface Prices {
  /** undefined before the first table. */
  readonly table: RiskTable | undefined
  /** Unix seconds of the batch. */
  readonly timestamp: bigint
}

/** Whether the table's prices serve at that time: asOf <= timestamp <= asOf + maxAge. */
export function isFresh({ table, timestamp }: Prices): boolean {
  return table !== undefined && table.asOf <= timestamp && timestamp <= table.asOf + table.maxAge
}

/** Whether nothing but its collateral matters to the account: it is flat and owes nothing. */
export function needsNoPrices(account: Account): boolean {
  return isFlat(account) && account.collateral.every((lots) => lots >= 0n)
}

/** Whether the account has a position in a market that the table shelters (protocol.md#exposed). */
export function isExposed({ positions }: Pick<Portfolio, 'positions'>, { markets }: RiskTable): boolean {
  return markets.some(({ phase }, m) => phase === PHASES.SHELTERED && positions[m]!.size !== 0n)
}

/** The account without that many lots of the asset. */
export function withdrawn<Holder extends Pick<Account, 'collateral'>>(
  account: Holder,
  asset: number,
  lots: bigint,
): Holder {
  return { ...account, collateral: account.collateral.with(asset, account.collateral[asset]! - lots) }
}

/** Whether the account may be left with what it holds after a withdrawal of the asset (protocol.md#may-withdraw). */
export function mayWithdraw(account: Account, asset: number, lots: bigint, prices: Prices): boolean {
  const after = withdrawn(account, asset, lots)
  if (after.collateral[asset]! < 0n || isFlagged(account)) return false
  if (needsNoPrices(after)) return true
  return isFresh(prices) && meetsMargin(after, prices.table!, prices.table!.initialMarginBps)
}

/**
 * The largest withdrawal of at most `limit` lots that the account may make; 0 where it may not even withdraw one. What
 * it may withdraw it may withdraw less of, so the edge is found by halving.
 */
export function largestWithdrawal(account: Account, asset: number, limit: bigint, prices: Prices): bigint {
  let paid = 0n
  let refused = min(limit, max(account.collateral[asset]!, 0n)) + 1n
  while (refused - paid > 1n) {
    const middle = (paid + refused) / 2n
    if (mayWithdraw(account, asset, middle, prices)) paid = middle
    else refused = middle
  }
  return paid
}
