import { invert, reduce } from '../field.ts'
import { FIELD } from '../numbers.ts'

/** BabyJubJub is A x^2 + y^2 = 1 + D x^2 y^2 over the field in which circuits compute (EIP-2494). */
const A = 168700n
const D = 168696n

/** Order of the subgroup in which keys lie; the curve has eight times as many points. */
export const SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n

/** Canonical affine coordinates. */
export interface Point {
  readonly x: bigint
  readonly y: bigint
}

export const NEUTRAL: Point = { x: 0n, y: 1n }

/** Generator of the subgroup: circomlib's Base8. */
export const BASE: Point = {
  x: 5299619240641551281634865583518297030282874472190772894086521144482721001553n,
  y: 16950150798460657717958625567821834550301663161624707787222815936182638968203n,
}

/** Whether the coordinates are canonical and those of a point of the curve, in whichever subgroup. */
export function isOnCurve({ x, y }: Point): boolean {
  if ([x, y].some((coordinate) => coordinate < 0n || coordinate >= FIELD)) return false
  const [xx, yy] = [(x * x) % FIELD, (y * y) % FIELD]
  return (A * xx + yy - 1n - D * ((xx * yy) % FIELD)) % FIELD === 0n
}

export function equal(p: Point, q: Point): boolean {
  return p.x === q.x && p.y === q.y
}

/** x = X / Z, y = Y / Z, x y = T / Z. */
type Extended = readonly [x: bigint, y: bigint, z: bigint, t: bigint]

function extend({ x, y }: Point): Extended {
  return [x, y, 1n, (x * y) % FIELD]
}

function toAffine([x, y, z]: Extended): Point {
  const inverse = invert(z)
  return { x: (x * inverse) % FIELD, y: (y * inverse) % FIELD }
}

/** Hisil, Wong, Carter and Dawson (2008). Without exceptions: A is a square of the field, D is none. */
function sum([x1, y1, z1, t1]: Extended, [x2, y2, z2, t2]: Extended): Extended {
  const xx = (x1 * x2) % FIELD
  const yy = (y1 * y2) % FIELD
  const tt = (D * ((t1 * t2) % FIELD)) % FIELD
  const zz = (z1 * z2) % FIELD
  const e = (x1 + y1) * (x2 + y2) - xx - yy
  const [f, g, h] = [zz - tt, zz + tt, yy - A * xx]
  return [reduce(e * f), reduce(g * h), reduce(f * g), reduce(e * h)]
}

/** The sum of two points of the curve. */
export function addPoints(p: Point, q: Point): Point {
  return toAffine(sum(extend(p), extend(q)))
}

/** scalar * p for a point of the curve and any scalar >= 0. How long it takes depends on the scalar. */
export function multiplyPoint(p: Point, scalar: bigint): Point {
  let result = extend(NEUTRAL)
  let power = extend(p)
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = sum(result, power)
    power = sum(power, power)
  }
  return toAffine(result)
}
