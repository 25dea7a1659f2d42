import type { ProofSystem } from '../circuits/proof-systems.ts'
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

/** Reads a proof of that system in snarkjs's JSON form, strictly. Throws INPUT_INVALID. */
export function readProof<S extends ProofSystem>(system: S, json: unknown): ProofOf[S] {
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
