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
  /** What only a coordinate of its key is named. */
  readonly names: RegExp
}

/** Points may stand negated, which the faults of a key do not depend on. */
const FAMILIES: readonly Family[] = [
  {
    name: 'snarkjs, constants',
    alpha: ['alphax', 'alphay'],
    g2: (point) => [`${point}x2`, `${point}x1`, `${point}y2`, `${point}y1`],
    ic: (index) => [`IC${index}x`, `IC${index}y`],
    names: /^(alpha[xy]|(beta|gamma|delta)[xy][12]|IC\d+[xy])$/,
  },
  {
    name: 'snarkjs, Pairing library',
    alpha: ['alpha.0', 'alpha.1'],
    g2: (point) => [`${point}.1`, `${point}.0`, `${point}.3`, `${point}.2`],
    ic: (index) => [`ic.${index}.0`, `ic.${index}.1`],
    names: /\./,
  },
  {
    name: 'gnark',
    alpha: ['ALPHA_X', 'ALPHA_Y'],
    g2: (point) => {
      const name = `${point.toUpperCase()}_NEG`
      return [`${name}_X_0`, `${name}_X_1`, `${name}_Y_0`, `${name}_Y_1`]
    },
    ic: (index) => (index === 0 ? ['CONSTANT_X', 'CONSTANT_Y'] : [`PUB_${index - 1}_X`, `PUB_${index - 1}_Y`]),
    names: /^((ALPHA|CONSTANT|PUB_\d+)_[XY]|(BETA|GAMMA|DELTA)_NEG_[XY]_[01])$/,
  },
]

/** zkclear names the points of IC by their public signals, in order; ONE comes first. */
function ownFamily({ values }: Coordinates): Family {
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
    names: values.has('MINUS_ALPHA_X') ? /_[XY][01]?$/ : /^(MINUS_(ALPHA|GAMMA|DELTA)|BETA|ONE)_[XY][01]?$/,
  }
}

export interface SolidityKey {
  readonly format: string
  readonly key: KeyPoints
}

/**
 * The Groth16 key in the source of a generated verifier: of snarkjs (constants, or the older Pairing library, which ZoKrates
 * has too), gnark, or zkclear. Throws INPUT_INVALID if there is none, more than one, or a coordinate that is left over or is
 * not written as a plain number: what is vetted would not be what verifies.
 */
export function readSolidityKey(source: string): SolidityKey {
  const coordinates = readCoordinates(plainCode(source))
  const families = [...FAMILIES, ownFamily(coordinates)]
  const found = families.flatMap((family) => readFamily(family, coordinates.values))
  const [first, second] = found
  if (second !== undefined)
    invalid(`holds keys of ${first!.format} and ${second.format}: give a file with one verifier`)
  if (first === undefined) return invalid('holds no Groth16 key as snarkjs, ZoKrates, gnark or zkclear write one')
  const { named, opaque } = coordinates
  const read = new Set(first.names.filter((name) => !opaque.has(name)))
  for (const name of named) {
    if (read.has(name) || !families.some(({ names }) => names.test(name))) continue
    const what = opaque.has(name)
      ? 'to which it gives something else than a number'
      : 'which has no value or no place in the key'
    invalid(`names ${name}, ${what}; give the source as it was generated`)
  }
  return { format: first.format, key: first.key }
}

/**
 * Without comments, with strings emptied (either may look like the other, or like code) and each gap as one space. What has no
 * end reaches to the end of the text or line: no pattern here is tried again and again on a long text.
 */
function plainCode(source: string): string {
  const tokens = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?/g
  return source.replace(tokens, (token) => (token.startsWith('/') ? ' ' : '""')).replace(/\s+/g, ' ')
}

interface Coordinates {
  /** What is given as a number. */
  readonly values: ReadonlyMap<string, bigint>
  /** Every name in the source; of the Pairing library's, every coordinate that it asks for. */
  readonly named: ReadonlySet<string>
  /** Names that something else than a number is given to. */
  readonly opaque: ReadonlySet<string>
}

function readCoordinates(text: string): Coordinates {
  const values = new Map<string, bigint>()
  const named = new Set([...text.matchAll(/\b[A-Za-z_]\w*/g)].map(([name]) => name))
  const opaque = new Set<string>()
  const set = (name: string, value: string) => {
    named.add(name)
    // Also a number with underscores or an exponent, of which generators write none.
    if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(value)) {
      opaque.add(name)
      return
    }
    const known = values.get(name)
    const given = BigInt(value)
    if (known !== undefined && known !== given) {
      invalid(`names ${name} twice, with different values: give a file with one verifier`)
    }
    values.set(name, given)
  }
  for (const [, name, value] of text.matchAll(
    /\buint(?:256)? (?:\w+ ){0,3}?constant (?:\w+ ){0,3}?(\w+) ?= ?([^;]{0,100});/g,
  )) {
    set(name!, value!.trim())
  }
  readPairingLibrary(text, set, named)
  return { values, named, opaque }
}

/** `vk.alfa1 = Pairing.G1Point(x, y)`, `vk.beta2 = Pairing.G2Point([x1, x0], [y1, y0])`, `vk.IC[0] = ..`. */
function readPairingLibrary(text: string, set: (name: string, value: string) => void, named: Set<string>): void {
  for (const [, field, index, value] of text.matchAll(/\.(\w+) ?(?:\[([^\]]{0,100})\])? ?=(?!=) ?([^;]{0,1000});?/g)) {
    const name = /^(alfa|alpha|beta|gamma|delta)[12]?$/.exec(field!)?.[1]?.replace('alfa', 'alpha')
    const isList = /^(IC|gamma_abc)$/.test(field!)
    if (name === undefined && !isList) continue
    const room = /^new Pairing\.G1Point\[\]\((\d+)\) ?$/.exec(value!)?.[1]
    if (isList && index === undefined && room !== undefined) {
      named.add(`ic.${Number(room) - 1}.0`)
      continue
    }
    const point = isList ? `ic.${index}` : name
    const inner = /^Pairing\.G[12]Point\((.*)\) ?$/.exec(value!)?.[1] ?? 'another expression'
    const plain = inner.replace(/\buint256\s*\(/g, '(').replace(/[()[\]\s]/g, '')
    for (const [place, coordinate] of plain.split(',').entries()) set(`${point}.${place}`, coordinate)
  }
}

interface FamilyKey extends SolidityKey {
  /** The coordinates that it is made of. */
  readonly names: readonly string[]
}

function readFamily(family: Family, values: ReadonlyMap<string, bigint>): FamilyKey[] {
  const names: string[] = []
  const all = (wanted: readonly string[]) => {
    const found = wanted.flatMap((name) => values.get(name) ?? [])
    if (found.length < wanted.length) return undefined
    names.push(...wanted)
    return found
  }
  const alpha = all(family.alpha)
  const [beta, gamma, delta] = (['beta', 'gamma', 'delta'] as const).map((point) => all(family.g2(point)))
  const ic: (G1Point | null)[] = []
  for (let point = all(family.ic(0)); point !== undefined; point = all(family.ic(ic.length))) ic.push(g1(point))
  if (!alpha || !beta || !gamma || !delta || ic.length === 0) return []
  const key = { alpha: g1(alpha), beta: g2(beta), gamma: g2(gamma), delta: g2(delta), ic }
  return [{ format: family.name, key, names }]
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
