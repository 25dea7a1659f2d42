import { divide, power, reduce } from '../protocol/field.ts'
import { FIELD } from '../protocol/numbers.ts'
import { never, type Tick } from './clock.ts'

/** r - 1 = 2^28 * ODD. */
const TWO_ADICITY = 28
const ODD = (FIELD - 1n) >> BigInt(TWO_ADICITY)
/** 5 is no square mod r, so its ODD-th power has order 2^28. */
const ROOT_OF_UNITY = power(5n, ODD)

/** A square root of x mod r by Tonelli and Shanks; the other one is r minus it. Undefined if x is no square. */
export function squareRoot(x: bigint): bigint | undefined {
  const square = reduce(x)
  if (square === 0n) return 0n
  const half = power(square, (ODD - 1n) / 2n)
  let root = (half * square) % FIELD
  let rest = (root * half) % FIELD
  let unity = ROOT_OF_UNITY
  let order = TWO_ADICITY
  // Invariant: root^2 = square * rest, and rest has an order 2^k with k < order, else square has no root.
  while (rest !== 1n) {
    let k = 0
    for (let value = rest; value !== 1n; value = (value * value) % FIELD) {
      if (++k === order) return undefined
    }
    const step = power(unity, 1n << BigInt(order - k - 1))
    root = (root * step) % FIELD
    unity = (step * step) % FIELD
    rest = (rest * unity) % FIELD
    order = k
  }
  return root
}

/** Constraints that are looked at in the time of one square root. */
const SQUARE_ROOT = 150

/** The distinct roots of a x^2 + b x + c mod r; 'every' if all three are zero. */
export function quadraticRoots(a: bigint, b: bigint, c: bigint, tick: Tick = never): bigint[] | 'every' {
  const [square, linear, constant] = [reduce(a), reduce(b), reduce(c)]
  if (square === 0n) {
    if (linear === 0n) return constant === 0n ? 'every' : []
    return [divide(-constant, linear)]
  }
  tick(SQUARE_ROOT)
  const root = squareRoot(linear * linear - 4n * square * constant)
  if (root === undefined) return []
  const first = divide(root - linear, 2n * square)
  return root === 0n ? [first] : [first, divide(-root - linear, 2n * square)]
}
