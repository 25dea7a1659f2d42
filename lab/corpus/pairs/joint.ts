import { squareRoot } from '../../../audit/field.ts'
import { divide, power, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { Pair } from './pair.ts'

const A = 168_698n
/** A root of 3 u^2 + 2 A u + 1. */
const flat = divide(squareRoot(A * A - 3n)! - A, 3n)
/** The double of (flat, 0) for a slope of 1. */
const doubled = { u: reduce(1n - A - 2n * flat), v: reduce(3n * flat + A - 1n) }

/** A cube root of 1 other than 1. */
const cubeRoot = power(5n, (FIELD - 1n) / 3n)
/** A square root of -1. */
const imaginary = squareRoot(-1n)!

export const JOINT: readonly Pair[] = [
  {
    class: 'EdDSA',
    file: 'joint.circom',
    bug: 'AnyTangent',
    twin: 'GuardedTangent',
    args: [],
    planted: 'off the curve, v and the numerator of the slope may both be 0',
    inputs: { u: [], v: [] },
    outputs: ['u2', 'v2'],
    sample: { u: 1n, v: 2n },
    shown: {
      by: 'determinism',
      input: { u: flat, v: 0n },
      changes: { 'double.lamda': 1n, u2: doubled.u, v2: doubled.v },
    },
  },
  {
    class: 'division',
    file: 'joint.circom',
    bug: 'AnyCubicRatio',
    twin: 'GuardedCubicRatio',
    args: [],
    planted: 'at the other cube roots of 1, the divisor and what it divides are 0',
    inputs: { x: [] },
    outputs: ['ratio'],
    sample: { x: 5n },
    shown: { by: 'determinism', input: { x: cubeRoot }, changes: { ratio: 99n } },
  },
  {
    class: 'several valid witnesses',
    file: 'joint.circom',
    bug: 'SquaredDifference',
    twin: 'SignedDifference',
    args: [],
    planted: 'the squares of two numbers and their product do not tell them apart',
    inputs: { sum: [], difference: [] },
    outputs: ['x', 'y'],
    sample: { sum: 10n, difference: 4n },
    shown: { by: 'determinism', changes: { x: 3n, y: 7n, xx: 9n, yy: 49n } },
  },
  {
    class: 'EdDSA',
    file: 'joint.circom',
    bug: 'AnyDouble',
    twin: 'GuardedDouble',
    args: [],
    planted: 'off the curve, the denominator of the doubling law and its numerator may both be 0',
    inputs: { x: [], y: [] },
    outputs: ['y2'],
    sample: { x: 0n, y: 1n },
    shown: {
      by: 'determinism',
      input: { x: squareRoot(divide(1n, 2n))!, y: squareRoot(divide(1n, 2n))! },
      changes: { y2: 99n },
    },
  },
  {
    class: 'division',
    file: 'joint.circom',
    bug: 'AnyProjection',
    twin: 'LongProjection',
    args: [],
    planted: 'the square of a length is 0 for some vectors that are not',
    inputs: { x: [], y: [], u: [], v: [] },
    outputs: ['factor'],
    sample: { x: 3n, y: 4n, u: 1n, v: 2n },
    shown: {
      by: 'determinism',
      input: { x: imaginary, y: FIELD - 1n, u: 1n, v: imaginary },
      changes: { factor: 99n },
    },
  },
  {
    class: 'division',
    file: 'joint.circom',
    bug: 'AnyCramer',
    twin: 'RegularCramer',
    args: [],
    planted: 'the determinant may be 0',
    inputs: { a: [], b: [], c: [], d: [], e: [], f: [] },
    outputs: ['x'],
    sample: { a: 2n, b: 1n, c: 1n, d: 3n, e: 5n, f: 10n },
    shown: {
      by: 'determinism',
      input: { a: 1n, b: 2n, c: 2n, d: 4n, e: 3n, f: 6n },
      changes: { x: 99n },
    },
  },
]
