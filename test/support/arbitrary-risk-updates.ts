import fc from 'fast-check'
import type { RiskUpdateWitness } from '../../circuits/risk-update/index.ts'
import { riskUpdateOf } from '../../circuits/risk-update/index.ts'
import { NOW } from '../../lab/instances/model.ts'
import { oracleKey } from '../../lab/instances/risk-parameters.ts'
import { NEVER } from '../../protocol/parameters.ts'
import type { RiskParameters } from '../../protocol/risk/parameters.ts'
import { signReport } from '../../protocol/risk/report.ts'
import type { RiskSnapshot } from '../../protocol/risk/update.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { arbitraryRiskParameters } from './arbitrary-risk-parameters.ts'

const MOST_PRICE = (1n << 47n) - 1n

/** Prices at the ends of their range, near one another, and anywhere. */
const arbitraryPrice = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt(2_900_000n, 3_100_000n) },
  { weight: 1, arbitrary: fc.bigInt(1n, MOST_PRICE) },
  { weight: 1, arbitrary: fc.constantFrom(1n, 2n, MOST_PRICE) },
)
const arbitraryVolatility = fc.oneof(fc.bigInt(0n, (1n << 24n) - 1n), fc.constantFrom(0n, 1n, (1n << 24n) - 1n))
const arbitraryGap = fc.oneof(
  fc.constantFrom(1n, 599n, 600n, 601n, 1_799n, 1_800n, 1_801n, 1n << 30n),
  fc.bigInt(1n, 4_000n),
)
/** Seconds from the first table to the expiry of whatever expires: within a chain, so that some of its tables settle it. */
const arbitraryExpiry = fc.oneof(fc.bigInt(-1n, 9_000n), fc.constant(1n << 31n))

/** Updates that follow one another from the first table on, under parameters that name something else where a market has settled. */
export function arbitraryRiskUpdates(shape: VenueShape, length: number): fc.Arbitrary<RiskUpdateWitness[]> {
  const values = fc.record({
    indices: fc.array(arbitraryPrice, { minLength: shape.underlyings, maxLength: shape.underlyings }),
    forwards: fc.array(arbitraryPrice, { minLength: shape.markets, maxLength: shape.markets }),
    volatilities: fc.array(arbitraryVolatility, { minLength: shape.markets, maxLength: shape.markets }),
  })
  const reports = fc.array(values, { minLength: shape.oracles, maxLength: shape.oracles })
  const step = fc.record({
    gap: arbitraryGap,
    reports,
    absent: fc.nat(shape.oracles),
    retired: fc.nat(2 ** shape.markets - 1),
  })
  return fc
    .record({
      parameters: arbitraryRiskParameters(shape),
      others: arbitraryRiskParameters(shape),
      expiries: fc.array(arbitraryExpiry, { minLength: shape.markets, maxLength: shape.markets }),
      steps: fc.array(step, { minLength: length, maxLength: length }),
    })
    .map(({ parameters: drawn, others, expiries, steps }) => {
      let parameters = withExpiries(drawn, expiries)
      const { markets: next } = withExpiries(others, expiries.toReversed())
      const witnesses: RiskUpdateWitness[] = []
      let before: RiskSnapshot | undefined
      let now = NOW
      for (const { gap, reports, absent, retired } of steps) {
        now += gap
        const settled = before?.memory.markets.map(({ settlement }) => settlement !== 0n)
        parameters = { ...parameters, markets: parameters.markets.map((old, m) => (settled?.[m] ? next[m]! : old)) }
        const signed = reports.map((values, i) => {
          return signReport({ ...values, feedSet: parameters.feedSet, timestamp: now }, shape, oracleKey(i))
        })
        const used = parameters.quorum < BigInt(signed.length) ? signed.filter((_, i) => i !== absent) : signed
        const witness = { parameters, before, reports: used, retired: BigInt(retired) }
        witnesses.push(witness)
        before = riskUpdateOf(witness, shape).after
      }
      return witnesses
    })
}

/** The parameters with those expiries, and, so that funding flows both ways, perpetuals that are dearer than their index at times. */
function withExpiries(parameters: RiskParameters, expiries: readonly bigint[]): RiskParameters {
  const markets = parameters.markets.map((market, m) => {
    if (market.kind === 'none') return market
    const expiry = market.kind === 'perpetual' && m % 2 === 0 ? NEVER : NOW + expiries[m]!
    if (market.kind !== 'perpetual' || m === 0) return { ...market, expiry }
    return {
      ...market,
      expiry,
      multiplier: 500_000n,
      maxLots: 1n,
      maxPosition: 1n,
      maxPrice: 1n << 47n,
      fundingCapPpm: 40_000n,
    }
  })
  return { ...parameters, markets }
}
