import { NEVER } from '../../protocol/parameters.ts'
import { type MarketParameters, type RiskParameters, type Scenario, UNLISTED } from '../../protocol/risk/parameters.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { tradingKey } from '../../protocol/signature.ts'
import { NOW } from './model.ts'

/** The private key of an oracle of {@link makeRiskParameters}. */
export function oracleKey(place: number): Uint8Array {
  return new Uint8Array(32).fill(0x40 + place)
}

const PERPETUAL: MarketParameters = {
  ...{ kind: 'perpetual', underlying: 0, strike: 0n, expiry: NEVER, multiplier: 10_000n },
  ...{ maxLots: 1n << 30n, maxPrice: 1n << 33n, minOrder: 1n, maxPosition: 100_000n },
  ...{ bandBps: 100n, shortOptionMinimumBps: 0n, fundingCapPpm: 7_500n, largeLots: 50_000n, largeBps: 500n },
  maxOpenInterest: 5_000_000n,
}
const FUTURE: MarketParameters = { ...PERPETUAL, kind: 'future', expiry: NOW + 7_776_000n, fundingCapPpm: 0n }
const CALL: MarketParameters = {
  ...{ ...FUTURE, kind: 'call', expiry: NOW + 2_592_000n, strike: 3_200_000n, shortOptionMinimumBps: 500n },
}
const PUT: MarketParameters = { ...CALL, kind: 'put', underlying: 1, strike: 5_000_000n, multiplier: 1_000n }

/** SPAN's grid as far as there is room for it: a pair of each move with the volatility up and down, then two extremes. */
function makeScenario(s: number, count: number): Scenario {
  const pairs = count / 2 - 1
  const side = s % 2 === 0 ? 1n : -1n
  const opposed = 0n
  if (s === 0) return { move: 0n, volatilityMove: 0n, extreme: false, opposed }
  if (s >= count - 2) return { move: side * 3_000_000n, volatilityMove: 0n, extreme: true, opposed: 0b10n }
  const pair = Math.floor(s / 2)
  const steps = (pairs - 1) / 2
  const move = (1_000_000n * BigInt(Math.ceil(pair / 2))) / BigInt(Math.max(1, Math.floor(steps)))
  return { move: pair % 2 === 0 ? -move : move, volatilityMove: side * 250_000n, extreme: false, opposed }
}

/** Parameters of a venue of that shape in which every kind of market is listed, if there are places for all. */
export function makeRiskParameters(shape: VenueShape, change: Partial<RiskParameters> = {}): RiskParameters {
  const kinds = [PERPETUAL, CALL, FUTURE, PUT]
  return {
    ...{ initialMarginBps: 15_000n, takerFeeBps: 5n, makerFeeBps: 2n, maxAge: 3_600n, feedSet: 1n },
    oracles: Array.from({ length: shape.oracles }, (_, i) => tradingKey(oracleKey(i))),
    ...{ quorum: BigInt((shape.oracles + 1) / 2), reportAge: 60n, jumpBps: 1_000n, cooldown: 900n },
    ...{ grace: 900n, auction: 1_800n, firstDiscountBps: 0n, lastDiscountBps: 10_000n },
    scenarios: Array.from({ length: shape.scenarios }, (_, s) => makeScenario(s, shape.scenarios)),
    underlyings: Array.from({ length: shape.underlyings }, () => ({
      ...{ floor: 50_000n, cap: 250_000n, factor: 150_000n, stepPerHour: 20_000n, memory: 864_000n },
    })),
    markets: Array.from({ length: shape.markets }, (_, m) => {
      const kind = m < 3 * kinds.length ? kinds[m % kinds.length]! : UNLISTED
      const underlying = kind === UNLISTED ? 0 : (kind.underlying + Math.floor(m / kinds.length)) % shape.underlyings
      return { ...kind, underlying }
    }),
    collaterals: Array.from({ length: shape.collaterals - 1 }, (_, k) => ({
      ...{ underlying: k % shape.underlyings, multiplier: 1_000_000n, weight: 9_000n },
    })),
    ...change,
  }
}

/** A place for every kind of market and one for none, two pairs of scenarios and two alone. */
export const EVERY_KIND: VenueShape = {
  ...{ name: 'tiny', markets: 5, collaterals: 2, scenarios: 6, underlyings: 2, oracles: 3 },
  ...{ accountLevels: 1, window: 1 },
}

/** Parameters of that venue. */
export function everyKind(): RiskParameters {
  const made = makeRiskParameters(EVERY_KIND)
  return { ...made, markets: made.markets.with(4, UNLISTED) }
}
