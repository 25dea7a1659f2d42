import type { Account } from '../account.ts'
import { lossSpread, meetsMargin, portfolioRisk, scaledEquity, scaledNet, scenarioLosses } from '../margin.ts'
import { max, min } from '../numbers.ts'
import { BASIS_POINTS, BITS } from '../parameters.ts'
import type { RiskTable } from '../risk-table.ts'

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

/** Whether the losses of what an account holds after a batch lie less than 2^72 quanta apart (protocol.md#loss-spread). */
export function lossesAreComparable(after: Account, table: RiskTable): boolean {
  return lossSpread(after, table) < 1n << BigInt(BITS.lossSpread)
}

/** The evidence that an account may have loaded an order with effect, or undefined if it may not. */
export function marginEvidence(before: Account, after: Account, batch: MarginBatch): MarginEvidence | undefined {
  const { table } = batch
  if (!lossesAreComparable(after, table)) return undefined
  if (meetsMargin(after, table, table.initialMarginBps)) return { rule: 'initial' }
  if (closingBreaches(before, after, batch).length > 0) return undefined
  const losses = scenarioLosses(before, table)
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
