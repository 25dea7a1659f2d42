import { ZkclearError } from '../protocol/errors.ts'
import { BASE_FIELD, type G1Point, type G2Point } from './curve.ts'
import type { KeyPoints } from './key-faults.ts'

/** How a family of generated Solidity verifiers names the coordinates of its key. */
interface Family {
  readonly name: string
  readonly alpha: readonly [x: string, y: string]
  /** The names of one point's coordinates: real and imaginary part of x, then of y. */
  g2(point: 'beta' | 'gamma' | 'delta'): readonly [x0: string, x1: string, y0: string, y1: string]
  /** The names of the coordinates of each point of IC, by its index. */
  ic(index: number): readonly [x: string, y: string]
}

/**
 * Points may stand negated, which the faults of a key do not depend on. Constants that are left over, or missing, make it none
 * of the family.
 */
const FAMILIES: readonly Family[] = [
  {
    name: 'snarkjs, constants',
    alpha: ['alphax', 'alphay'],
    g2: (point) => [`${point}x2`, `${point}x1`, `${point}y2`, `${point}y1`],
    ic: (index) => [`IC${index}x`, `IC${index}y`],
  },
  {
    name: 'snarkjs, Pairing library',
    alpha: ['alpha.0', 'alpha.1'],
    g2: (point) => [`${point}.1`, `${point}.0`, `${point}.3`, `${point}.2`],
    ic: (index) => [`ic.${index}.0`, `ic.${index}.1`],
  },
  {
    name: 'gnark',
    alpha: ['ALPHA_X', 'ALPHA_Y'],
    g2: (point) => {
      const name = `${point.toUpperCase()}_NEG`
      return [`${name}_X_0`, `${name}_X_1`, `${name}_Y_0`, `${name}_Y_1`]
    },
    ic: (index) => (index === 0 ? ['CONSTANT_X', 'CONSTANT_Y'] : [`PUB_${index - 1}_X`, `PUB_${index - 1}_Y`]),
  },
]

export interface SolidityKey {
  readonly format: string
  readonly key: KeyPoints
}

/**
 * The Groth16 key in the source of a generated verifier: of snarkjs (constants, or the older Pairing library, which ZoKrates
 * has too), gnark, or zkclear. Throws INPUT_INVALID if there is none, or more than one.
 */
export function readSolidityKey(source: string): SolidityKey {
  const text = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' ')
  const values = new Map<string, bigint>()
  const set = (name: string, value: string) => {
    const known = values.get(name)
    const given = BigInt(value)
    if (known !== undefined && known !== given) {
      invalid(`names ${name} twice, with different values: give a file with one verifier`)
    }
    values.set(name, given)
  }
  for (const [, name, value] of text.matchAll(
    /\buint(?:256)?\s+(?:\w+\s+)*?constant\s+(?:\w+\s+)*?(\w+)\s*=\s*(0x[0-9a-fA-F]+|\d+)\s*;/g,
  )) {
    set(name!, value!)
  }
  readPairingLibrary(text, set)
  for (const family of [...FAMILIES, ownFamily(values)]) {
    const key = readFamily(family, values)
    if (key !== undefined) return { format: family.name, key }
  }
  return invalid('holds no Groth16 key as snarkjs, ZoKrates, gnark or zkclear write one')
}

