import { z } from 'zod'
import type { G1Point, G2Point } from './curve.ts'
import {
  curveSchema,
  type G1Json,
  type G2Json,
  g1Schema,
  g1ToJson,
  g2Schema,
  g2ToJson,
  parseWith,
  signalSchema,
  withTwoCoordinates,
} from './json.ts'

/** A Groth16 proof over BN254 in affine coordinates. */
export interface Groth16Proof {
  readonly a: G1Point
  readonly b: G2Point
  readonly c: G1Point
}

/** The proof as snarkjs writes it. */
export interface Groth16ProofJson {
  pi_a: G1Json
  pi_b: G2Json
  pi_c: G1Json
  protocol: 'groth16'
  curve: 'bn128'
}

const INFINITE = 'is the point at infinity, which no honest proof contains'
const finiteG1 = withTwoCoordinates(
  g1Schema.refine((point) => point !== null, INFINITE),
  '1',
)
const finiteG2 = withTwoCoordinates(
  g2Schema.refine((point) => point !== null, INFINITE),
  ['1', '0'],
)

const proofSchema = z.strictObject({
  pi_a: finiteG1,
  pi_b: finiteG2,
  pi_c: finiteG1,
  protocol: z.literal('groth16'),
  curve: curveSchema,
})

/**
 * Reads snarkjs's JSON form, strictly: exact fields, canonical decimal strings below the base field's order, no point at
 * infinity. The forms of other tools are read too: without `curve` (rapidsnark), with another of its names, with points of
 * two coordinates. Throws INPUT_INVALID. Whether the points lie on the curve is for `verify` to say.
 */
export function proofFromJson(json: unknown): Groth16Proof {
  const { pi_a, pi_b, pi_c } = parseWith(proofSchema, json, 'INPUT_INVALID', 'proof')
  return { a: pi_a!, b: pi_b!, c: pi_c! }
}

/** The proof as snarkjs writes it; `proofFromJson` reads it back. */
export function proofToJson(proof: Groth16Proof): Groth16ProofJson {
  return {
    pi_a: g1ToJson(proof.a),
    pi_b: g2ToJson(proof.b),
    pi_c: g1ToJson(proof.c),
    protocol: 'groth16',
    curve: 'bn128',
  }
}

/** Reads public signals: an array of canonical decimal strings below r. Throws INPUT_INVALID. */
export function publicSignalsFromJson(json: unknown): readonly bigint[] {
  return parseWith(z.array(signalSchema).max(1024), json, 'INPUT_INVALID', 'publicSignals')
}

/** The inverse of `publicSignalsFromJson`. */
export function publicSignalsToJson(signals: readonly bigint[]): string[] {
  return signals.map(String)
}
