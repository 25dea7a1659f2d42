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
  if (quote >= 0n || table === undefined) return [quote, ...others]
  let scaledDebt = -quote * BASIS_POINTS
  const left = others.map((lots, i) => {
    const { price, weight } = table.collaterals[i + 1]!
    const unit = price * weight
    const sold = unit === 0n ? lots : min(lots, (scaledDebt + unit - 1n) / unit)
    scaledDebt = max(0n, scaledDebt - sold * unit)
    return lots - sold
  })
  return [0n, ...left]
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
