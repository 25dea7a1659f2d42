import { ZkclearError } from '../errors.ts'
import { BITS } from '../parameters.ts'
import { LOGARITHM } from './coefficients.ts'
import { curveAt, LOGARITHM_LAYOUT, polynomial } from './fixed-point.ts'

/** A fine logarithm is in units of 2^-108. */
export const FINE_BITS = LOGARITHM_LAYOUT.scale

const MANTISSA_BITS = LOGARITHM_LAYOUT.pieceBits + LOGARITHM_LAYOUT.offsetBits

/** ln 2, where the last piece ends: so that the logarithm has no step where x passes a power of 2. */
export const FINE_LN_2 = polynomial(LOGARITHM.at(-1)!, 1n << BigInt(LOGARITHM_LAYOUT.offsetBits))

/**
 * ln x, for x in [1, 2^48), in units of 2^-108; right to 2^-31 (protocol.md#curves). Grows with x, or stays.
 * x = 2^exponent * (1 + mantissa), of which the first 32 bits count.
 */
export function fineLogarithm(x: bigint): bigint {
  if (x < 1n || x >= 1n << BigInt(BITS.price)) {
    throw new ZkclearError('INPUT_INVALID', `logarithm of a number outside [1, 2^${BITS.price})`)
  }
  const exponent = x.toString(2).length - 1
  const mantissa = ((x << BigInt(MANTISSA_BITS)) >> BigInt(exponent)) - (1n << BigInt(MANTISSA_BITS))
  return BigInt(exponent) * FINE_LN_2 + curveAt(LOGARITHM, LOGARITHM_LAYOUT, mantissa)
}
