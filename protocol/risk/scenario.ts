import { min, mulDivUp } from '../numbers.ts'
import { PPM } from '../parameters.ts'
import { blackPrice, deviation, scaledDeviation } from './black.ts'
import type { MarketParameters, Scenario } from './parameters.ts'

/** Prices that an extreme scenario is away from the mark count by this much. */
const EXTREME_DIVISOR = 3n

/** ceil(forward * (1 + move * shock)), where move and shock are in ppm; at least 1. */
function scenarioForward(forward: bigint, move: bigint, shock: bigint): bigint {
  return mulDivUp(forward, PPM * PPM + move * shock, PPM * PPM)
}

/** What the oracles say of a market, and how its underlying may move. */
export interface MarketPrices {
  /** Quanta per lot. */
  readonly forward: bigint
  /** Implied, in ppm. */
  readonly volatility: bigint
  /** Of its underlying, in ppm. */
  readonly shock: bigint
  /** To its expiry; 0 from then on. */
  readonly seconds: bigint
}

/**
 * The market's price in every scenario, in quanta per lot: the forward's, or an option on it, at most maxPrice. Of an extreme one a
 * third of the way from the price where nothing moves, rounded away from it (protocol.md#scenario-prices).
 */
export function scenarioPrices(
  { kind, underlying, strike, maxPrice }: Pick<MarketParameters, 'kind' | 'underlying' | 'strike' | 'maxPrice'>,
  { forward, volatility, shock, seconds }: MarketPrices,
  scenarios: readonly Scenario[],
): bigint[] {
  if (kind === 'none') return scenarios.map(() => 0n)
  const unmoved = deviation(volatility, seconds)
  const prices = scenarios.map(({ move, volatilityMove, opposed }) => {
    const isOpposed = ((opposed >> BigInt(underlying)) & 1n) === 1n
    const moved = scenarioForward(forward, isOpposed ? -move : move, shock)
    if (kind !== 'call' && kind !== 'put') return min(maxPrice, moved)
    const scaled = scaledDeviation(unmoved, volatilityMove)
    return min(maxPrice, blackPrice({ kind, forward: moved, strike, deviation: scaled }))
  })
  const base = prices[0]!
  return prices.map((price, s) => {
    if (!scenarios[s]!.extreme) return price
    return price >= base ? base + thirdOf(price - base) : base - thirdOf(base - price)
  })
}

function thirdOf(distance: bigint): bigint {
  return (distance + EXTREME_DIVISOR - 1n) / EXTREME_DIVISOR
}
