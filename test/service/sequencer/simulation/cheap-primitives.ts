import { type Point, SUBGROUP_ORDER } from '../../../../protocol/crypto/baby-jubjub.ts'
import { primitives as chosen, type Primitives } from '../../../../protocol/crypto/primitives.ts'
import { FIELD } from '../../../../protocol/numbers.ts'

/** Odd numbers of 256 bits, drawn at random: no sum of small multiples of their powers is 0 but by chance. */
const FACTOR = 0x9d3f7a1c5b86e24f03d9c8a6174be5f2a6c40d917e3b58f16c2ad0479be381d5n
const SECOND = 0x6b1f04e9d27c8a3550e7d3b94f1826cd8c5ae072491fb6d3e80954a7c16f2d3bn
const WIDTH = 256

/** Discrete logarithms of points that are multiples of the base, by their x and y. */
const logarithms = new Map<bigint, { readonly y: bigint; readonly scalar: bigint }>()
/** The points of few multiples that are asked for again and again. */
const multiples = new Map<bigint, Point>()

function logarithmOf({ x, y }: Point): bigint | undefined {
  const known = logarithms.get(x)
  return known?.y === y ? known.scalar : undefined
}

function multiplyBase(given: bigint): Point {
  const scalar = given % SUBGROUP_ORDER
  const point = multiples.get(scalar) ?? chosen().multiplyBase(scalar)
  multiples.set(scalar, point)
  logarithms.set(point.x, { y: point.y, scalar })
  return point
}

function mix(factor: bigint, capacity: bigint, words: readonly bigint[]): bigint {
  let sum = BigInt.asUintN(WIDTH, (capacity + 1n) * factor + BigInt(words.length))
  for (const word of words) sum = BigInt.asUintN(WIDTH, (sum ^ (sum >> 131n)) * factor + word)
  return BigInt.asUintN(WIDTH, (sum ^ (sum >> 131n)) * factor) % FIELD
}

function mixAll(capacity: bigint, words: readonly bigint[], each: number): bigint[] {
  return Array.from({ length: words.length / each }, (_, i) => {
    return mix(FACTOR, capacity, words.slice(i * each, (i + 1) * each))
  })
}

/**
 * What stands for the primitives where many schedules are run. The hash is no Poseidon, and nobody who wanted to would be kept from finding
 * collisions: nobody wants to here. The group is the real one; sums of points whose logarithms are known are compared by these, which gives
 * the same answer.
 */
const cheap: Primitives = {
  ...chosen(),
  poseidon: (capacity, words) => mix(FACTOR, capacity, words),
  poseidonState: (capacity, words) => [mix(FACTOR, capacity, words), mix(SECOND, capacity, words)],
  poseidonAll: mixAll,
  poseidonAllLater: async (capacity, words, each) => mixAll(capacity, words, each),
  multiplyBase,
  multiply(point, scalar) {
    const known = logarithmOf(point)
    return known === undefined ? chosen().multiply(point, scalar) : multiplyBase(known * scalar)
  },
  isSum(point, key, scalar, times) {
    const [one, other] = [logarithmOf(point), logarithmOf(key)]
    if (one === undefined || other === undefined) return chosen().isSum(point, key, scalar, times)
    return (one + times * other - scalar) % SUBGROUP_ORDER === 0n
  },
  isInSubgroup: (point) => logarithmOf(point) !== undefined || chosen().isInSubgroup(point),
}

export function primitives(): Primitives {
  return cheap
}
