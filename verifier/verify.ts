import type { Curve, CurveBytes } from 'snarkjs'
import type { CircuitDefinition } from '../circuits/types.ts'
import { loadCurve, readG1, readG2 } from './curve.ts'
import type { Groth16Proof } from './proof.ts'
import { encodeSignals } from './signals.ts'
import { type VerificationKey, vetVerificationKey } from './verification-key.ts'

export interface VerifyOptions {
  /** The circuit's key: snarkjs's JSON form, which is vetted each time, or what `vetVerificationKey` returned. */
  vkey: unknown
}

/**
 * Whether `proof` proves the circuit's claim about `statement`. False for every proof that does not, also one with
 * coordinates that are not canonical, points at infinity, off the curve or outside the group. Throws STATEMENT_INVALID for a
 * statement outside its ranges, and as `vetVerificationKey` does for a bad key.
 */
export async function verify<Statement>(
  definition: CircuitDefinition<string, Statement>,
  proof: Groth16Proof,
  statement: Statement,
  { vkey }: VerifyOptions,
): Promise<boolean> {
  const signals = encodeSignals(definition, statement)
  const key = await vetVerificationKey(vkey, definition)
  const curve = await loadCurve()
  const a = readG1(curve, proof.a)
  const b = readG2(curve, proof.b)
  const c = readG1(curve, proof.c)
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
