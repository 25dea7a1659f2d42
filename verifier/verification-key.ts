import { z } from 'zod'
import type { CircuitDefinition } from '../circuits/types.ts'
import { type ErrorCode, ZkclearError } from '../protocol/errors.ts'
import { type G1Point, G2_GENERATOR, type G2Point, isInG1, isInG2, isOnTwist } from './curve.ts'
import { g1Schema, g2Schema, parseWith } from './json.ts'

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
  const g1 = (point: G1Point | null, name: string): G1Point => {
    if (point === null) return refuse('KEY_UNSAFE', circuit, `${name} is the point at infinity`)
    return isInG1(point) ? point : refuse('ARTIFACT_CORRUPT', circuit, `${name} is not on the curve`)
  }
  const g2 = (point: G2Point | null, name: string): G2Point => {
    if (point === null) return refuse('KEY_UNSAFE', circuit, `${name} is the point at infinity`)
    if (isInG2(point)) return point
    if (!isOnTwist(point)) refuse('ARTIFACT_CORRUPT', circuit, `${name} is not on the curve`)
    return refuse('KEY_UNSAFE', circuit, `${name} is outside the group of order r`)
  }
  const key: VerificationKey = {
    alpha: g1(json.vk_alpha_1, 'alpha'),
    beta: g2(json.vk_beta_2, 'beta'),
    gamma: g2(json.vk_gamma_2, 'gamma'),
    delta: g2(json.vk_delta_2, 'delta'),
    ic: json.IC.map((point, index) => g1(point, `IC[${index}]`)),
  }
  refuseForgeable(key, circuit)
  freeze(key)
  vetted.add(key)
  return key
}

/** Points are equal up to sign iff their x are equal. Each case below lets anybody solve the pairing equation. */
function refuseForgeable({ beta, gamma, delta, ic }: VerificationKey, circuit: KeyedCircuit): void {
  const same = ([[a0, a1]]: G2Point, [[b0, b1]]: G2Point) => a0 === b0 && a1 === b1
  if (same(gamma, delta)) {
    refuse(
      'KEY_UNSAFE',
      circuit,
      'gamma and delta are equal up to sign (phase 2 was skipped); anybody can forge proofs',
    )
  }
  if (same(delta, G2_GENERATOR)) {
    refuse('KEY_UNSAFE', circuit, 'delta is the generator of G2 up to sign: nobody contributed to phase 2')
  }
  if (same(beta, gamma) || same(beta, delta)) {
    refuse('KEY_UNSAFE', circuit, 'beta equals gamma or delta up to sign; anybody can forge proofs')
  }
  if (new Set(ic.map(([x]) => x)).size !== ic.length) {
    refuse('KEY_UNSAFE', circuit, 'two points of IC are equal up to sign: their public signals could be exchanged')
  }
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
