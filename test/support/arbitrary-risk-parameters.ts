import fc from 'fast-check'
import { makeRiskParameters } from '../../lab/instances/risk-parameters.ts'
import { toField } from '../../protocol/numbers.ts'
import { MARKET_KINDS, type MarketKind } from '../../protocol/parameters.ts'
import { type ParameterBound, parameterBounds } from '../../protocol/risk/parameter-bounds.ts'
import { riskParametersFromWords, riskParameterWords } from '../../protocol/risk/parameter-words.ts'
import { type RiskParameters, UNLISTED } from '../../protocol/risk/parameters.ts'
import type { VenueShape } from '../../protocol/shape.ts'

/** Where in its bounds a parameter lies: at an end, somewhere, or somewhere near its least. */
interface Draw {
  readonly where: 'least' | 'most' | 'anywhere' | 'low'
  readonly share: bigint
}

const SHARES = 1n << 64n

/** Parameters with any listings and with each number anywhere in its bounds, at the ends often. The oracles' keys stay. */
export function arbitraryRiskParameters(shape: VenueShape): fc.Arbitrary<RiskParameters> {
  const base = makeRiskParameters(shape)
  const kind = fc.constantFrom(...(Object.keys(MARKET_KINDS) as MarketKind[]))
  const draw = fc.record({
    where: fc.constantFrom<Draw['where']>('least', 'most', 'anywhere', 'low'),
    share: fc.bigInt(0n, SHARES - 1n),
  })
  const length = riskParameterWords(base).length
  return fc
    .record({
      kinds: fc.array(kind, { minLength: shape.markets, maxLength: shape.markets }),
      draws: fc.array(draw, { minLength: length, maxLength: length }),
    })
    .map(({ kinds, draws }) => {
      const markets = kinds.map((kind) => ({ ...UNLISTED, kind, strike: 1n }))
      return drawAll({ ...base, markets }, draws, shape)
    })
}

function drawAll(base: RiskParameters, draws: readonly Draw[], shape: VenueShape): RiskParameters {
  const paths = parameterBounds(base, shape).map(({ path }) => path)
  const isFixed = (path: string) => path.startsWith('oracles') || path.endsWith('.kind')
  const places = paths.flatMap((path, i) => (isFixed(path) ? [] : [i]))
  // A floor is bounded by its cap, which stands after it; else bounds depend on what stands before.
  const isFloor = (i: number) => paths[i]!.endsWith('.floor')
  const order = [...places.filter((i) => !isFloor(i)), ...places.filter(isFloor)]
  return order.reduce((parameters, i) => {
    const value = drawn(parameterBounds(parameters, shape)[i]!, draws[i]!)
    return riskParametersFromWords(riskParameterWords(parameters).with(i, toField(value)).map(toField), shape)
  }, base)
}

function drawn({ least, most }: ParameterBound, { where, share }: Draw): bigint {
  const room = most - least
  if (where === 'least') return least
  if (where === 'most') return most
  return least + ((where === 'low' && room > 1_000n ? 1_000n : room) * share) / SHARES
}
