import { keccak256 } from 'ethers'
import type { Curve, CurveBytes } from 'snarkjs'
import { FIELD } from '../../protocol/numbers.ts'
import type { G1Point, G2Point } from '../curve.ts'

/** The claim that the polynomial behind `commitment` is `value` at the point `at`; `witness` commits to the quotient. */
export interface Opening {
  readonly commitment: CurveBytes
  readonly value: bigint
  readonly at: bigint
  readonly witness: G1Point
}

/** What a proof comes down to: openings, of which the second and later ones are weighed by powers of `weight`. */
export interface Reduction {
  readonly openings: readonly Opening[]
  readonly weight: bigint
  /** What FFLONK's evaluation `inv` must be: the inverse of all divisors, which spares the contract an inversion. */
  readonly inverse?: bigint
}

/** A Fiat-Shamir challenge: keccak256 of field elements and points, 32 bytes a coordinate, mod r. Infinity is (0, 0). */
export function challenge(...parts: readonly (bigint | G1Point | null)[]): bigint {
  const words = parts.flatMap((part) => (typeof part === 'bigint' ? [part] : (part ?? [0n, 0n])))
  return BigInt(keccak256(`0x${words.map((word) => word.toString(16).padStart(64, '0')).join('')}`)) % FIELD
}

/** The sum of scalar * point. */
export function combine(
  { G1 }: Curve,
  terms: readonly (readonly [scalar: bigint, point: G1Point | CurveBytes | null])[],
): CurveBytes {
  return terms.reduce((sum, [scalar, point]) => {
    if (point === null) return sum
    const bytes = point instanceof Uint8Array ? point : G1.fromObject(point)
    return G1.add(sum, G1.timesScalar(bytes, scalar))
  }, G1.zero)
}

/** e(W, tau G2) = e(C - v G1 + x W, G2) for the weighed sums over all openings. */
export function openingsHold(curve: Curve, tauG2: G2Point, { openings, weight }: Reduction): Promise<boolean> {
  const { G1, G2 } = curve
  let factor = 1n
  const weighed = openings.map((opening) => {
    const own = { ...opening, factor }
    factor = (factor * weight) % FIELD
    return own
  })
  const right = combine(
    curve,
    weighed.flatMap(({ commitment, value, at, witness, factor }) => [
      [factor, commitment],
      [(factor * (FIELD - value)) % FIELD, G1.g],
      [(factor * at) % FIELD, witness],
    ]),
  )
  const left = combine(
    curve,
    weighed.map(({ witness, factor }) => [factor, witness]),
  )
  return curve.pairingEq(G1.neg(left), G2.fromObject(tauG2), right, G2.g)
}
