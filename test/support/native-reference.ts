import { bn254 } from '@noble/curves/bn254.js'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'

// What the native prover's parts must compute, the obvious way.

export const mod = (value: bigint, prime: bigint) => ((value % prime) + prime) % prime

export function power(base: bigint, exponent: bigint, prime: bigint): bigint {
  let result = 1n
  for (let square = mod(base, prime), rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % prime) {
    if (rest & 1n) result = (result * square) % prime
  }
  return result
}

export const toMontgomery = (value: bigint, prime: bigint) => mod(value << 256n, prime)
export const fromMontgomery = (value: bigint, prime: bigint) => mod(value * power(1n << 256n, prime - 2n, prime), prime)

export function toBytes(values: readonly bigint[]): Uint8Array {
  const hex = values.map((value) => value.toString(16).padStart(64, '0'))
  return Uint8Array.from(hex.flatMap((digits) => [...Buffer.from(digits, 'hex').reverse()]))
}

export function fromBytes(bytes: ArrayBuffer | Uint8Array): bigint[] {
  const buffer = Buffer.from(bytes as ArrayBuffer)
  return Array.from({ length: buffer.length / 32 }, (_, i) =>
    BigInt(
      `0x${Buffer.from(buffer.subarray(32 * i, 32 * (i + 1)))
        .reverse()
        .toString('hex')}`,
    ),
  )
}

/** Coordinates of points of either group, flat; infinity is all zero. */
export type Coordinates = readonly bigint[]

interface NoblePoint {
  add(other: NoblePoint): NoblePoint
  multiplyUnsafe(scalar: bigint): NoblePoint
  is0(): boolean
  toAffine(): { x: unknown; y: unknown }
}

/** multiple of the generator, and a sum of multiples, as coordinates. */
export function reference(group: 1 | 2) {
  const { BASE, ZERO } = (group === 1 ? bn254.G1.Point : bn254.G2.Point) as unknown as {
    BASE: NoblePoint
    ZERO: NoblePoint
  }
  const flat = (value: unknown) =>
    group === 1 ? [value as bigint] : Object.values(value as { c0: bigint; c1: bigint })
  const coordinates = (point: NoblePoint): Coordinates => {
    if (point.is0()) return new Array<bigint>(2 * group).fill(0n)
    const { x, y } = point.toAffine()
    return [...flat(x), ...flat(y)]
  }
  const times = (scalar: bigint) => {
    const reduced = mod(scalar, FIELD)
    return coordinates(reduced === 0n ? ZERO : BASE.multiplyUnsafe(reduced))
  }
  return {
    /** factor * generator */
    point: times,
    /** sum of scalar * factor * generator */
    sum: (factors: readonly bigint[], scalars: readonly bigint[]) =>
      times(factors.reduce((sum, factor, i) => sum + factor * scalars[i]!, 0n)),
    encode: (points: readonly Coordinates[]) => toBytes(points.flat().map((x) => toMontgomery(x, BASE_FIELD))),
    decode: (bytes: ArrayBuffer): Coordinates => fromBytes(bytes).map((x) => fromMontgomery(x, BASE_FIELD)),
  }
}

/** a * b - c on the odd coset from values on the 2^k roots of unity: interpolation and evaluation by their definitions. */
export function quotientReference(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const size = a.length
  const half = power(5n, (FIELD - 1n) / BigInt(2 * size), FIELD)
  const powers = Array.from({ length: 2 * size }, (_, i) => power(half, BigInt(i), FIELD))
  const inverseSize = power(BigInt(size), FIELD - 2n, FIELD)
  const onCoset = (values: readonly bigint[]) => {
    const coefficients = values.map((_, k) =>
      mod(
        values.reduce(
          (sum, value, i) => sum + value * powers[(2 * size - ((2 * i * k) % (2 * size))) % (2 * size)]!,
          0n,
        ) * inverseSize,
        FIELD,
      ),
    )
    return values.map((_, i) =>
      mod(
        coefficients.reduce((sum, c, k) => sum + c * powers[((2 * i + 1) * k) % (2 * size)]!, 0n),
        FIELD,
      ),
    )
  }
  const products = onCoset(a.map((value, i) => mod(value * b[i]!, FIELD)))
  const [onA, onB] = [onCoset(a), onCoset(b)]
  return onA.map((value, i) => mod(value * onB[i]! - products[i]!, FIELD))
}
