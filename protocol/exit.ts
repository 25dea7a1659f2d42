import { type Account, isFlat } from './account.ts'
import { max, min } from './numbers.ts'
import { BASIS_POINTS } from './parameters.ts'
import type { RiskTable } from './risk-table.ts'

/**
 * What an account is owed in each asset when the venue is dead (protocol.md#exit): its positions end at the marks of the
 * table of the last accepted batch, and open orders count for nothing. An account that owes quanta pays with its other
 * collateral, asset by asset, at the table's price and weight and rounded for the pool; what it still owes is lost.
 *
 * @param table undefined before the first table, when no account can hold a position or owe anything
 */
export function exitClaim(account: Account, table: RiskTable | undefined): bigint[] {
  const quote = quoteAtMarks(account, table)
  const [, ...others] = account.collateral
  if (quote >= 0n) return [quote, ...others]
  return [0n, ...soldForDebt(account, table).map((sold, i) => others[i]! - sold)]
}

/** Lots of each asset but cash with which the account pays what it owes. */
export function soldForDebt(account: Account, table: RiskTable | undefined): bigint[] {
  const [, ...others] = account.collateral
  let scaledDebt = BASIS_POINTS * max(0n, -quoteAtMarks(account, table))
  return others.map((lots, i) => {
    if (scaledDebt === 0n || table === undefined) return 0n
    const { price, weight } = table.collaterals[i + 1]!
    const unit = price * weight
    const sold = unit === 0n ? lots : min(lots, (scaledDebt + unit - 1n) / unit)
    scaledDebt = max(0n, scaledDebt - sold * unit)
    return sold
  })
}

/** Whether prices matter to what the account is owed: it has a position or owes quanta. */
export function needsTable({ positions, collateral }: Account): boolean {
  return collateral[0]! < 0n || positions.some(({ size }) => size !== 0n)
}

/** Cash and what positions are worth at the marks, in quanta; below 0 for an account that owes. */
export function quoteAtMarks(account: Account, table: RiskTable | undefined): bigint {
  const cash = account.collateral[0]!
  if (isFlat(account) || table === undefined) return cash
  return table.markets.reduce((sum, { mark, fundingIndex }, i) => {
    const { size, fundingIndex: realised } = account.positions[i]!
    return sum + size * (mark + realised - fundingIndex)
  }, cash)
}
