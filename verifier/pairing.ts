import { pathNumber, searchAddon } from '../protocol/crypto/native-addon.ts'
import { FIELD } from '../protocol/numbers.ts'
import { type G1Point, type G2Point, isOnTwist } from './curve.ts'
import type { CurveOperations } from './curve-operations.ts'
import { type CurveAddon, nativeCurve } from './native-curve.ts'
import { nobleCurve } from './noble-curve.ts'

let chosen: CurveOperations | undefined

/** What is fastest here, chosen when it is first needed. ZKCLEAR_NATIVE says as for proofs whether the addon may be it. */
function operations(): CurveOperations {
  chosen ??= choose(globalThis.process?.env?.ZKCLEAR_NATIVE)
  return chosen
}

function choose(requested: string | undefined): CurveOperations {
  const addon = requested === 'off' ? undefined : searchAddon<CurveAddon>().addon
  return addon === undefined ? nobleCurve : nativeCurve(addon, pathNumber(requested))
}

/** As `isInG1`; the curve of G2 has points outside the group of order r, and they are not in G2. */
export function isInG2(point: unknown, { isOfOrder } = operations()): point is G2Point {
  return isOnTwist(point) && isOfOrder(point)
}

/** The sum of scalar * point over points of G1, null being infinity. Throws a RangeError for a scalar outside [0, r). */
export function combine(
  terms: readonly (readonly [scalar: bigint, point: G1Point | null])[],
  by = operations(),
): G1Point | null {
  const finite = terms.flatMap(([scalar, point]) => {
    if (scalar < 0n || scalar >= FIELD) throw new RangeError('a scalar is at least 0 and below r')
    return point === null ? [] : [[scalar, point] as const]
  })
  return by.combine(finite)
}

/**
 * Whether the product of the pairings of points of G1, null being infinity, with points of G2 is one. That the points are in
 * their groups is for the caller to check.
 */
export function pairingIsOne(pairs: readonly (readonly [G1Point | null, G2Point])[], by = operations()): boolean {
  return by.pairingIsOne(pairs.flatMap(([g1, g2]) => (g1 === null ? [] : [[g1, g2] as const])))
}
