import { NEVER } from '../protocol/parameters.ts'
import { Random } from '../protocol/random.ts'
import { type MarketParameters, UNLISTED } from '../protocol/risk/parameters.ts'
import type { ReportValues } from '../protocol/risk/report.ts'
import { applyRiskUpdate } from '../protocol/risk/update.ts'
import type { RiskTable } from '../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../protocol/shape.ts'
import { tradingKey } from '../protocol/signature.ts'
import type { LabelledParameters } from './files/risk-parameters-file.ts'
import { DOLLAR, PERPETUAL, QUOTE_DECIMALS } from './sample-market.ts'
import { type NamedScenario, spanScenarios } from './span-grid.ts'

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

/** Of the standard profile: SPAN's grid, and two coins that move apart in the place of its extremes. */
const FINE_SCENARIOS = [...spanScenarios().slice(0, -2), ...SCENARIOS.slice(-2)]

/** The oracles' private keys in the order of the parameters: they follow from a public seed and protect nothing. */
export function sampleOracleKeys(count = 3): readonly Uint8Array[] {
  const random = new Random(10n)
  return Array.from({ length: count }, () => random.bytes(32))
}

/** What the sample's oracles report: coins at 3,000 and 60,000 dollars, a premium of one per cent on the future. */
export function samplePrices(profile: ProfileName = 'small'): ReportValues {
  const { underlyings, markets } = venueShape(profile)
  const [coin, other] = [3_000n * DOLLAR, 60_000n * DOLLAR]
  const lots = 1_000n
  const forwards = [coin / lots, (coin * 101n) / (100n * lots), coin / lots, other / (10n * lots)]
  return {
    indices: padded([coin, other], underlyings, DOLLAR),
    forwards: padded(forwards, markets, DOLLAR),
    volatilities: padded([0n, 0n, 600_000n], markets, 0n),
  }
}

/** What a larger shape has more of is not used by the sample. */
function padded<T, R>(values: readonly T[], length: number, rest: R): (T | R)[] {
  return [...values, ...new Array<R>(length - values.length).fill(rest)]
}

/** The first table of the sample's parameters, of those prices at that time. */
export function sampleProvedTable(asOf: bigint, profile: ProfileName = 'small'): RiskTable {
  const { parameters } = sampleRiskParameters(asOf, profile)
  return applyRiskUpdate(undefined, { asOf, ...samplePrices(profile) }, parameters, venueShape(profile)).table
}

/** Risk parameters of a venue on two coins: two perpetuals, a dated future and a call, at 3,000 and 60,000 dollars a coin. */
export function sampleRiskParameters(asOf: bigint, profile: ProfileName = 'small'): LabelledParameters {
  const shape = venueShape(profile)
  const oracles = sampleOracleKeys(shape.oracles)
  const scenarios = profile === 'small' ? SCENARIOS : FINE_SCENARIOS
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
  const markets = [
    { ...PERPETUAL, expiry: NEVER },
    future,
    call,
    { ...PERPETUAL, underlying: 1, multiplier: 100n, expiry: NEVER },
  ]
  const coin = { underlying: 0, multiplier: 1_000n, weight: 9_000n }
  const named = (names: readonly string[], length: number) => Array.from({ length }, (_, i) => names[i] ?? `free ${i}`)
  return {
    profile,
    parameters: {
      ...{ initialMarginBps: 15_000n, takerFeeBps: 5n, makerFeeBps: 2n, maxAge: 3_600n, feedSet: 1n },
      oracles: oracles.map(tradingKey),
      ...{ quorum: 3n, reportAge: 60n, jumpBps: 1_000n, cooldown: 900n },
      ...{ grace: 1_800n, auction: 900n, firstDiscountBps: 0n, lastDiscountBps: 5_000n },
      scenarios: scenarios.map(([, scenario]) => scenario),
      underlyings: padded([underlying], shape.underlyings, { ...underlying, floor: 30_000n, cap: 200_000n }),
      markets: padded(markets, shape.markets, UNLISTED),
      collaterals: padded([coin], shape.collaterals - 1, coin),
    },
    labels: {
      quoteDecimals: QUOTE_DECIMALS,
      oracles: oracles.map((_, i) => `oracle ${'ABCDE'[i]}`),
      scenarios: scenarios.map(([name]) => name),
      underlyings: named(['ETH', 'BTC'], shape.underlyings),
      markets: padded(['ETH-PERP', 'ETH-100D', 'ETH-40D-3200-C', 'BTC-PERP'], shape.markets, undefined),
      collaterals: named(['ETH'], shape.collaterals - 1),
    },
  }
}
