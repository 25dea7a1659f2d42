import { reduceFflonk } from './fflonk.ts'
import type { KzgKey } from './key.ts'
import { openingsHold, type Reduction } from './openings.ts'
import { reducePlonk } from './plonk.ts'
import { isWellFormed, type KzgProof } from './proof.ts'
import type { KzgSystem } from './shapes.ts'

const reducers = { plonk: reducePlonk, fflonk: reduceFflonk } as {
  [S in KzgSystem]: (key: KzgKey, proof: KzgProof, signals: readonly bigint[]) => Reduction | undefined
}

/** The openings that a proof comes down to. The proof must be well-formed; undefined if a divisor is 0. */
export function reduceProof(key: KzgKey, proof: KzgProof, signals: readonly bigint[]): Reduction | undefined {
  return reducers[proof.protocol](key, proof, signals)
}

/** Whether the proof holds under a vetted key of its proof system, for as many canonical signals as the key has. */
export function kzgProofHolds(key: KzgKey, proof: KzgProof, signals: readonly bigint[]): boolean {
  if (key.protocol !== proof.protocol || signals.length !== key.nPublic || !isWellFormed(proof)) return false
  const { inv, z } = proof.evaluations as { inv?: bigint; z?: bigint }
  // snarkjs's contract takes z - 1 for 2^256 - 1 if z is 0. Refused here too, so that all verifiers say the same.
  if (z === 0n) return false
  const reduction = reduceProof(key, proof, signals)
  return reduction !== undefined && reduction.inverse === inv && openingsHold(key.tauG2, reduction)
}
