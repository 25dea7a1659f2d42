import { type Curve, type CurveBytes, curves } from 'snarkjs'

/** Order of the base field of BN254: coordinates of points are below it. */
export const BASE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

/** Affine coordinates of a point of G1, canonical: each in [0, BASE_FIELD). */
export type G1Point = readonly [x: bigint, y: bigint]

/** An element c0 + c1 u of the quadratic extension, u^2 = -1. */
export type Fq2 = readonly [c0: bigint, c1: bigint]

/** Affine coordinates of a point of G2, canonical. */
export type G2Point = readonly [x: Fq2, y: Fq2]

let bn254: Promise<Curve> | undefined

/**
 * snarkjs's BN254 without threads, built once (about 150 ms). Its threaded twin is shared by everything in the process, keeps
 * it alive until somebody terminates it, and breaks whoever still uses it then; four pairings need no threads.
 */
export function loadCurve(): Promise<Curve> {
  bn254 ??= curves.getCurveFromName('bn128', { singleThread: true })
  return bn254
}

/** Whether x is a canonical coordinate, 0 <= x < BASE_FIELD. */
export function isCoordinate(x: unknown): x is bigint {
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

/** The library's form of canonical affine coordinates; undefined unless they are a point of G1 other than infinity. */
export function readG1(curve: Curve, point: G1Point): CurveBytes | undefined {
  if (!isG1Point(point)) return undefined
  const bytes = curve.G1.fromObject(point)
  return !curve.G1.isZero(bytes) && curve.G1.isValid(bytes) ? bytes : undefined
}

/** As `readG1`; the curve of G2 has points outside the group of order r, and they are refused too. */
export function readG2(curve: Curve, point: G2Point): CurveBytes | undefined {
  if (!isG2Point(point)) return undefined
  const bytes = curve.G2.fromObject(point)
  if (curve.G2.isZero(bytes) || !curve.G2.isValid(bytes)) return undefined
  return curve.G2.isZero(curve.G2.timesScalar(bytes, curve.r)) ? bytes : undefined
}

/** Entries are read one by one afterwards: `every` would skip the holes of a sparse array. */
function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2
}
