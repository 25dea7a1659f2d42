import type { G1Point, G2Point } from './curve.ts'

/** What takes time when a proof is verified. Points are finite, on their curves, and canonical. */
export interface CurveOperations {
  readonly name: 'native' | 'noble'
  /** Whether a point of the curve that G2 is a part of is of order r. */
  isOfOrder(point: G2Point): boolean
  /** The sum of scalar * point, for 0 <= scalar < r; null is infinity. */
  combine(terms: readonly (readonly [scalar: bigint, point: G1Point])[]): G1Point | null
  /** Whether the product of the pairings of at most eight points of the groups is one. */
  pairingIsOne(pairs: readonly (readonly [G1Point, G2Point])[]): boolean
}
