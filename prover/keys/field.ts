import { ZkclearError } from '../../protocol/errors.ts'
import { FIELD } from '../../protocol/numbers.ts'

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

/** 1/x mod r. Throws INPUT_INVALID for 0. */
export function invert(x: bigint): bigint {
  if (reduce(x) === 0n) throw new ZkclearError('INPUT_INVALID', 'zero has no inverse')
  return power(x, FIELD - 2n)
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

/** Writes canonical field elements one after another, 32 bytes each, least significant byte first. */
export function toBytes(values: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 32)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) {
    if (value === 0n) continue
    for (let word = 0; word < 4; word++) {
      view.setBigUint64(32 * index + 8 * word, BigInt.asUintN(64, value >> BigInt(64 * word)), true)
    }
  }
  return bytes
}