/** `vk.alfa1 = Pairing.G1Point(x, y)`, `vk.beta2 = Pairing.G2Point([x1, x0], [y1, y0])`, `vk.IC[0] = ..`. */
function readPairingLibrary(text: string, set: (name: string, value: string) => void): void {
  const assignment = /\b\w+\.(\w+)(?:\[(\d+)\])?\s*=\s*Pairing\.G[12]Point\(([^;]*)\)\s*;/g
  for (const [, field, index, coordinates] of text.matchAll(assignment)) {
    const plain = coordinates!.replace(/\buint256\s*\(/g, '(')
    const name = /^(alfa|alpha|beta|gamma|delta)[12]?$/.exec(field!)?.[1]?.replace('alfa', 'alpha')
    const isList = index !== undefined && /^(IC|gamma_abc)$/.test(field!)
    if (name === undefined && !isList) continue
    for (const [place, [value]] of [...plain.matchAll(/0x[0-9a-fA-F]+|\d+/g)].entries()) {
      set(isList ? `ic.${index}.${place}` : `${name}.${place}`, value)
    }
  }
}

/** zkclear names the points of IC by their public signals, in order; ONE comes first. */
function ownFamily(values: ReadonlyMap<string, bigint>): Family {
  const others = /^(MINUS_(ALPHA|GAMMA|DELTA)|BETA|ONE)_/
  const signals = [...values.keys()].filter((name) => name.endsWith('_X') && !others.test(name))
  return {
    name: 'zkclear',
    alpha: ['MINUS_ALPHA_X', 'MINUS_ALPHA_Y'],
    g2: (point) => {
      const name = point === 'beta' ? 'BETA' : `MINUS_${point.toUpperCase()}`
      return [`${name}_X0`, `${name}_X1`, `${name}_Y0`, `${name}_Y1`]
    },
    ic: (index) => {
      const name = index === 0 ? 'ONE' : (signals[index - 1]?.slice(0, -2) ?? '')
      return [`${name}_X`, `${name}_Y`]
    },
  }
}

function readFamily(family: Family, values: ReadonlyMap<string, bigint>): KeyPoints | undefined {
  const all = (names: readonly string[]) => names.map((name) => values.get(name))
  const has = (coordinates: readonly (bigint | undefined)[]): coordinates is readonly bigint[] =>
    coordinates.every((one) => one !== undefined)
  const alpha = all(family.alpha)
  const [beta, gamma, delta] = (['beta', 'gamma', 'delta'] as const).map((point) => all(family.g2(point)))
  if (!has(alpha) || !has(beta!) || !has(gamma!) || !has(delta!)) return undefined
  const ic: (G1Point | null)[] = []
  for (let point = all(family.ic(0)); has(point); point = all(family.ic(ic.length))) ic.push(g1(point))
  if (ic.length === 0) return undefined
  return { alpha: g1(alpha), beta: g2(beta), gamma: g2(gamma), delta: g2(delta), ic }
}

/** The precompiles of Ethereum write the point at infinity with coordinates 0. */
function g1([x, y]: readonly bigint[]): G1Point | null {
  return x === 0n && y === 0n ? null : [x!, y!]
}

function g2(coordinates: readonly bigint[]): G2Point | null {
  if (coordinates.every((one) => one === 0n)) return null
  const [x0, x1, y0, y1] = coordinates as [bigint, bigint, bigint, bigint]
  // Some versions write the parts in the other order: only one of the two is on the curve.
  const point: G2Point = [
    [x0, x1],
    [y0, y1],
  ]
  if (isOnTwist(point)) return point
  const swapped: G2Point = [
    [x1, x0],
    [y1, y0],
  ]
  return isOnTwist(swapped) ? swapped : point
}

/** y^2 = x^3 + 3 / (9 + u). */
function isOnTwist([x, y]: G2Point): boolean {
  const mod = (value: bigint) => ((value % BASE_FIELD) + BASE_FIELD) % BASE_FIELD
  const times = ([a0, a1]: readonly [bigint, bigint], [b0, b1]: readonly [bigint, bigint]): [bigint, bigint] => [
    mod(a0 * b0 - a1 * b1),
    mod(a0 * b1 + a1 * b0),
  ]
  const cube = times(x, times(x, x))
  const square = times(y, y)
  // Both sides times 9 + u.
  const left = times([9n, 1n], [square[0] - cube[0], square[1] - cube[1]])
  return left[0] === 3n && left[1] === 0n
}

function invalid(message: string): never {
  throw new ZkclearError('INPUT_INVALID', message)
}
