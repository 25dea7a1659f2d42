import { type MarketParameters, UNLISTED } from '../protocol/risk/parameters.ts'

/** Quanta: 1e-6 dollar. A lot is a thousandth of a coin. */
export const QUOTE_DECIMALS = 6
export const DOLLAR = 1_000_000n

/** A perpetual on the first coin, but for its expiry. */
export const PERPETUAL: MarketParameters = {
  ...{ ...UNLISTED, kind: 'perpetual', multiplier: 1_000n, maxLots: 1n << 30n, maxPrice: 8_000n * DOLLAR },
  ...{ maxPosition: 100_000n, bandBps: 100n, fundingCapPpm: 7_500n, largeLots: 50_000n, largeBps: 500n },
  maxOpenInterest: 5_000_000n,
}
