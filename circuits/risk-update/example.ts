import { NEVER } from '../../protocol/parameters.ts'
import { type MarketParameters, type RiskParameters, UNLISTED } from '../../protocol/risk/parameters.ts'
import { type PriceReport, signReport } from '../../protocol/risk/report.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { tradingKey } from '../../protocol/signature.ts'
import type { RiskUpdateWitness } from './statement.ts'
import { riskUpdateOf } from './update.ts'

const START = 1_700_000_000n
const FEED_SET = 7n
const DAY = 86_400n

/** The private key of an oracle of the example; for tests and benchmarks. */
export function exampleOracleKey(oracle: number): Uint8Array {
  return new Uint8Array(32).fill(101 + oracle)
}

/** Parameters with every kind of market, over and over; the last market is not listed where there are more than four. */
export function exampleRiskParameters(shape: VenueShape): RiskParameters {
  const terms = {
    ...{ multiplier: 1_000n, maxLots: 1_000_000_000n, maxPrice: 1_000_000_000n, minOrder: 1n, maxPosition: 1_000_000n },
    ...{
      bandBps: 200n,
      largeLots: 500_000n,
      largeBps: 100n,
      maxOpenInterest: 50_000_000n,
      shortOptionMinimumBps: 0n,
      fundingCapPpm: 0n,
      strike: 0n,
    },
  }
  const kinds: ((underlying: number) => MarketParameters)[] = [
    (underlying) => ({ ...terms, underlying, kind: 'perpetual', expiry: NEVER, fundingCapPpm: 7_500n }),
    (underlying) => ({ ...terms, underlying, kind: 'future', expiry: START + 30n * DAY }),
    (underlying) => {
      return {
        ...terms,
        underlying,
        kind: 'call',
        expiry: START + 7n * DAY,
        strike: 3_200_000n,
        shortOptionMinimumBps: 50n,
      }
    },
    (underlying) => {
      return {
        ...terms,
        underlying,
        kind: 'put',
        expiry: START + 14n * DAY,
        strike: 2_900_000n,
        shortOptionMinimumBps: 50n,
      }
    },
  ]
  return {
    ...{ initialMarginBps: 12_500n, takerFeeBps: 5n, makerFeeBps: 2n, maxAge: 300n, feedSet: FEED_SET },
    oracles: Array.from({ length: shape.oracles }, (_, i) => tradingKey(exampleOracleKey(i))),
    quorum: BigInt(Math.floor(shape.oracles / 2) + 1),
    ...{ reportAge: 30n, jumpBps: 1_000n, cooldown: 900n },
    ...{ grace: 900n, auction: 1_800n, firstDiscountBps: 0n, lastDiscountBps: 10_000n },
    scenarios: exampleScenarios(shape.scenarios),
    underlyings: Array.from({ length: shape.underlyings }, () => {
      return { floor: 30_000n, cap: 250_000n, factor: 160_000n, stepPerHour: 50_000n, memory: 5n * DAY }
    }),
    markets: Array.from({ length: shape.markets }, (_, m) =>
      m > 3 && m === shape.markets - 1 ? UNLISTED : kinds[m % 4]!(Math.floor(m / 4) % shape.underlyings),
    ),
    collaterals: Array.from({ length: shape.collaterals - 1 }, (_, k) => {
      return { underlying: (k + 1) % shape.underlyings, multiplier: 1_000n, weight: 9_000n }
    }),
  }
}

/** The price stays in the first pair; the others move it by equal steps, each with volatility up and down; the last two are extreme. */
function exampleScenarios(count: number): RiskParameters['scenarios'] {
  const pairs = count / 2 - 1
  return Array.from({ length: count }, (_, s) => {
    if (s >= count - 2)
      return { move: s % 2 === 0 ? 3_000_000n : -3_000_000n, volatilityMove: 0n, extreme: true, opposed: 0b10n }
    const pair = Math.floor(s / 2)
    const step = BigInt(Math.ceil(pair / 2)) * (2_000_000n / BigInt(Math.max(1, pairs - 1)))
    const move = pair % 2 === 1 ? step : -step
    return { move, volatilityMove: s === 0 ? 0n : s % 2 === 0 ? 250_000n : -250_000n, extreme: false, opposed: 0n }
  })
}

/** What an oracle of the example reports at that time; each sees prices a little differently. */
export function exampleReport(shape: VenueShape, timestamp: bigint, oracle: number): PriceReport {
  const seen = BigInt(oracle) * 1_000n + (timestamp % 97n) * 500n
  return {
    ...{ feedSet: FEED_SET, timestamp: timestamp + BigInt(oracle) },
    indices: Array.from(
      { length: shape.underlyings },
      (_, u) => 3_000_000_000n + BigInt(u) * 10_000_000n + seen * 100n,
    ),
    forwards: Array.from({ length: shape.markets }, (_, m) => 3_010_000n + BigInt(m) * 1_000n + seen),
    volatilities: Array.from({ length: shape.markets }, (_, m) => 600_000n + BigInt(m) * 5_000n + seen),
  }
}

/** An update of a table that itself followed the first one, with the reports of all oracles. */
export function exampleRiskUpdate(profile: ProfileName): RiskUpdateWitness {
  const shape = venueShape(profile)
  const parameters = exampleRiskParameters(shape)
  const reportsAt = (timestamp: bigint) =>
    parameters.oracles.map((_, i) => signReport(exampleReport(shape, timestamp, i), shape, exampleOracleKey(i)))
  const first = riskUpdateOf({ parameters, before: undefined, reports: reportsAt(START), retired: 0n }, shape).after
  return { parameters, before: first, reports: reportsAt(START + 660n), retired: 0n }
}
