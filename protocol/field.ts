import { ZkclearError } from './errors.ts'
import { FIELD } from './numbers.ts'

/** x mod r in [0, r), for any integer. */
export function reduce(x: bigint): bigint {
  const rest = x % FIELD
  return rest < 0n ? rest + FIELD : rest
}

/** base^exponent mod r, for exponent >= 0. */
export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = reduce(base)
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % FIELD
    square = (square * square) % FIELD
  }
  return result
}

/** 1/x mod r, by the extended Euclidean algorithm: much faster than a power. Throws INPUT_INVALID for 0. */
export function invert(x: bigint): bigint {
  let [last, rest] = [FIELD, reduce(x)]
  if (rest === 0n) throw new ZkclearError('INPUT_INVALID', 'zero has no inverse')
  // factor * x = rest mod r all along.
  let [lastFactor, factor] = [0n, 1n]
  while (rest !== 1n) {
    const quotient = last / rest
    ;[last, rest] = [rest, last - quotient * rest]
    ;[lastFactor, factor] = [factor, lastFactor - quotient * factor]
  }
  return reduce(factor)
}

/** a / b mod r. Throws INPUT_INVALID for b = 0. */
export function divide(a: bigint, b: bigint): bigint {
  if (b === 1n) return reduce(a)
  if (b === FIELD - 1n) return reduce(-a)
  return (reduce(a) * invert(b)) % FIELD
}

/** The inverses of all values with one inversion and three products each. Throws INPUT_INVALID if one is zero. */
export function invertAll(values: readonly bigint[]): bigint[] {
  const prefixes: bigint[] = []
  let product = 1n
  for (const value of values) {
    prefixes.push(product)
    product = (product * value) % FIELD
  }
  let inverse = invert(product)
  for (let index = values.length - 1; index >= 0; index--) {
    prefixes[index] = (prefixes[index]! * inverse) % FIELD
    inverse = (inverse * values[index]!) % FIELD
  }
  return prefixes
}

/** Largest k such that r - 1 is a multiple of 2^k. */
export const TWO_ADICITY = 28

/** Smallest quadratic non-residue of the field; all roots of unity used by snarkjs are powers of it. */
const NON_RESIDUE = 5n

/** The root of unity of order 2^log that snarkjs uses. */
export function rootOfUnity(log: number): bigint {
  return power(NON_RESIDUE, (FIELD - 1n) >> BigInt(log))
}
