import { FIELD } from '../numbers.ts'
import { multiplyPoint, type Point } from './baby-jubjub.ts'
import { searchAddon } from './native-addon.ts'
import { poseidonDigest } from './poseidon.ts'
import { type PoseidonParameters, poseidonParameters } from './poseidon-parameters.ts'

/** What hashes and signatures are made of. Numbers are canonical; points are on the curve. */
export interface Primitives {
  readonly name: 'native' | 'portable'
  /** Poseidon's digest of 1 to 16 words, with that capacity element. */
  poseidon(capacity: bigint, words: readonly bigint[]): bigint
  /** scalar * point on BabyJubJub, for 0 <= scalar < 2^256. */
  multiply(point: Point, scalar: bigint): Point
}

/** Plain integers of JavaScript: whatever runs them, at once. */
export const portable: Primitives = { name: 'portable', poseidon: poseidonDigest, multiply: multiplyPoint }

/** What of the addon's exports is used here. */
interface PrimitiveAddon {
  poseidon(
    portable: number,
    parameters: Uint8Array,
    partialRounds: number,
    capacity: bigint,
    words: readonly bigint[],
  ): bigint
  multiplyBabyJubJub(portable: number, x: bigint, y: bigint, scalar: bigint): [x: bigint, y: bigint]
}

/** The addon's, about ten times as fast, or undefined. `path` portable does without the CPU's carry chains. */
export function nativePrimitives(path?: string): Primitives | undefined {
  const { addon } = searchAddon<PrimitiveAddon>()
  if (addon === undefined) return undefined
  const plain = path === 'portable' ? 1 : 0
  const encoded: Uint8Array[] = []
  return {
    name: 'native',
    poseidon(capacity, words) {
      const parameters = poseidonParameters(words.length + 1)
      encoded[words.length] ??= encode(parameters)
      return addon.poseidon(plain, encoded[words.length]!, parameters.partial.length, capacity, words)
    },
    multiply({ x, y }, scalar) {
      const [productX, productY] = addon.multiplyBabyJubJub(plain, x, y, scalar)
      return { x: productX, y: productY }
    },
  }
}

let chosen: Primitives | undefined

/** What is fastest here, chosen when it is first needed. ZKCLEAR_NATIVE says as for proofs whether the addon may be it. */
export function primitives(): Primitives {
  chosen ??= choose(globalThis.process?.env?.ZKCLEAR_NATIVE)
  return chosen
}

function choose(requested: string | undefined): Primitives {
  return (requested === 'off' ? undefined : nativePrimitives(requested)) ?? portable
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
