import { FIELD } from '../numbers.ts'
import { addPoints, BASE, equal, multiplyPoint, type Point } from './baby-jubjub.ts'
import { pathNumber, searchAddon } from './native-addon.ts'
import { poseidonDigest, poseidonState } from './poseidon.ts'
import { type PoseidonParameters, poseidonParameters } from './poseidon-parameters.ts'
import { isInSubgroup } from './subgroup.ts'

/** What hashes and signatures are made of. Numbers are canonical; points are on the curve. */
export interface Primitives {
  readonly name: 'native' | 'portable'
  /** Poseidon's digest of 1 to 16 words, with that capacity element. */
  poseidon(capacity: bigint, words: readonly bigint[]): bigint
  /** All that the permutation makes of the capacity element and the words; the digest is the first. */
  poseidonState(capacity: bigint, words: readonly bigint[]): readonly bigint[]
  /** The digests of words, `each` at a time. */
  poseidonAll(capacity: bigint, words: readonly bigint[], each: number): bigint[]
  /** The same, by another thread where there is the addon. */
  poseidonAllLater(capacity: bigint, words: readonly bigint[], each: number): Promise<bigint[]>
  /** scalar * point on BabyJubJub, for 0 <= scalar < 2^256. */
  multiply(point: Point, scalar: bigint): Point
  /** scalar * BASE, for 0 <= scalar < 2^256. */
  multiplyBase(scalar: bigint): Point
  /** Whether scalar * BASE = point + times * key, for 0 <= scalar, times < 2^254. */
  isSum(point: Point, key: Point, scalar: bigint, times: bigint): boolean
  /** Whether the point is of prime order. */
  isInSubgroup(point: Point): boolean
}

/** Plain integers of JavaScript: whatever runs them, at once. */
export const portable: Primitives = {
  name: 'portable',
  poseidon: poseidonDigest,
  poseidonState,
  poseidonAll: digestAll,
  poseidonAllLater: async (capacity, words, each) => digestAll(capacity, words, each),
  multiply: multiplyPoint,
  multiplyBase: (scalar) => multiplyPoint(BASE, scalar),
  isSum: (point, key, scalar, times) => equal(multiplyPoint(BASE, scalar), addPoints(point, multiplyPoint(key, times))),
  isInSubgroup,
}

function digestAll(capacity: bigint, words: readonly bigint[], each: number): bigint[] {
  return Array.from({ length: words.length / each }, (_, i) => {
    return poseidonDigest(capacity, words.slice(i * each, (i + 1) * each))
  })
}

/** What of Poseidon the addon is told: the path, as {@link pathNumber} says, an instance's parameters, and what is hashed. */
type Hashed = [path: number, parameters: Uint8Array, partialRounds: number, capacity: bigint, words: readonly bigint[]]

/** What of the addon's exports is used here. `path` is what {@link pathNumber} says. */
export interface PrimitiveAddon {
  poseidon(...hashed: Hashed): bigint
  poseidonState(...hashed: Hashed): bigint[]
  poseidonAll(...hashed: [...Hashed, each: number, threads: number]): bigint[]
  poseidonAllLater(...hashed: [...Hashed, each: number]): Promise<bigint[]>
  multiplyBabyJubJub(path: number, x: bigint, y: bigint, scalar: bigint): [x: bigint, y: bigint]
  multiplyBase(path: number, scalar: bigint): [x: bigint, y: bigint]
  isSum(
    path: number,
    pointX: bigint,
    pointY: bigint,
    keyX: bigint,
    keyY: bigint,
    scalar: bigint,
    times: bigint,
  ): boolean
  isInSubgroup(path: number, x: bigint, y: bigint): boolean
}

/** The addon's, some thirty times as fast, or undefined. `path` may ask for less than the CPU has. */
export function nativePrimitives(path?: string): Primitives | undefined {
  const { addon } = searchAddon<PrimitiveAddon>()
  return addon && primitivesOf(addon, path)
}

