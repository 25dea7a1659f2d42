import { FIELD, max, min } from '../numbers.ts'
import {
  BASIS_POINTS,
  BITS,
  MARKET_KINDS,
  MAX_FALL,
  MAX_FEE_BPS,
  MAX_FUNDING_CAP,
  MAX_INITIAL_MARGIN_BPS,
  MAX_MOVE,
  PPM,
  SAMPLE_GAP,
} from '../parameters.ts'
import type { VenueShape } from '../shape.ts'
import { type CollateralParameters, type MarketParameters, type RiskParameters, UNLISTED } from './parameters.ts'

/** How many scenarios, the last ones, are none of a pair and may be extreme. */
const EXTREMES = 2

/** Between what one parameter has to be, both included, all others being as they are. */
export interface ParameterBound {
  /** Where it stands, such as `markets[1].strike`. */
  readonly path: string
  readonly given: bigint
  readonly least: bigint
  readonly most: bigint
  /** What the bound comes from, where that is another parameter. */
  readonly because?: string
}

/**
 * The bounds of all parameters, in the order of their words (protocol.md#risk-parameters): `riskParameterWords` of parameters that
 * keep all of them are what the circuit takes.
 */
export function parameterBounds(parameters: RiskParameters, shape: VenueShape): ParameterBound[] {
  const { initialMarginBps, takerFeeBps, makerFeeBps, maxAge, feedSet, oracles } = parameters
  const { quorum, reportAge, jumpBps, cooldown, scenarios, underlyings, markets, collaterals } = parameters
  const { grace, auction, firstDiscountBps, lastDiscountBps } = parameters
  const furthest = scenarios.reduce((most, { move }) => max(most, move < 0n ? -word(move) : word(move)), 0n)
  return [
    bound('initialMarginBps', initialMarginBps, BASIS_POINTS, MAX_INITIAL_MARGIN_BPS),
    bound('takerFeeBps', takerFeeBps, 0n, MAX_FEE_BPS),
    bound('makerFeeBps', makerFeeBps, 0n, MAX_FEE_BPS),
    bound('maxAge', maxAge, 1n, ones(BITS.maxAge)),
    bound('feedSet', feedSet, 0n, ones(BITS.feedSet)),
    ...oracles.flatMap(({ x, y }, i) => [
      bound(`oracles[${i}].x`, x, 0n, FIELD - 1n),
      bound(`oracles[${i}].y`, y, 0n, FIELD - 1n),
    ]),
    bound('quorum', quorum, 1n, BigInt(shape.oracles), 'the number of oracles'),
    bound('reportAge', reportAge, 0n, ones(BITS.reportAge)),
    bound('jumpBps', jumpBps, 1n, ones(BITS.jump)),
    bound('cooldown', cooldown, 0n, ones(BITS.cooldown)),
    bound('grace', grace, 0n, ones(BITS.liquidation)),
    bound('auction', auction, 1n, ones(BITS.liquidation)),
    bound('firstDiscountBps', firstDiscountBps, 0n, BASIS_POINTS),
    bound('lastDiscountBps', lastDiscountBps, word(firstDiscountBps), BASIS_POINTS, 'firstDiscountBps'),
    ...scenarios.flatMap((_, s) => scenarioBounds(scenarios, s, shape)),
    ...underlyings.flatMap((u, i) => underlyingBounds(u, `underlyings[${i}]`, furthest)),
    ...markets.flatMap((m, i) => marketBounds(m, `markets[${i}]`, shape)),
    ...collaterals.flatMap((c, i) => collateralBounds(c, `collaterals[${i}]`, shape)),
  ]
}

function scenarioBounds(scenarios: RiskParameters['scenarios'], s: number, shape: VenueShape): ParameterBound[] {
  const { move, volatilityMove, extreme, opposed } = scenarios[s]!
  const isAlone = s >= scenarios.length - EXTREMES
  const at = (name: string, ...rest: [given: bigint, least: bigint, most: bigint, because?: string]) =>
    bound(`scenarios[${s}].${name}`, ...rest)
  const isExtreme = extreme ? 1n : 0n
  if (s === 0) {
    const none = [0n, 0n, 'the first scenario is the mark'] as const
    return [
      ...[at('move', move, ...none), at('volatilityMove', volatilityMove, ...none), at('extreme', isExtreme, ...none)],
      at('opposed', opposed, ...none),
    ]
  }
  const isFree = isAlone || s % 2 === 0
  const other = scenarios[s - 1]!
  const asOther = `that of scenarios[${s - 1}], with which it is a pair`
  return [
    isFree ? at('move', move, -MAX_MOVE, MAX_MOVE) : at('move', move, other.move, other.move, asOther),
    at('volatilityMove', volatilityMove, 1n - PPM, PPM - 1n),
    isAlone
      ? at('extreme', isExtreme, 0n, 1n)
      : at('extreme', isExtreme, 0n, 0n, `false: only the last ${EXTREMES} may be`),
    isFree
      ? at('opposed', opposed, 0n, ones(shape.underlyings))
      : at('opposed', opposed, other.opposed, other.opposed, asOther),
  ]
}

