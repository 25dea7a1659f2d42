import type { Account } from './account.ts'
import { max, min } from './numbers.ts'
import { BASIS_POINTS } from './parameters.ts'
import type { RiskTable } from './risk-table.ts'

/**
 * The account's worth in quanta times 10^4 (so that collateral weights need no division): collateral at its weight,
 * positions at the mark, funding that is not yet realised.
 */
export function scaledEquity(account: Account, table: RiskTable): bigint {
  let scaled = 0n
  for (const [k, { price, weight }] of table.collaterals.entries()) scaled += account.collateral[k]! * price * weight
  for (const [i, { mark, fundingIndex }] of table.markets.entries()) {
    const position = account.positions[i]!
    scaled += BASIS_POINTS * position.size * (mark + position.fundingIndex - fundingIndex)
  }
  return scaled
}

/** What open orders reserve, in quanta. */
export function orderMargin(account: Account, table: RiskTable): bigint {
  return table.markets.reduce(
    (sum, { longRisk, shortRisk }, i) =>
      sum + account.positions[i]!.openBuy * longRisk + account.positions[i]!.openSell * shortRisk,
    0n,
  )
}

/** Loss of the portfolio under scenario s, in quanta; 0 for s = 0. */
export function scenarioLoss(account: Account, table: RiskTable, s: number): bigint {
  return table.markets.reduce((sum, m, i) => sum + account.positions[i]!.size * (m.mark - m.scenarioPrices[s]!), 0n)
}

/** The largest loss of the portfolio over the scenarios (its scan risk), in quanta; never below 0. */
export function worstLoss(account: Account, table: RiskTable): bigint {
  return table.markets[0]!.scenarioPrices.map((_, s) => scenarioLoss(account, table, s)).reduce((worst, loss) =>
    max(worst, loss),
  )
}

/** Least risk of positions sold short, in quanta. */
export function shortMinimum(account: Account, table: RiskTable): bigint {
  return table.markets.reduce((sum, m, i) => {
    const { size } = account.positions[i]!
    return size < 0n ? sum - size * m.shortOptionMinimum : sum
  }, 0n)
}

/** 10^4 * (equity - orderMargin). */
export function scaledNet(account: Account, table: RiskTable): bigint {
  return scaledEquity(account, table) - BASIS_POINTS * orderMargin(account, table)
}

/** excess_s at ratio b (basis points), for every scenario s (protocol.md#margin). */
export function excesses(account: Account, table: RiskTable, ratioBps: bigint): bigint[] {
  const net = scaledNet(account, table)
  const minimum = shortMinimum(account, table)
  return table.markets[0]!.scenarioPrices.map((_, s) => net - ratioBps * (scenarioLoss(account, table, s) + minimum))
}

/** Whether the account has enough margin at that ratio: no excess is below 0. */
export function meetsMargin(account: Account, table: RiskTable, ratioBps: bigint): boolean {
  return excesses(account, table, ratioBps).every((excess) => excess >= 0n)
}

/** What may still be lost, in quanta: the worst loss and the least risk of what is sold short; never below 0. */
export function portfolioRisk(account: Account, table: RiskTable): bigint {
  return worstLoss(account, table) + shortMinimum(account, table)
}

/** What the margin rule reads of a batch beside an account's states before and after it. */
export interface MarginBatch {
  readonly table: RiskTable
  /** The batch's market. */
  readonly market: number
  /** An order of the account came to rest in this batch, or is in hand at its end. */
  readonly leavesOrder: boolean
}

/** How an account that loaded an order with effect satisfies protocol.md#rule-margin. */
export type MarginEvidence =
  | { readonly rule: 'initial' }
  /** scenario: one in which the portfolio before the batch lost most. */
  | { readonly rule: 'closing'; readonly scenario: number }

/** A part of closing that an account breaks, in the order of (m1) to (m4). */
export type ClosingBreach =
  | 'ORDER_LEFT' // (m1)
  | 'RISK_GREW' // (m2)
  | 'EXCESS_FELL' // (m2)
  | 'NET_BELOW_ZERO' // (m3)
  | 'NOT_CLOSING' // (m4)
  | 'OUTSIDE_BAND' // (m4)

/** The evidence that an account may have loaded an order with effect, or undefined if it may not. */
export function marginEvidence(before: Account, after: Account, batch: MarginBatch): MarginEvidence | undefined {
  const { table } = batch
  if (meetsMargin(after, table, table.initialMarginBps)) return { rule: 'initial' }
  if (closingBreaches(before, after, batch).length > 0) return undefined
  const losses = table.markets[0]!.scenarioPrices.map((_, s) => scenarioLoss(before, table, s))
  return { rule: 'closing', scenario: losses.indexOf(losses.reduce(max)) }
}

/**
 * What keeps a batch from being a mere closing: an account below initial margin may cancel, and close in the batch's
 * market at prices inside the band. Whatever else it did could hand value to an accomplice.
 */
export function closingBreaches(before: Account, after: Account, batch: MarginBatch): ClosingBreach[] {
  const { table, market, leavesOrder } = batch
  const { mark, band } = table.markets[market]!
  const released = portfolioRisk(before, table) - portfolioRisk(after, table)
  const scaledCost = scaledEquity(before, table) - scaledEquity(after, table)
  const [size, left] = [before.positions[market]!.size, after.positions[market]!.size]
  const isBetween = min(size, 0n) <= left && left <= max(size, 0n)
  const closed = size < 0n ? left - size : size - left
  const scaledAllowance = closed * (BASIS_POINTS * (band + 1n) + (mark + band) * table.takerFeeBps)
  const breaches: Record<ClosingBreach, boolean> = {
    ORDER_LEFT: leavesOrder,
    RISK_GREW: released < 0n,
    EXCESS_FELL: scaledCost > BASIS_POINTS * released,
    NET_BELOW_ZERO: scaledCost > 0n && scaledNet(after, table) < 0n,
    NOT_CLOSING: !isBetween,
    OUTSIDE_BAND: isBetween && scaledCost > scaledAllowance,
  }
  return (Object.keys(breaches) as ClosingBreach[]).filter((breach) => breaches[breach])
}
