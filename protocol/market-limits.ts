import { max } from './numbers.ts'
import { PHASES } from './parameters.ts'
import type { MarketLimits, RiskTable } from './risk-table.ts'
import type { State } from './state.ts'

/**
 * The least limits that the table, and the positions of a state, keep to: to check a table by where nobody says what the limits
 * of the markets are. Such a table overflows nothing; whether the next one keeps to the same limits, it does not show. A settled
 * market keeps to those of what was listed, while its maxPosition may be that of what comes next: its prices bound nothing.
 */
export function leastLimits(table: RiskTable, state?: State): MarketLimits[] {
  return table.markets.map(({ phase, mark, band, maxPosition, fundingIndex, scenarioPrices }, market) => {
    const funding = fundingIndex < 0n ? -fundingIndex : fundingIndex
    const sizes = state === undefined ? [] : [...state.accounts.entries()].map(([, account]) => sizeIn(account, market))
    const maxLots = sizes.reduce(max, max(1n, maxPosition))
    if (phase === PHASES.SETTLED) return { maxLots, maxPrice: 1n }
    return {
      maxLots,
      maxPrice: scenarioPrices.reduce(max, max(max(1n, mark + band), (funding + 4095n) >> 12n)),
    }
  })
}

function sizeIn({ positions }: { readonly positions: readonly { readonly size: bigint }[] }, market: number): bigint {
  const { size } = positions[market]!
  return size < 0n ? -size : size
}
