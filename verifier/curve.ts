import { bn254 } from '@noble/curves/bn254.js'
import { FIELD } from '../protocol/numbers.ts'

const G1 = bn254.G1.Point
const G2 = bn254.G2.Point

/** Order of the base field of BN254: coordinates of points are below it. */
export const BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

/** Affine coordinates of a point of G1, canonical: each in [0, BASE_FIELD). */
export type G1Point = readonly [x: bigint, y: bigint]

/** An element c0 + c1 u of the quadratic extension, u^2 = -1. */
export type Fq2 = readonly [c0: bigint, c1: bigint]

/** Affine coordinates of a point of G2, canonical. */
export type G2Point = readonly [x: Fq2, y: Fq2]

/** Whether x is a canonical coordinate, 0 <= x < BASE_FIELD. */
function isCoordinate(x: unknown): x is bigint {
  return typeof x === 'bigint' && x >= 0n && x < BASE_FIELD
}

/** Whether it is a pair of canonical coordinates, which need not lie on the curve. */
export function isG1Point(point: unknown): point is G1Point {
  return isPair(point) && isCoordinate(point[0]) && isCoordinate(point[1])
}

/** As `isG1Point`, for G2. */
export function isG2Point(point: unknown): point is G2Point {
  return isPair(point) && isG1Point(point[0]) && isG1Point(point[1])
}

/** Whether it is a point of G1 other than infinity, in canonical affine coordinates. */
export function isInG1(point: unknown): point is G1Point {
  return isG1Point(point) && isOnCurve(G1, point[0], point[1])
}

/** As `isInG1`; the curve of G2 has points outside the group of order r, and they are not in G2. */
export function isInG2(point: unknown): point is G2Point {
  if (!isOnTwist(point)) return false
  const element = toG2(point)
  return element.multiplyUnsafe(FIELD - 1n).equals(element.negate())
}

/** Whether it is a finite point of the curve of which G2 is a part. */
export function isOnTwist(point: unknown): point is G2Point {
  return isG2Point(point) && isOnCurve(G2, toFp2(point[0]), toFp2(point[1]))
}

/** y^2 = x^3 + b, which (0, 0) does not satisfy either. */
function isOnCurve<F>({ Fp, CURVE }: { Fp: CurveField<F>; CURVE: () => { b: F } }, x: F, y: F): boolean {
  return Fp.eql(Fp.sqr(y), Fp.add(Fp.mul(Fp.sqr(x), x), CURVE().b))
}

interface CurveField<F> {
  eql(a: F, b: F): boolean
  add(a: F, b: F): F
  mul(a: F, b: F): F
  sqr(a: F): F
}

/** The generators. */
export const G1_GENERATOR: G1Point = fromG1(G1.BASE)!
export const G2_GENERATOR: G2Point = fromG2(G2.BASE)

/** Bits of a scalar that are read at once. */
const WINDOW = 4

/**
 * The sum of scalar * point over points of G1, null being infinity; all terms share their doublings. Throws a RangeError for
 * a scalar outside [0, r).
 */
export function combine(terms: readonly (readonly [scalar: bigint, point: G1Point | null])[]): G1Point | null {
  const finite = terms.flatMap(([scalar, point]) => {
    if (scalar < 0n || scalar >= FIELD) throw new RangeError('a scalar is at least 0 and below r')
    return point === null ? [] : [{ scalar, multiples: multiplesOf(toG1(point)) }]
  })
  let sum = G1.ZERO
  for (let shift = 256 - WINDOW; shift >= 0; shift -= WINDOW) {
    for (let i = 0; i < WINDOW; i++) sum = sum.double()
    for (const { scalar, multiples } of finite) {
      const digit = Number(BigInt.asUintN(WINDOW, scalar >> BigInt(shift)))
      if (digit > 0) sum = sum.add(multiples[digit]!)
    }
  }
  return fromG1(sum)
}

/** Those that a digit may ask for. */
function multiplesOf(point: InstanceType<typeof G1>) {
  const multiples = [G1.ZERO]
  while (multiples.length < 1 << WINDOW) multiples.push(multiples.at(-1)!.add(point))
  return multiples
}

/** -point; the point may be infinity. */
export function negate(point: G1Point | null): G1Point | null {
  return point && [point[0], BASE_FIELD - point[1]]
}

/**
 * Whether the product of the pairings of points of G1, null being infinity, with points of G2 is one. That the points are in
 * their groups is for the caller to check.
 */
export function pairingIsOne(pairs: readonly (readonly [G1Point | null, G2Point])[]): boolean {
  const loops = pairs.flatMap(([g1, g2]) => (g1 === null ? [] : [[linesOf(g2), ...g1] as [Lines, bigint, bigint]]))
  const { Fp12 } = bn254.fields
  return Fp12.eql(Fp12.finalExponentiate(bn254.millerLoopBatch(loops)), Fp12.ONE)
}

/** The lines through multiples of a point of G2 that its pairings evaluate. */
type Lines = ReturnType<typeof bn254.utils.calcPairingPrecomputes>

/** The lines of points that cannot change, as those of vetted keys. */
const knownLines = new WeakMap<G2Point, Lines>()

function linesOf(point: G2Point): Lines {
  const known = knownLines.get(point)
  if (known !== undefined) return known
  const lines = bn254.utils.calcPairingPrecomputes(toG2(point))
  if ([point, ...point].every(Object.isFrozen)) knownLines.set(point, lines)
  return lines
}

/** The point for arithmetic. */
export function toG1([x, y]: G1Point) {
  return G1.fromAffine({ x, y })
}

function fromG1(point: InstanceType<typeof G1>): G1Point | null {
  if (point.is0()) return null
  const { x, y } = point.toAffine()
  return [x, y]
}

/** As `toG1`, for G2. */
export function toG2([x, y]: G2Point) {
  return G2.fromAffine({ x: toFp2(x), y: toFp2(y) })
}

function fromG2(point: InstanceType<typeof G2>): G2Point {
  const { x, y } = point.toAffine()
  return [
    [x.c0, x.c1],
    [y.c0, y.c1],
  ]
}

function toFp2([c0, c1]: Fq2) {
  return { c0, c1 }
}

/** Entries are read one by one afterwards: `every` would skip the holes of a sparse array. */
function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2
}
