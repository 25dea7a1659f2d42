import { NEVER } from '../protocol/parameters.ts'
import { type MarketParameters, UNLISTED } from '../protocol/risk/parameters.ts'
import { tradingKey } from '../protocol/signature.ts'
import type { LabelledParameters } from './files/risk-parameters-file.ts'
import { DOLLAR, PERPETUAL, QUOTE_DECIMALS } from './sample-market.ts'
import { sampleOracleKeys } from './sample-parameters.ts'
import { spanScenarios } from './span-grid.ts'

const DAY = 86_400n

/** Days from the sample's day to the two expiries. */
const EXPIRIES = [40n, 100n] as const
/** Dollars a coin. */
const STRIKES = [2_400n, 3_000n, 3_600n] as const
const LOTS_A_COIN = 1_000n

/**
 * Risk parameters of a standard venue on one coin, at SPAN's grid: a perpetual, and for two expiries a future, calls and puts at three strikes; one
 * market is free. Other coins are collateral alone, or nothing yet.
 */
export function standardRiskParameters(asOf: bigint): LabelledParameters {
  const midnight = asOf - (asOf % DAY)
  const dated = { ...PERPETUAL, fundingCapPpm: 0n }
  const option = { ...dated, shortOptionMinimumBps: 500n }
  const listings: (readonly [name: string, MarketParameters])[] = [['ETH-PERP', { ...PERPETUAL, expiry: NEVER }]]
  for (const days of EXPIRIES) {
    const expiry = midnight + days * DAY
    listings.push([`ETH-${days}D`, { ...dated, kind: 'future', expiry }])
    for (const dollars of STRIKES) {
      const strike = (dollars * DOLLAR) / LOTS_A_COIN
      for (const [letter, kind] of OPTIONS) {
        listings.push([`ETH-${days}D-${dollars}-${letter}`, { ...option, kind, expiry, strike }])
      }
    }
  }
  const underlying = { floor: 40_000n, cap: 250_000n, factor: 150_000n, stepPerHour: 20_000n, memory: 10n * DAY }
  const scenarios = spanScenarios()
  return {
    profile: 'standard',
    parameters: {
      ...{ initialMarginBps: 12_500n, takerFeeBps: 5n, makerFeeBps: 2n, maxAge: 3_600n, feedSet: 1n },
      oracles: sampleOracleKeys(ORACLES.length).map(tradingKey),
      ...{ quorum: 3n, reportAge: 60n, jumpBps: 1_000n, cooldown: 900n },
      ...{ grace: 1_800n, auction: 900n, firstDiscountBps: 0n, lastDiscountBps: 5_000n },
      scenarios: scenarios.map(([, scenario]) => scenario),
      underlyings: COINS.map(() => underlying),
      markets: [...listings.map(([, market]) => market), UNLISTED],
      collaterals: [
        { underlying: 0, multiplier: 1_000n, weight: 9_000n },
        { underlying: 1, multiplier: 100n, weight: 9_000n },
        { underlying: 2, multiplier: 1_000n, weight: 8_500n },
      ],
    },
    labels: {
      quoteDecimals: QUOTE_DECIMALS,
      oracles: ORACLES,
      scenarios: scenarios.map(([name]) => name),
      underlyings: COINS,
      markets: [...listings.map(([name]) => name), undefined],
      collaterals: COINS.slice(0, 3),
    },
  }
}

const OPTIONS = [
  ['C', 'call'],
  ['P', 'put'],
] as const
const ORACLES = ['A', 'B', 'C', 'D', 'E'].map((letter) => `oracle ${letter}`)
const COINS = ['ETH', 'BTC', 'stETH', 'free 3', 'free 4', 'free 5', 'free 6', 'free 7']
