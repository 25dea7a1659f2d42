import { max, min } from '../../protocol/numbers.ts'
import { BITS, MARKET_KINDS, MAX_FALL, MAX_MOVE, type MarketKind, NEVER, PPM } from '../../protocol/parameters.ts'
import type { Random } from '../../protocol/random.ts'
import type { MedianReport } from '../../protocol/risk/median.ts'
import {
  type CollateralParameters,
  type MarketIdentity,
  type MarketParameters,
  type RiskParameters,
  type Scenario,
  UNLISTED,
  type UnderlyingParameters,
} from '../../protocol/risk/parameters.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { NOW } from './model.ts'
import { makeRiskParameters } from './risk-parameters.ts'

const ones = (bits: number) => (1n << BigInt(bits)) - 1n

/** A number between the two, both included: often one of them, else as often small as large. */
export function hostile(random: Random, least: bigint, most: bigint): bigint {
  if (random.chance(20)) return random.pick([least, most])
  const bits = (most - least).toString(2).length
  return min(most, least + random.between(0n, ones(Number(random.between(0n, BigInt(bits))))))
}

/** Legal parameters of every kind: at the ends of their bounds, and anywhere between. */
export function randomRiskParameters(random: Random, shape: VenueShape): RiskParameters {
  const scenarios: Scenario[] = []
  for (let s = 0; s < shape.scenarios; s++) scenarios.push(randomScenario(random, scenarios, shape))
  const furthest = scenarios.reduce((most, { move }) => max(most, move < 0n ? -move : move), 1n)
  const between = (least: bigint, most: bigint) => hostile(random, least, most)
  return {
    ...makeRiskParameters(shape),
    ...{ initialMarginBps: between(10_000n, 40_000n), takerFeeBps: between(0n, 100n), makerFeeBps: between(0n, 100n) },
    ...{ maxAge: between(1n, ones(BITS.maxAge)), jumpBps: between(1n, ones(BITS.jump)) },
    ...{ cooldown: between(0n, ones(BITS.cooldown)), scenarios },
    ...{ grace: between(0n, ones(BITS.liquidation)), auction: between(1n, ones(BITS.liquidation)) },
    ...{ firstDiscountBps: between(0n, 3n), lastDiscountBps: between(3n, 10_000n) },
    underlyings: Array.from({ length: shape.underlyings }, () => randomUnderlying(random, furthest)),
    markets: Array.from({ length: shape.markets }, () => withSettings(random, randomIdentity(random, shape))),
    collaterals: Array.from({ length: shape.collaterals - 1 }, (): CollateralParameters => {
      const underlying = Number(random.between(0n, BigInt(shape.underlyings - 1)))
      return { underlying, multiplier: between(1n, ones(BITS.multiplier)), weight: between(0n, 10_000n) }
    }),
  }
}

function randomScenario(
  random: Random,
  before: readonly Scenario[],
  { scenarios, underlyings }: Pick<VenueShape, 'scenarios' | 'underlyings'>,
): Scenario {
  const s = before.length
  if (s === 0) return { move: 0n, volatilityMove: 0n, extreme: false, opposed: 0n }
  const signed = (most: bigint) => (random.chance(50) ? 1n : -1n) * hostile(random, 0n, most)
  const isAlone = s >= scenarios - 2
  const isFree = isAlone || s % 2 === 0
  return {
    move: isFree ? signed(random.pick([PPM, MAX_MOVE])) : before[s - 1]!.move,
    volatilityMove: signed(PPM - 1n),
    extreme: isAlone && random.chance(50),
    opposed: isFree ? random.between(0n, ones(underlyings)) : before[s - 1]!.opposed,
  }
}

function randomUnderlying(random: Random, furthest: bigint): UnderlyingParameters {
  const cap = hostile(random, 0n, min(PPM - 1n, (MAX_FALL * PPM) / furthest))
  return {
    ...{ floor: hostile(random, 0n, cap), cap, factor: hostile(random, 1n, ones(BITS.shockFactor)) },
    ...{ stepPerHour: hostile(random, 1n, PPM), memory: hostile(random, 600n, ones(BITS.memory)) },
  }
}

function randomIdentity(random: Random, shape: VenueShape): MarketIdentity {
  const kind = random.pick(Object.keys(MARKET_KINDS) as MarketKind[])
  if (kind === 'none') return UNLISTED
  const maxPrice = hostile(random, 1n, ones(BITS.price))
  const maxLots = hostile(random, 1n, min(ones(BITS.position - 1), ones(BITS.priceTimesLots) / maxPrice))
  const expiry = random.chance(80)
    ? NOW + hostile(random, 1n, ones(BITS.time - 12))
    : random.pick([1n, NOW - 1n, NOW, NEVER])
  return {
    ...{ kind, underlying: Number(random.between(0n, BigInt(shape.underlyings - 1))), maxLots, maxPrice },
    strike: isOption(kind) ? hostile(random, 1n, ones(BITS.indexPrice)) : 0n,
    expiry: kind === 'perpetual' && random.chance(70) ? NEVER : expiry,
    multiplier: random.chance(50) ? PPM : hostile(random, 1n, ones(BITS.multiplier)),
  }
}

/** A listing, with settings that are any at all. */
function withSettings(random: Random, identity: MarketIdentity): MarketParameters {
  const { kind, underlying, strike, expiry, multiplier, maxLots, maxPrice } = identity
  if (kind === 'none') return UNLISTED
  return {
    ...{ kind, underlying, strike, expiry, multiplier, maxLots, maxPrice },
    ...{ minOrder: hostile(random, 1n, ones(BITS.size)), maxPosition: hostile(random, 0n, maxLots) },
    bandBps: hostile(random, 0n, 10_000n),
    shortOptionMinimumBps: isOption(kind) ? hostile(random, 0n, 10_000n) : 0n,
    fundingCapPpm: kind === 'perpetual' ? hostile(random, 0n, 40_000n) : 0n,
    ...{ largeLots: hostile(random, 0n, ones(BITS.position - 1)), largeBps: hostile(random, 0n, 10_000n) },
    maxOpenInterest: hostile(random, 0n, ones(BITS.position - 1)),
  }
}

const isOption = (kind: MarketKind) => kind === 'call' || kind === 'put'

/** Parameters that may follow these: what is listed stays, and all else is made anew. */
export function changedSettings(random: Random, { markets }: RiskParameters, shape: VenueShape): RiskParameters {
  const other = randomRiskParameters(random, shape)
  return { ...other, markets: markets.map((market) => withSettings(random, market)) }
}

/** What oracles may say next: prices that creep or leap to the ends of their range, after a second or after decades. */
export function randomMedians(random: Random, shape: VenueShape, before?: MedianReport): MedianReport {
  const price = (old: bigint | undefined) => {
    if (old === undefined || random.chance(15)) return hostile(random, 1n, ones(BITS.indexPrice))
    const move = hostile(random, 0n, random.pick([old / 1000n, old / 20n, old]))
    return min(ones(BITS.indexPrice), max(1n, random.chance(50) ? old + move : old - move))
  }
  const gap = random.chance(70)
    ? random.pick([1n, 150n, 599n, 600n, 1800n, 3600n])
    : hostile(random, 1n, random.pick([100_000n, 1n << 31n]))
  return {
    asOf: before === undefined ? NOW : before.asOf + gap,
    indices: Array.from({ length: shape.underlyings }, (_, i) => price(before?.indices[i])),
    forwards: Array.from({ length: shape.markets }, (_, i) => price(before?.forwards[i])),
    volatilities: Array.from({ length: shape.markets }, () => hostile(random, 0n, ones(BITS.volatility))),
  }
}
