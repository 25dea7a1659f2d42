import { TAIL } from './coefficients.ts'
import { curveAt, TAIL_LAYOUT } from './fixed-point.ts'

/** Normal deviates are whole numbers of 2^-33: half a deviation is one. */
export const DEVIATE_BITS = TAIL_LAYOUT.pieceBits + TAIL_LAYOUT.offsetBits - 3

/** 8, beyond which the tail counts as 0. */
export const LAST_DEVIATE = 8n << BigInt(DEVIATE_BITS)

/** Probabilities are in units of 2^-148, so that none is rounded. */
export const PROBABILITY_BITS = TAIL_LAYOUT.scale
const CERTAIN = 1n << BigInt(PROBABILITY_BITS)

/** The chance that a standard normal deviate is above u >= 0; right to 2^-29 (protocol.md#curves). */
function tail(u: bigint): bigint {
  return u < LAST_DEVIATE ? curveAt(TAIL, TAIL_LAYOUT, u) : 0n
}

/** The chance that a standard normal deviate is above u, of whatever sign. */
export function chanceAbove(u: bigint): bigint {
  return u < 0n ? CERTAIN - tail(-u) : tail(u)
}
