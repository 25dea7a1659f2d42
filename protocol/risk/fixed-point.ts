import { BITS } from '../parameters.ts'

/** Deviations, logarithms and probabilities are whole numbers of 2^-32. */
export const ONE = 1n << BigInt(BITS.fixedPoint)

/**
 * How a curve over [0, 1) is cut (protocol.md#curves). x is a whole number of 2^-(pieceBits + offsetBits): its upper bits say
 * in which piece, its lower bits are t, how far into it. The piece's polynomial in t is exact, in units of 2^-scale.
 */
export interface CurveLayout {
  readonly pieceBits: number
  readonly offsetBits: number
  readonly degree: number
  readonly scale: number
}

/** Of ln(1 + x). */
export const LOGARITHM_LAYOUT = { pieceBits: 6, offsetBits: 26, degree: 3, scale: 108 } as const satisfies CurveLayout

/** Of the normal distribution's tail at 8x. */
export const TAIL_LAYOUT = { pieceBits: 6, offsetBits: 30, degree: 4, scale: 148 } as const satisfies CurveLayout

/** The polynomial with these coefficients, lowest first, at t. */
export function polynomial(coefficients: readonly bigint[], t: bigint): bigint {
  return coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0n)
}

/** The curve that has these coefficients, piece by piece, at x. */
export function curveAt(pieces: readonly (readonly bigint[])[], { offsetBits }: CurveLayout, x: bigint): bigint {
  const piece = x >> BigInt(offsetBits)
  return polynomial(pieces[Number(piece)]!, x - (piece << BigInt(offsetBits)))
}
