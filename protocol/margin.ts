import type { Account, Position } from './account.ts'
import { max, min } from './numbers.ts'
import { BASIS_POINTS } from './parameters.ts'
import type { RiskRecord, RiskTable } from './risk-table.ts'

/** What of an account decides how much it risks. */
type Held = { readonly positions: readonly Pick<Position, 'size'>[] }

/**
 * The account's worth in quanta times 10^4 (so that collateral weights need no division): collateral at its weight,
 * positions at the mark, funding that is not yet realised.
 */
export function scaledEquity(account: Account, table: RiskTable): bigint {
  let scaled = 0n
  for (const [k, { price, weight }] of table.collaterals.entries()) scaled += account.collateral[k]! * price * weight
  for (const [i, { mark, fundingIndex }] of table.markets.entries()) {
    const position = account.positions[i]!
    if (position.size === 0n) continue
    scaled += BASIS_POINTS * position.size * (mark + position.fundingIndex - fundingIndex)
  }
  return scaled
}

/** What open orders reserve, in quanta; nothing where they are dead until none is left (protocol.md#barred). */
export function orderMargin(account: Account, table: RiskTable): bigint {
  if (account.suspended) return 0n
  return table.markets.reduce(
    (sum, { longRisk, shortRisk }, i) =>
      sum + account.positions[i]!.openBuy * longRisk + account.positions[i]!.openSell * shortRisk,
    0n,
  )
}

/** Loss of the portfolio under each scenario, in quanta; 0 under scenario 0. */
export function scenarioLosses(account: Held, table: RiskTable): bigint[] {
  const losses = table.markets[0]!.scenarioPrices.map(() => 0n)
  for (const [i, { mark, scenarioPrices }] of table.markets.entries()) {
    const { size } = account.positions[i]!
    if (size === 0n) continue
    for (const [s, price] of scenarioPrices.entries()) losses[s]! += size * (mark - price)
  }
  return losses
}

/** Its loss under scenario s. */
export function scenarioLoss(account: Held, table: RiskTable, s: number): bigint {
  return scenarioLosses(account, table)[s]!
}

/** The largest loss of the portfolio over the scenarios (its scan risk), in quanta; never below 0. */
export function worstLoss(account: Held, table: RiskTable): bigint {
  return scenarioLosses(account, table).reduce(max)
}

/** How far the losses of two scenarios lie apart at most, in quanta; never below 0. */
export function lossSpread(account: Held, table: RiskTable): bigint {
  const losses = scenarioLosses(account, table)
  return losses.reduce(max) - losses.reduce(min)
}

/** Least risk of positions sold short, in quanta. */
export function shortMinimum(account: Held, table: RiskTable): bigint {
  return table.markets.reduce((sum, m, i) => {
    const { size } = account.positions[i]!
    return size < 0n ? sum - size * m.shortOptionMinimum : sum
  }, 0n)
}

/** Lots of a position, long or short, beyond its market's largeLots. */
export function overLots(size: bigint, { largeLots }: RiskRecord): bigint {
  return max(0n, (size < 0n ? -size : size) - largeLots)
}

/** What the lots of positions beyond their markets' largeLots add to the risk, in quanta. */
export function sizeAddition(account: Held, table: RiskTable): bigint {
  return table.markets.reduce((sum, m, i) => {
    const { size } = account.positions[i]!
    return size === 0n ? sum : sum + overLots(size, m) * m.largeRisk
  }, 0n)
}

/** The part of the risk that is the same under every scenario, in quanta; never below 0. */
export function fixedRisk(account: Held, table: RiskTable): bigint {
  return shortMinimum(account, table) + sizeAddition(account, table)
}

/** 10^4 * (equity - orderMargin). */
export function scaledNet(account: Account, table: RiskTable): bigint {
  return scaledEquity(account, table) - BASIS_POINTS * orderMargin(account, table)
}

/** excess_s at ratio b (basis points), for every scenario s (protocol.md#margin). */
export function excesses(account: Account, table: RiskTable, ratioBps: bigint): bigint[] {
  const net = scaledNet(account, table)
  const fixed = fixedRisk(account, table)
  return scenarioLosses(account, table).map((loss) => net - ratioBps * (loss + fixed))
}

/**
 * Whether the account has enough margin at that ratio: no excess is below 0.
 *
 * @example
 * const isSafe = meetsMargin(accountAt(state, 1)!, riskTable, BASIS_POINTS)
 */
export function meetsMargin(account: Account, table: RiskTable, ratioBps: bigint): boolean {
  return excesses(account, table, ratioBps).every((excess) => excess >= 0n)
}

/** What may still be lost, in quanta: the worst loss, and what is added to it under every scenario; never below 0. */
export function portfolioRisk(account: Held, table: RiskTable): bigint {
  return worstLoss(account, table) + fixedRisk(account, table)
}
