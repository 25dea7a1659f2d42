import { keccak256OfWords } from '../../protocol/crypto/keccak256.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { G1_GENERATOR, type G1Point, G2_GENERATOR, type G2Point, negate } from '../curve.ts'
import { combine, pairingIsOne } from '../pairing.ts'

/** The claim that the polynomial behind `commitment` is `value` at the point `at`; `witness` commits to the quotient. */
export interface Opening {
  readonly commitment: G1Point | null
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
  return keccak256OfWords(words) % FIELD
}

/** e(W, tau G2) = e(C - v G1 + x W, G2) for the weighed sums over all openings. */
export function openingsHold(tauG2: G2Point, { openings, weight }: Reduction): boolean {
  let factor = 1n
  const weighed = openings.map((opening) => {
    const own = { ...opening, factor }
    factor = (factor * weight) % FIELD
    return own
  })
  const right = combine(
    weighed.flatMap(({ commitment, value, at, witness, factor }) => [
      [factor, commitment] as const,
      [(factor * (FIELD - value)) % FIELD, G1_GENERATOR] as const,
      [(factor * at) % FIELD, witness] as const,
    ]),
  )
  const left = combine(weighed.map(({ witness, factor }) => [factor, witness]))
  return pairingIsOne([
    [negate(left), tauG2],
    [right, G2_GENERATOR],
  ])
}
