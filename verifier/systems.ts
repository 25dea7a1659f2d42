import { PROOF_SYSTEMS, type ProofSystem } from '../circuits/proof-systems.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { type KzgKeyOf, vetKzgKey } from './kzg/key.ts'
import { type FflonkProof, type KzgProofJson, kzgProofFromJson, kzgProofToJson, type PlonkProof } from './kzg/proof.ts'
import { type Groth16Proof, type Groth16ProofJson, proofFromJson, proofToJson } from './proof.ts'
import { type KeyedCircuit, type VerificationKey, vetVerificationKey } from './verification-key.ts'

/** What a proof is in each proof system. */
export interface ProofOf {
  groth16: Groth16Proof
  plonk: PlonkProof
  fflonk: FflonkProof
}

/** What a vetted verification key is in each proof system. */
export interface KeyOf {
  groth16: VerificationKey
  plonk: KzgKeyOf<'plonk'>
  fflonk: KzgKeyOf<'fflonk'>
}

export type Proof = ProofOf[ProofSystem]

/** The proof system that a proof is of. */
export function proofSystemOf(proof: Proof): ProofSystem {
  return 'protocol' in proof ? proof.protocol : 'groth16'
}

/** Throws INPUT_INVALID for what is no proof in this library's form, such as its JSON. What it proves is not looked at. */
export function requireProof(proof: unknown): asserts proof is Proof {
  const given = Object(proof) as object
  if (given === proof && (['a', 'b', 'c'].every((name) => name in given) || 'points' in given)) return
  const found = proof === null ? 'null' : Array.isArray(proof) ? 'an array' : `a value of type ${typeof proof}`
  const message = `is ${found} that is no proof; take what the prover returned, or read JSON with readProof first`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'proof' })
}

/** The proof system that a verification key says it is for; for what says none, Groth16, whose vetting finds the fault. */
export function keySystemOf(vkey: unknown): ProofSystem {
  const { protocol } = Object(vkey) as { protocol?: unknown }
  return PROOF_SYSTEMS.find((known) => known === protocol) ?? 'groth16'
}

/**
 * Reads a proof of that system in snarkjs's JSON form, strictly. Throws INPUT_INVALID.
 *
 * @example
 * const proof = readProof('groth16', JSON.parse(await readFile('proof.json', 'utf8')))
 */
export function readProof<S extends ProofSystem>(system: S, json: unknown): ProofOf[S] {
  if (!PROOF_SYSTEMS.includes(system)) {
    throw new ZkclearError('INPUT_INVALID', `must be one of ${PROOF_SYSTEMS.join(', ')}`, { path: 'system' })
  }
  const proof: Proof = system === 'groth16' ? proofFromJson(json) : kzgProofFromJson(system, json)
  return proof as ProofOf[S]
}

/** The proof as snarkjs writes it. */
export function writeProof(proof: Proof): Groth16ProofJson | KzgProofJson {
  return 'protocol' in proof ? kzgProofToJson(proof) : proofToJson(proof)
}

/** Vets a verification key of that system for a circuit; see `vetVerificationKey` and `vetKzgKey`. */
export async function vetKey<S extends ProofSystem>(
  system: S,
  vkey: unknown,
  circuit: KeyedCircuit,
): Promise<KeyOf[S]> {
  const key = system === 'groth16' ? vetVerificationKey(vkey, circuit) : vetKzgKey(system, vkey, circuit)
  return (await key) as KeyOf[S]
}
