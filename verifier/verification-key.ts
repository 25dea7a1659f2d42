import { z } from 'zod'
import type { CircuitDefinition } from '../circuits/types.ts'
import { type ErrorCode, ZkclearError } from '../protocol/errors.ts'
import type { G1Point, G2Point } from './curve.ts'
import { g1Schema, g2Schema, parseWith } from './json.ts'
import { isMalformed, type KeyPoints, keyFaults } from './key-faults.ts'

/** A vetted Groth16 verification key; only `vetVerificationKey` makes one. Frozen. */
export interface VerificationKey {
  readonly alpha: G1Point
  readonly beta: G2Point
  readonly gamma: G2Point
  readonly delta: G2Point
  /** One point for the constant one, then one for each public signal. */
  readonly ic: readonly G1Point[]
}

/** The part of a circuit definition that says what its key looks like. */
export type KeyedCircuit = Pick<CircuitDefinition, 'name' | 'publicSignals'>

const keySchema = z.strictObject({
  protocol: z.literal('groth16'),
  curve: z.literal('bn128'),
  nPublic: z.int().nonnegative(),
  vk_alpha_1: g1Schema,
  vk_beta_2: g2Schema,
  vk_gamma_2: g2Schema,
  vk_delta_2: g2Schema,
  // The pairing of alpha and beta, which the key repeats; it is computed here, never believed.
  vk_alphabeta_12: z.unknown().optional(),
  IC: z.array(g1Schema).max(1025),
})

const vetted = new WeakSet<VerificationKey>()

/**
 * Vets a verification key in snarkjs's JSON form for a circuit. Throws ARTIFACT_CORRUPT if it is malformed, not on the curve
 * or for another number of public signals; KEY_UNSAFE if proofs can be forged under it: a point at infinity or outside the
 * group, two of beta, gamma and delta equal up to sign (a skipped phase 2 leaves gamma = delta), delta the generator of G2
 * up to sign (no contribution), or two public signals that share a point. A key it returned before passes at once.
 *
 * @example
 * const key = await vetVerificationKey(vkey, marginSufficiency)
 * const isTrue = await verify(marginSufficiency, proof, statement, { vkey: key })
 */
export async function vetVerificationKey(vkey: unknown, circuit: KeyedCircuit): Promise<VerificationKey> {
  requireKeyedCircuit(circuit)
  const key = isVetted(vkey) ? vkey : vet(vkey, circuit)
  if (key.ic.length !== circuit.publicSignals.length + 1) {
    const given = `the key is for ${key.ic.length - 1} public signals`
    refuse('ARTIFACT_CORRUPT', circuit, `${given}, the circuit has ${circuit.publicSignals.length}`)
  }
  return key
}

/** Throws INPUT_INVALID for what does not say what a circuit's key looks like. */
export function requireKeyedCircuit(circuit: KeyedCircuit): void {
  const { name, publicSignals } = Object(circuit) as Partial<KeyedCircuit>
  if (typeof name === 'string' && Array.isArray(publicSignals)) return
  throw new ZkclearError('INPUT_INVALID', 'must be a circuit, such as marginSufficiency', {
    path: 'circuit',
  })
}

function isVetted(vkey: unknown): vkey is VerificationKey {
  return typeof vkey === 'object' && vkey !== null && vetted.has(vkey as VerificationKey)
}

function vet(vkey: unknown, circuit: KeyedCircuit): VerificationKey {
  const json = parseWith(keySchema, vkey, 'ARTIFACT_CORRUPT', `verification key of ${circuit.name}`)
  if (json.IC.length !== json.nPublic + 1) {
    refuse('ARTIFACT_CORRUPT', circuit, `nPublic is ${json.nPublic}, but IC has ${json.IC.length} points`)
  }
  const points: KeyPoints = {
    alpha: json.vk_alpha_1,
    beta: json.vk_beta_2,
    gamma: json.vk_gamma_2,
    delta: json.vk_delta_2,
    ic: json.IC,
  }
  const [fault] = keyFaults(points)
  if (fault !== undefined) refuse(isMalformed(fault) ? 'ARTIFACT_CORRUPT' : 'KEY_UNSAFE', circuit, fault.message)
  const key = points as VerificationKey
  freeze(key)
  vetted.add(key)
  return key
}

/** Refuses a circuit's key for that reason. */
export function refuse(code: ErrorCode, circuit: KeyedCircuit, reason: string): never {
  throw new ZkclearError(code, `verification key of ${circuit.name} refused: ${reason}; build or fetch the key again`, {
    details: { circuit: circuit.name, reason },
  })
}

/** Freezes a value and all that it holds. */
export function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const part of Object.values(value)) freeze(part)
  Object.freeze(value)
}
