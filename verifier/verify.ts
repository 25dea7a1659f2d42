import type { Curve, CurveBytes } from 'snarkjs'
import type { CircuitDefinition } from '../circuits/types.ts'
import { loadCurve, readG1, readG2 } from './curve.ts'
import type { KzgKey } from './kzg/key.ts'
import type { KzgProof } from './kzg/proof.ts'
import { kzgProofHolds } from './kzg/verify.ts'
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
  const key = vetted as VerificationKey
  const given = proof as Groth16Proof
  const curve = await loadCurve()
  const a = readG1(curve, given.a)
  const b = readG2(curve, given.b)
  const c = readG1(curve, given.c)
  if (!a || !b || !c) return false
  return pairingHolds(curve, key, signals, { a, b, c })
}

/** e(a, b) = e(alpha, beta) e(x, gamma) e(c, delta) with x = IC_0 + sum of signal_i IC_i. */
function pairingHolds(
  curve: Curve,
  key: VerificationKey,
  signals: readonly bigint[],
  { a, b, c }: Record<'a' | 'b' | 'c', CurveBytes>,
): Promise<boolean> {
  const { G1, G2 } = curve
  const [constant, ...points] = key.ic.map((point) => G1.fromObject(point))
  const x = points.reduce((sum, point, index) => G1.add(sum, G1.timesScalar(point, signals[index]!)), constant!)
  return curve.pairingEq(
    G1.neg(a),
    b,
    G1.fromObject(key.alpha),
    G2.fromObject(key.beta),
    x,
    G2.fromObject(key.gamma),
    c,
    G2.fromObject(key.delta),
  )
}
