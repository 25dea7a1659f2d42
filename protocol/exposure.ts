import type { Account } from './account.ts'
import { scenarioLosses } from './margin.ts'
import { max } from './numbers.ts'
import type { RiskTable } from './risk-table.ts'

/** Bounds of an account's profit under each scenario from 1 on; under scenario 0 it is 0 (protocol.md#portfolio-exposure). */
export interface ExposureBounds {
  /** Quanta, signed, in [-2^68, 2^68): the first is of scenario 1. */
  readonly low: readonly bigint[]
  readonly high: readonly bigint[]
}

/** A tenth of what positions win and lose: a narrower band tells their sizes to one digit. */
const TIGHT_SHARE = 10n

/** What the positions win under each scenario from 1 on, in quanta, against the mark; below 0 if they lose. */
export function scenarioProfits(account: Account, table: RiskTable): bigint[] {
  return scenarioLosses(account, table)
    .slice(1)
    .map((loss) => -loss)
}

/** The first scenario under which the account's profit is not within the bounds; undefined if there is none. */
export function scenarioOutside(account: Account, table: RiskTable, { low, high }: ExposureBounds): number | undefined {
  const outside = scenarioProfits(account, table).findIndex((profit, i) => profit < low[i]! || profit > high[i]!)
  return outside < 0 ? undefined : outside + 1
}

/**
 * Scenarios whose bounds are so near each other that they tell about sizes: nearer than what one lot of some market wins or
 * loses there, or than a tenth of what the account's positions win and lose there, each counted by itself. Each is a linear
 * equation about the sizes, and as many of them as there are markets are solved by whoever sees them.
 */
export function tightScenarios(account: Account, table: RiskTable, { low, high }: ExposureBounds): number[] {
  return low.flatMap((least, i) => {
    const moves = table.markets.map(({ mark, scenarioPrices }) => absolute(scenarioPrices[i + 1]! - mark))
    const gross = moves.reduce((sum, move, m) => sum + move * absolute(account.positions[m]!.size), 0n)
    const width = high[i]! - least
    return width < moves.reduce(max) || width * TIGHT_SHARE < gross ? [i + 1] : []
  })
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}
