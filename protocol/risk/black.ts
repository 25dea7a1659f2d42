import { assertUint, max, min } from '../numbers.ts'
import { BITS, PPM, YEAR } from '../parameters.ts'
import { ONE } from './fixed-point.ts'
import { FINE_BITS, fineLogarithm } from './logarithm.ts'
import { chanceAbove, DEVIATE_BITS, LAST_DEVIATE, PROBABILITY_BITS } from './normal.ts'
import { isqrt } from './square-root.ts'

/** A market's deviation is at most 4; a scenario at most doubles it. */
const MOST_DEVIATION = 4n * ONE
const DEVIATION_BITS = BITS.fixedPoint + 3

/**
 * sigma * sqrt(T) in units of 2^-32, rounded down, at most 4: how far the logarithm of the forward strays until expiry.
 * Volatility in ppm per square root of a year of 365 days, [0, 2^24); time to expiry in seconds, [0, 2^40).
 */
export function deviation(volatilityPpm: bigint, seconds: bigint): bigint {
  assertUint(volatilityPpm, BITS.volatility, 'volatility')
  assertUint(seconds, BITS.time, 'seconds')
  const year = PPM * PPM * YEAR
  const square = min(volatilityPpm * volatilityPpm * seconds, (year * MOST_DEVIATION * MOST_DEVIATION) / (ONE * ONE))
  return isqrt((square * ONE * ONE) / year)
}

/** The deviation after the volatility has moved by a signed part of itself, in ppm, |move| < 10^6; rounded down. */
export function scaledDeviation(deviation: bigint, volatilityMove: bigint): bigint {
  return (deviation * (PPM + volatilityMove)) / PPM
}

export interface EuropeanOption {
  readonly kind: 'call' | 'put'
  /** Quanta per lot, [1, 2^48). */
  readonly forward: bigint
  /** Quanta per lot, [1, 2^48). */
  readonly strike: bigint
  /** sigma * sqrt(T) in units of 2^-32, [0, 8 * 2^32). */
  readonly deviation: bigint
}

/**
 * What a European option on a forward is worth, in quanta per lot and undiscounted: for a call F N(d1) - K N(d2), with s for
 * the deviation and d1, d2 = ln(F / K) / s +- s / 2 (F. Black, "The pricing of commodity contracts", Journal of Financial
 * Economics 3 (1976), equation 16, without its discount factor). Rounded down, and within (F + K) / 2^28 and one quantum of
 * the exact value (protocol.md#option-prices). A call less the put is forward less strike, to the quantum.
 */
export function blackPrice({ kind, forward, strike, deviation }: EuropeanOption): bigint {
  assertUint(deviation, DEVIATION_BITS, 'deviation')
  const [high, low] = [max(forward, strike), min(forward, strike)]
  const distance = fineLogarithm(high) - fineLogarithm(low)
  const isInTheMoney = kind === 'call' ? forward > strike : strike > forward
  return outOfTheMoney(high, low, distance, deviation) + (isInTheMoney ? high - low : 0n)
}

/** low * N(s/2 - y) - high * N(-s/2 - y), y = distance / s, 0 from y = s/2 + 8 on: the call and the put that pay nothing today. */
function outOfTheMoney(high: bigint, low: bigint, distance: bigint, s: bigint): bigint {
  if (s === 0n) return 0n
  // distance is in units of 2^-108, s of 2^-32, y of 2^-33
  const y = (distance >> BigInt(FINE_BITS - BITS.fixedPoint - DEVIATE_BITS)) / s
  if (y - s >= LAST_DEVIATE) return 0n
  const value = low * chanceAbove(y - s) - high * chanceAbove(y + s)
  return max(0n, value >> BigInt(PROBABILITY_BITS))
}
