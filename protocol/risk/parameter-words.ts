import { ZkclearError } from '../errors.ts'
import { hashWords } from '../hash.ts'
import { fromField } from '../numbers.ts'
import { MARKET_KINDS, type MarketKind } from '../parameters.ts'
import type { VenueShape } from '../shape.ts'
import type { RiskParameters } from './parameters.ts'

/** The words that parametersRoot commits to, in order (protocol.md#risk-parameters). */
export function riskParameterWords(parameters: RiskParameters): bigint[] {
  const { initialMarginBps, takerFeeBps, makerFeeBps, maxAge } = parameters
  const { feedSet, oracles, quorum, reportAge, jumpBps, cooldown } = parameters
  const { grace, auction, firstDiscountBps, lastDiscountBps } = parameters
  return [
    ...[initialMarginBps, takerFeeBps, makerFeeBps, maxAge],
    ...[feedSet, ...oracles.flatMap(({ x, y }) => [x, y]), quorum, reportAge],
    ...[jumpBps, cooldown, grace, auction, firstDiscountBps, lastDiscountBps],
    ...parameters.scenarios.flatMap((s) => [s.move, s.volatilityMove, s.extreme ? 1n : 0n, s.opposed]),
    ...parameters.underlyings.flatMap((u) => [u.floor, u.cap, u.factor, u.stepPerHour, u.memory]),
    ...parameters.markets.flatMap((m) => [
      ...[BigInt(MARKET_KINDS[m.kind]), BigInt(m.underlying), m.strike, m.expiry, m.multiplier, m.maxLots, m.maxPrice],
      ...[m.minOrder, m.maxPosition, m.bandBps, m.shortOptionMinimumBps, m.fundingCapPpm, m.largeLots, m.largeBps],
      m.maxOpenInterest,
    ]),
    ...parameters.collaterals.flatMap((c) => [BigInt(c.underlying), c.multiplier, c.weight]),
  ]
}

/** parametersRoot: the commitment to every parameter. */
export function hashRiskParameters(parameters: RiskParameters): bigint {
  return hashWords('PARAMETERS', riskParameterWords(parameters))
}

/** How many words the parameters of a venue of that shape have. */
export function riskParameterWordCount({ markets, collaterals, scenarios, underlyings, oracles }: VenueShape): number {
  return 13 + 2 * oracles + 4 * scenarios + 5 * underlyings + 15 * markets + 3 * (collaterals - 1)
}

/**
 * The parameters that consist of these words: the inverse of {@link riskParameterWords}, which may hold r - x for a negative x.
 * Throws RISK_PARAMETERS_INVALID unless they are as many as a venue of that shape has, and name kinds and indices that there can be.
 * What the other numbers may be is for `checkRiskParameters`.
 */
export function riskParametersFromWords(words: readonly bigint[], shape: VenueShape): RiskParameters {
  const count = riskParameterWordCount(shape)
  if (words.length !== count) {
    throw invalid('words', `are ${words.length}; those of the profile ${shape.name} are ${count}`)
  }
  let at = 0
  const next = () => words[at++]!
  const many = <T>(length: number, read: (path: string) => T, name: string): T[] =>
    Array.from({ length }, (_, i) => read(`${name}[${i}]`))
  const index = (path: string) => Number(oneOf(next(), shape.underlyings, `${path}.underlying`))

  return {
    ...{ initialMarginBps: next(), takerFeeBps: next(), makerFeeBps: next(), maxAge: next() },
    feedSet: next(),
    oracles: many(shape.oracles, () => ({ x: next(), y: next() }), 'oracles'),
    ...{ quorum: next(), reportAge: next(), jumpBps: next(), cooldown: next() },
    ...{ grace: next(), auction: next(), firstDiscountBps: next(), lastDiscountBps: next() },
    scenarios: many(
      shape.scenarios,
      (path) => ({
        ...{ move: fromField(next()), volatilityMove: fromField(next()) },
        extreme: oneOf(next(), 2, `${path}.extreme`) === 1n,
        opposed: next(),
      }),
      'scenarios',
    ),
    underlyings: many(
      shape.underlyings,
      () => ({ floor: next(), cap: next(), factor: next(), stepPerHour: next(), memory: next() }),
      'underlyings',
    ),
    markets: many(
      shape.markets,
      (path) => ({
        ...{ kind: KINDS[Number(oneOf(next(), KINDS.length, `${path}.kind`))]!, underlying: index(path) },
        ...{ strike: next(), expiry: next(), multiplier: next(), maxLots: next(), maxPrice: next() },
        ...{ minOrder: next(), maxPosition: next(), bandBps: next(), shortOptionMinimumBps: next() },
        ...{ fundingCapPpm: next(), largeLots: next(), largeBps: next(), maxOpenInterest: next() },
      }),
      'markets',
    ),
    collaterals: many(
      shape.collaterals - 1,
      (path) => ({ underlying: index(path), multiplier: next(), weight: next() }),
      'collaterals',
    ),
  }
}

/** Kinds by the numbers that stand for them. */
const KINDS = Object.keys(MARKET_KINDS).toSorted(
  (a, b) => MARKET_KINDS[a as MarketKind] - MARKET_KINDS[b as MarketKind],
) as MarketKind[]

function oneOf(word: bigint, count: number, path: string): bigint {
  if (word < 0n || word >= BigInt(count)) throw invalid(path, `is ${word}; must be in [0, ${count - 1}]`)
  return word
}

function invalid(path: string, message: string): ZkclearError {
  return new ZkclearError('RISK_PARAMETERS_INVALID', message, { path: `parameters.${path}` })
}