function underlyingBounds(u: RiskParameters['underlyings'][number], path: string, furthest: bigint) {
  const largestCap = furthest === 0n ? PPM - 1n : min(PPM - 1n, (MAX_FALL * PPM) / furthest)
  const because = `no scenario takes more than ${MAX_FALL} ppm off a price; the furthest move is ${furthest}`
  return [
    bound(`${path}.floor`, u.floor, 0n, min(u.cap, PPM - 1n), 'cap'),
    bound(`${path}.cap`, u.cap, 0n, largestCap, largestCap === PPM - 1n ? undefined : because),
    bound(`${path}.factor`, u.factor, 1n, ones(BITS.shockFactor)),
    bound(`${path}.stepPerHour`, u.stepPerHour, 1n, PPM),
    bound(`${path}.memory`, u.memory, SAMPLE_GAP, ones(BITS.memory)),
  ]
}

function marketBounds(m: MarketParameters, path: string, shape: VenueShape): ParameterBound[] {
  const { kind, maxLots } = m
  const isOption = kind === 'call' || kind === 'put'
  const index = bound(`${path}.kind`, BigInt(MARKET_KINDS[kind]), 0n, BigInt(Object.keys(MARKET_KINDS).length - 1))
  const within = (name: keyof MarketParameters, least: bigint, most: bigint, because?: string) =>
    kind === 'none'
      ? bound(`${path}.${name}`, m[name], word(UNLISTED[name]), word(UNLISTED[name]), 'nothing is listed')
      : bound(`${path}.${name}`, m[name], least, most, because)
  const only = (holds: boolean, most: bigint): [bigint, string | undefined] =>
    holds ? [most, undefined] : [0n, `the market is a ${kind}`]
  return [
    index,
    within('underlying', 0n, BigInt(shape.underlyings - 1)),
    within('strike', isOption ? 1n : 0n, ...only(isOption, ones(BITS.indexPrice))),
    within('expiry', 1n, ones(BITS.time)),
    within('multiplier', 1n, ones(BITS.multiplier)),
    within('maxLots', 1n, ones(BITS.position - 1)),
    within('maxPrice', 1n, ...maxPriceBound(word(maxLots))),
    within('minOrder', 1n, ones(BITS.size)),
    within('maxPosition', 0n, maxLots, 'maxLots'),
    within('bandBps', 0n, BASIS_POINTS),
    within('shortOptionMinimumBps', 0n, ...only(isOption, BASIS_POINTS)),
    within('fundingCapPpm', 0n, ...only(kind === 'perpetual', MAX_FUNDING_CAP)),
    within('largeLots', 0n, ones(BITS.position - 1)),
    within('largeBps', 0n, BASIS_POINTS),
    within('maxOpenInterest', 0n, ones(BITS.position - 1)),
  ]
}

function maxPriceBound(maxLots: bigint): [most: bigint, because?: string] {
  const most = ones(BITS.priceTimesLots) / max(maxLots, 1n)
  return most < ones(BITS.price) ? [most, `maxLots * maxPrice < 2^${BITS.priceTimesLots}`] : [ones(BITS.price)]
}

function collateralBounds({ underlying, multiplier, weight }: CollateralParameters, path: string, shape: VenueShape) {
  return [
    bound(`${path}.underlying`, underlying, 0n, BigInt(shape.underlyings - 1)),
    bound(`${path}.multiplier`, multiplier, 1n, ones(BITS.multiplier)),
    bound(`${path}.weight`, weight, 0n, BASIS_POINTS),
  ]
}

/** A parameter as a number to compute with; what is no integer is -1. */
function word(value: bigint | number | string): bigint {
  return typeof value === 'bigint' ? value : BigInt(Number.isSafeInteger(value) ? value : -1)
}

/** An index that is an integer is a number as any other. */
function bound(
  path: string,
  given: bigint | number | string,
  least: bigint,
  most: bigint,
  because?: string,
): ParameterBound {
  const value = Number.isSafeInteger(given) ? BigInt(given) : (given as bigint)
  return { path, given: value, least, most, ...(because === undefined ? {} : { because }) }
}

/** The largest number of that many bits. */
function ones(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n
}
