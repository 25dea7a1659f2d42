import { NEVER } from '../protocol/parameters.ts'
import { Random } from '../protocol/random.ts'
import type { MarketParameters } from '../protocol/risk/parameters.ts'
import type { ReportValues } from '../protocol/risk/report.ts'
import { applyRiskUpdate } from '../protocol/risk/update.ts'
import type { RiskTable } from '../protocol/risk-table.ts'
import { venueShape } from '../protocol/shape.ts'
import { tradingKey } from '../protocol/signature.ts'
import type { LabelledParameters } from './files/risk-parameters-file.ts'
import { DOLLAR, PERPETUAL, QUOTE_DECIMALS } from './sample-market.ts'
import type { NamedScenario } from './span-grid.ts'

const DAY = 86_400n

/** The first scenario is the mark; its pair has a lower volatility, which is what options lose by where nothing moves. */
const SCENARIOS: readonly NamedScenario[] = [
  ['mark', { move: 0n, volatilityMove: 0n, extreme: false, opposed: 0n }],
  ['still, volatility down', { move: 0n, volatilityMove: -250_000n, extreme: false, opposed: 0n }],
  ['up, volatility up', { move: 1_000_000n, volatilityMove: 250_000n, extreme: false, opposed: 0n }],
  ['up, volatility down', { move: 1_000_000n, volatilityMove: -250_000n, extreme: false, opposed: 0n }],
  ['down, volatility up', { move: -1_000_000n, volatilityMove: 250_000n, extreme: false, opposed: 0n }],
  ['down, volatility down', { move: -1_000_000n, volatilityMove: -250_000n, extreme: false, opposed: 0n }],
  ['apart', { move: 1_000_000n, volatilityMove: 0n, extreme: false, opposed: 0b10n }],
  ['apart, the other way', { move: -1_000_000n, volatilityMove: 0n, extreme: false, opposed: 0b10n }],
]

/** The oracles' private keys in the order of the parameters: they follow from a public seed and protect nothing. */
export function sampleOracleKeys(count = 3): readonly Uint8Array[] {
  const random = new Random(10n)
  return Array.from({ length: count }, () => random.bytes(32))
}

/** What the sample's oracles report: coins at 3,000 and 60,000 dollars, a premium of one per cent on the future. */
export function samplePrices(): ReportValues {
  const [coin, other] = [3_000n * DOLLAR, 60_000n * DOLLAR]
  const lots = 1_000n
  return {
    indices: [coin, other],
    forwards: [coin / lots, (coin * 101n) / (100n * lots), coin / lots, other / (10n * lots)],
    volatilities: [0n, 0n, 600_000n, 0n],
  }
}

/** The first table of the sample's parameters, of those prices at that time. */
export function sampleProvedTable(asOf: bigint): RiskTable {
  const { profile, parameters } = sampleRiskParameters(asOf)
  return applyRiskUpdate(undefined, { asOf, ...samplePrices() }, parameters, venueShape(profile)).table
}

/** Risk parameters of a small venue on two coins: two perpetuals, a dated future and a call, at 3,000 and 60,000 dollars a coin. */
export function sampleRiskParameters(asOf: bigint): LabelledParameters {
  const future: MarketParameters = {
    ...PERPETUAL,
    kind: 'future',
    expiry: asOf - (asOf % DAY) + 100n * DAY,
    fundingCapPpm: 0n,
  }
  const call: MarketParameters = {
    ...{ ...future, kind: 'call', expiry: asOf - (asOf % DAY) + 40n * DAY, strike: (3_200n * DOLLAR) / 1_000n },
    ...{ shortOptionMinimumBps: 500n, bandBps: 500n },
  }
  const underlying = { floor: 40_000n, cap: 250_000n, factor: 150_000n, stepPerHour: 20_000n, memory: 10n * DAY }
  return {
    profile: 'small',
    parameters: {
      ...{ initialMarginBps: 15_000n, takerFeeBps: 5n, makerFeeBps: 2n, maxAge: 3_600n, feedSet: 1n },
      oracles: sampleOracleKeys().map(tradingKey),
      ...{ quorum: 3n, reportAge: 60n, jumpBps: 1_000n, cooldown: 900n },
      ...{ grace: 1_800n, auction: 900n, firstDiscountBps: 0n, lastDiscountBps: 5_000n },
      scenarios: SCENARIOS.map(([, scenario]) => scenario),
      underlyings: [underlying, { ...underlying, floor: 30_000n, cap: 200_000n }],
      markets: [
        { ...PERPETUAL, expiry: NEVER },
        future,
        call,
        { ...PERPETUAL, underlying: 1, multiplier: 100n, expiry: NEVER },
      ],
      collaterals: [{ underlying: 0, multiplier: 1_000n, weight: 9_000n }],
    },
    labels: {
      quoteDecimals: QUOTE_DECIMALS,
      oracles: ['oracle A', 'oracle B', 'oracle C'],
      scenarios: SCENARIOS.map(([name]) => name),
      underlyings: ['ETH', 'BTC'],
      markets: ['ETH-PERP', 'ETH-100D', 'ETH-40D-3200-C', 'BTC-PERP'],
      collaterals: ['ETH'],
    },
  }
}
