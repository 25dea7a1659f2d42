import { createHash } from 'node:crypto'
import type { CurveBytes } from '../dev/curve-types.ts'
import { ChaChaStream } from './chacha-stream.ts'
import type { Contribution } from './contributions.ts'
import type { CeremonyCurve } from './curve.ts'

/** What a contribution is bound to: the transcript before it, by its digest, and what its contributor says. */
export interface BoundFacts {
  readonly circuit: string
  readonly previous: string
  readonly name: string
  readonly attestation: string
}

/**
 * Seed of the point s that a contribution multiplies by its secret x. Whoever rewrites a word of the transcript before a
 * contribution, or of the contribution itself, must show x s for another s, and so must know the secret of every contributor
 * from there on: one who forgot it is enough to bind all that came before.
 */
export function bindingSeed({ circuit, previous, name, attestation }: BoundFacts): string {
  const facts = JSON.stringify(['zkclear-ceremony contribution', circuit, previous, name, attestation])
  return createHash('sha256').update(facts).digest('hex')
}

/** The point of a seed. Nobody knows its discrete logarithm. */
export function bindingPoint({ G1 }: CeremonyCurve, seed: string): CurveBytes {
  return G1.toAffine(G1.fromRng(new ChaChaStream(Buffer.from(seed, 'hex'))))
}

/** Whether a contribution was made to this transcript and with these words. */
export function isBound(curve: CeremonyCurve, { g1s }: Contribution, facts: BoundFacts): boolean {
  return curve.G1.eq(bindingPoint(curve, bindingSeed(facts)), g1s)
}
