import type { CurveLayout } from '../../protocol/risk/fixed-point.ts'
import { PRECISION, squareRootOf } from './real.ts'

/** A curve, how it is cut, and the function of x in [0, 1] that it stands for, both in units of 2^-PRECISION. */
export interface Curve extends CurveLayout {
  readonly of: (x: bigint) => bigint
}

const UNIT = 1n << PRECISION

/**
 * Where a polynomial of degree n - 1 should meet a function on [-1, 1] so that it is nowhere far from it, both ends included:
 * the zeros of Chebyshev's polynomial of degree n, stretched until the outer ones are at -1 and 1. Here by n.
 */
const MEETINGS: Readonly<Record<number, readonly bigint[]>> = {
  3: [-UNIT, 0n, UNIT],
  4: symmetric(squareRootOf(2n) - UNIT),
  5: [...symmetric((squareRootOf(5n) - UNIT) >> 1n), 0n],
}

function symmetric(inner: bigint): bigint[] {
  return [-UNIT, -inner, inner, UNIT]
}

/**
 * Coefficients of each piece, lowest first. The highest is rounded first and the rest of the function fitted anew, so that
 * what rounding takes the lower ones give back. The lowest is the function's value at the piece's left end, rounded to a
 * multiple of 2^offsetBits, and the one above it makes the piece end, to the integer, where the next one begins.
 */
export function fit(curve: Curve): bigint[][] {
  return Array.from({ length: 2 ** curve.pieceBits }, (_, piece) => fitPiece(curve, BigInt(piece)))
}

function fitPiece({ of, pieceBits, offsetBits, degree, scale }: Curve, piece: bigint): bigint[] {
  const width = 1n << BigInt(offsetBits)
  const least = 1n << (PRECISION - BigInt(scale))
  const valueAt = (t: bigint) => of((piece * width + t) << (PRECISION - BigInt(pieceBits + offsetBits)))
  const border = (t: bigint) => round(valueAt(t), least * width) * width

  const coefficients: bigint[] = []
  const fitted = (t: bigint) => coefficients.reduce((sum, c, k) => sum + c * t ** BigInt(k), 0n)
  for (let k = degree; k >= 2; k--) {
    const samples = MEETINGS[k + 1]!.map((at): readonly [bigint, bigint] => {
      const t = round((at + UNIT) * width, 2n * UNIT)
      return [t, valueAt(t) - fitted(t) * least]
    })
    coefficients[k] = round(leadingCoefficient(samples), least)
  }
  const [begin, end] = [border(0n), border(width)]
  return [begin, (end - begin - fitted(width)) / width, ...coefficients.slice(2)]
}

/** Of the polynomial through these points: Newton's last divided difference. */
function leadingCoefficient(samples: readonly (readonly [bigint, bigint])[]): bigint {
  // every difference is taken 2^GUARD times, so that the divisions lose nothing that matters
  const GUARD = 160n
  let differences = samples.map(([, value]) => value << GUARD)
  for (let order = 1; order < samples.length; order++) {
    differences = differences.slice(1).map((value, i) => {
      return (value - differences[i]!) / (samples[i + order]![0] - samples[i]![0])
    })
  }
  return round(differences[0]!, 1n << GUARD)
}

/** The integer nearest to a / b, b > 0. */
function round(a: bigint, b: bigint): bigint {
  const doubled = 2n * a + b
  const quotient = doubled / (2n * b)
  return doubled < 0n && doubled % (2n * b) !== 0n ? quotient - 1n : quotient
}
