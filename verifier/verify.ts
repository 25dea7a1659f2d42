import type { CircuitDefinition } from '../circuits/types.ts'
import { isInG1, negate } from './curve.ts'
import type { KzgKey } from './kzg/key.ts'
import type { KzgProof } from './kzg/proof.ts'
import { kzgProofHolds } from './kzg/verify.ts'
import { combine, isInG2, pairingIsOne } from './pairing.ts'
import type { Groth16Proof } from './proof.ts'
import { encodeSignals } from './signals.ts'
import { keySystemOf, type Proof, proofSystemOf, requireProof, vetKey } from './systems.ts'
import type { VerificationKey } from './verification-key.ts'

export interface VerifyOptions {
  /** The circuit's key for the proof's system: snarkjs's JSON form, which is vetted each time, or what vetting returned. */
  vkey: unknown
}

/**
 * Whether `proof`, of any proof system, proves the circuit's claim about `statement`. False for every proof that does not,
 * also one of another proof system than the key, or with numbers that are not canonical, points at infinity, off the curve or
 * outside the group. Throws STATEMENT_INVALID for a statement outside its ranges, INPUT_INVALID for a definition or a proof
 * that is none (null, or a proof's JSON), and as `vetVerificationKey` and `vetKzgKey` do for a bad key.
 *
 * @example
 * if (!(await verify(marginSufficiency, proof, statement, { vkey }))) throw new Error('the proof is false')
 */
export async function verify<Statement>(
  definition: CircuitDefinition<string, Statement>,
  proof: Proof,
  statement: Statement,
  options: VerifyOptions,
): Promise<boolean> {
  const signals = encodeSignals(definition, statement)
  requireProof(proof)
  const vkey = options?.vkey
  const system = keySystemOf(vkey)
  const vetted = await vetKey(system, vkey, definition)
  if (proofSystemOf(proof) !== system) return false
  if (system !== 'groth16') return kzgProofHolds(vetted as KzgKey, proof as KzgProof, signals)
  const { a, b, c } = proof as Groth16Proof
  if (!isInG1(a) || !isInG2(b) || !isInG1(c)) return false
  return pairingHolds(vetted as VerificationKey, signals, { a, b, c })
}

/** e(a, b) = e(alpha, beta) e(x, gamma) e(c, delta) with x = IC_0 + sum of signal_i IC_i. */
function pairingHolds(key: VerificationKey, signals: readonly bigint[], { a, b, c }: Groth16Proof): boolean {
  const [constant, ...points] = key.ic
  const x = combine([[1n, constant!], ...points.map((point, index) => [signals[index]!, point] as const)])
  return pairingIsOne([
    [negate(a), b],
    [key.alpha, key.beta],
    [x, key.gamma],
    [c, key.delta],
  ])
}
