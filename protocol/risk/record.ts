import { max, min, mulDivUp } from '../numbers.ts'
import { BASIS_POINTS, PHASES } from '../parameters.ts'
import { type RiskRecord, requiredLongRisk, requiredShortRisk } from '../risk-table.ts'
import type { MarketParameters, RiskParameters } from './parameters.ts'

/** What a table's record is made of, besides the parameters. */
export interface RecordInputs {
  /** By scenario, at most maxPrice; the first is where nothing moves. */
  readonly prices: readonly bigint[]
  readonly forward: bigint
  readonly fundingIndex: bigint
  /** Settled at `prices`, which are all the same. */
  readonly settled: boolean
  /** Nothing is traded. */
  readonly closed: boolean
  /** Nobody is flagged for a size in it. */
  readonly sheltered: boolean
}

/**
 * The record of a market: what protocol.md#risk-table requires, and no more. Shares of the forward are rounded up. The band takes
 * no more room than there is between mark and maxPrice: no price may keep a table from being made.
 */
export function makeRiskRecord(
  market: MarketParameters,
  { prices, forward, fundingIndex, settled, closed, sheltered }: RecordInputs,
  parameters: Pick<RiskParameters, 'initialMarginBps' | 'takerFeeBps' | 'makerFeeBps'>,
): RiskRecord {
  const share = (bps: bigint) => (settled ? 0n : mulDivUp(forward, bps, BASIS_POINTS))
  const mark = prices[0]!
  const band = settled ? 0n : min(share(market.bandBps), market.maxPrice - mark)
  const record: RiskRecord = {
    mark,
    fundingIndex,
    longRisk: 1n,
    shortRisk: 1n,
    shortOptionMinimum: share(market.shortOptionMinimumBps),
    band,
    minOrder: market.minOrder,
    maxPosition: market.maxPosition,
    lastTradeTime: closed ? 0n : market.expiry - 1n,
    phase: settled ? PHASES.SETTLED : sheltered ? PHASES.SHELTERED : PHASES.OPEN,
    largeLots: market.largeLots,
    largeRisk: share(market.largeBps),
    maxOpenInterest: market.maxOpenInterest,
    scenarioPrices: prices,
  }
  return {
    ...record,
    longRisk: max(1n, requiredLongRisk(record, parameters)),
    shortRisk: max(1n, requiredShortRisk(record, parameters)),
  }
}