/** What the addon computes. `path` may ask for less than the CPU has. */
export function primitivesOf(addon: PrimitiveAddon, path: string | undefined): Primitives {
  const number = pathNumber(path)
  const threads = globalThis.navigator?.hardwareConcurrency ?? 1
  const encoded: Uint8Array[] = []
  const instance = (words: number): [parameters: Uint8Array, partialRounds: number] => {
    const parameters = poseidonParameters(words + 1)
    encoded[words] ??= encode(parameters)
    return [encoded[words], parameters.partial.length]
  }
  return {
    name: 'native',
    poseidon: (capacity, words) => addon.poseidon(number, ...instance(words.length), capacity, words),
    poseidonState: (capacity, words) => addon.poseidonState(number, ...instance(words.length), capacity, words),
    poseidonAll: (capacity, words, each) => {
      return addon.poseidonAll(number, ...instance(each), capacity, words, each, threads)
    },
    // As anything that is promised, it fails by its promise.
    poseidonAllLater: async (capacity, words, each) => {
      return addon.poseidonAllLater(number, ...instance(each), capacity, words, each)
    },
    multiply: ({ x, y }, scalar) => toPoint(addon.multiplyBabyJubJub(number, x, y, scalar)),
    multiplyBase: (scalar) => toPoint(addon.multiplyBase(number, scalar)),
    isSum: (point, key, scalar, times) => addon.isSum(number, point.x, point.y, key.x, key.y, scalar, times),
    isInSubgroup: ({ x, y }) => addon.isInSubgroup(number, x, y),
  }
}

function toPoint([x, y]: [bigint, bigint]): Point {
  return { x, y }
}

let chosen: Primitives | undefined

/** What is fastest here, chosen when it is first needed. ZKCLEAR_NATIVE says as for proofs whether the addon may be it. */
export function primitives(): Primitives {
  chosen ??= choose(globalThis.process?.env?.ZKCLEAR_NATIVE)
  return chosen
}

function choose(requested: string | undefined): Primitives {
  if (requested === 'off') return portable
  const { addon, problem } = searchAddon<PrimitiveAddon>()
  return addon === undefined ? warningOnce(problem) : primitivesOf(addon, requested)
}

/** From so many digests on, which take plain integers some tenths of a second, it is said that they are slow. */
const WORTH_A_WARNING = 1000

/** Plain integers that say once why they are not the addon. */
function warningOnce(problem: string): Primitives {
  let left = WORTH_A_WARNING
  const count = (digests: number) => {
    if (left > 0 && digests >= left) {
      const message = `hashes and signatures are computed without the native addon, many times slower: ${problem}`
      globalThis.process?.emitWarning?.(message, { type: 'ZkclearWarning', code: 'ZKCLEAR_PLAIN_INTEGERS' })
    }
    left -= digests
  }
  return {
    ...portable,
    poseidon(capacity, words) {
      count(1)
      return portable.poseidon(capacity, words)
    },
    poseidonState(capacity, words) {
      count(1)
      return portable.poseidonState(capacity, words)
    },
    poseidonAll(capacity, words, each) {
      count(words.length / each)
      return portable.poseidonAll(capacity, words, each)
    },
    poseidonAllLater(capacity, words, each) {
      count(words.length / each)
      return portable.poseidonAllLater(capacity, words, each)
    },
  }
}

/** Parameters as prover/native/src/poseidon.hpp reads them: x 2^256 mod r, 32 bytes each, least significant first. */
function encode({ before, bridge, full, partial, after }: PoseidonParameters): Uint8Array {
  const rounds = partial.flatMap(({ constant, row, column }) => [constant, ...row, ...column])
  const values = [...before.flat(), ...bridge.flat(), ...full.flat(), ...rounds, ...after.flat()]
  const view = new DataView(new ArrayBuffer(32 * values.length))
  for (const [index, value] of values.entries()) {
    const montgomery = (value << 256n) % FIELD
    for (let word = 0; word < 4; word++) {
      view.setBigUint64(32 * index + 8 * word, BigInt.asUintN(64, montgomery >> BigInt(64 * word)), true)
    }
  }
  return new Uint8Array(view.buffer)
}
