import { bn254 } from '@noble/curves/bn254.js'

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

/** -point; the point may be infinity. */
export function negate(point: G1Point | null): G1Point | null {
  return point && [point[0], BASE_FIELD - point[1]]
}

/** The point for arithmetic. */
export function toG1([x, y]: G1Point) {
  return G1.fromAffine({ x, y })
}

export function fromG1(point: InstanceType<typeof G1>): G1Point | null {
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
