import { type Point, SUBGROUP_ORDER } from '../../../../protocol/crypto/baby-jubjub.ts'
import { primitives as chosen, type Primitives } from '../../../../protocol/crypto/primitives.ts'
import { FIELD } from '../../../../protocol/numbers.ts'

/** Odd numbers of 64 bits, drawn at random. What is done with so many bits at once is done without an object for each step. */
const FACTOR = 0x9d3f7a1c5b86e24fn
const SECOND = 0x6b1f04e9d27c8a35n
/** For what of a word is beyond its first 64 bits. */
const BEYOND = 0xa6c40d917e3b58f1n
const END = 1n << 64n
/** Makes a challenge, which has no tag, out of a digest: such a multiple of the key has to be what a circuit can prove (challenge.ts). */
const SPREAD = 0x1b1f04e9d27c8a3550e7d3b94f1826cd8c5ae072491fb6d3e80954a7c16f2d3bn

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

function challenge(words: readonly bigint[]): bigint {
  return (mix(FACTOR, 0n, words) * SPREAD) % FIELD
}

/** A digest of 64 bits of so many words, from that place on. */
function mix(factor: bigint, capacity: bigint, words: readonly bigint[], from = 0, count = words.length): bigint {
  let sum = BigInt.asUintN(64, (capacity + 1n) * factor + BigInt(count))
  for (let at = from; at < from + count; at++) {
    let rest = words[at]!
    sum = BigInt.asUintN(64, (sum ^ (sum >> 29n)) * factor + BigInt.asUintN(64, rest))
    while (rest >= END) {
      rest >>= 64n
      sum = BigInt.asUintN(64, (sum ^ (sum >> 29n)) * BEYOND + BigInt.asUintN(64, rest))
    }
  }
  sum = BigInt.asUintN(64, (sum ^ (sum >> 29n)) * factor)
  return sum ^ (sum >> 32n)
}

function mixAll(capacity: bigint, words: readonly bigint[], each: number): bigint[] {
  return Array.from({ length: words.length / each }, (_, i) => mix(FACTOR, capacity, words, i * each, each))
}

/**
 * What stands for the primitives where many schedules are run. The hash is no Poseidon, and nobody who wanted to would be kept from finding
 * collisions: nobody wants to here. The group is the real one; sums of points whose logarithms are known are compared by these, which gives
 * the same answer.
 */
const cheap: Primitives = {
  ...chosen(),
  poseidon: (capacity, words) => (capacity === 0n ? challenge(words) : mix(FACTOR, capacity, words)),
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
