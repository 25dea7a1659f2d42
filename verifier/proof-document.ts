import type { ProfileName } from '../protocol/shape.ts'
import { type Proof, writeProof } from './systems.ts'

/** The document of a proof, a file's: the proof as snarkjs writes it, and what it proves. Nothing in it is private. */
export function proofDocument(
  { circuit, proof, statement }: { readonly circuit: string; readonly proof: Proof; readonly statement: unknown },
  profile: ProfileName,
) {
  return { version: 1, circuit, profile, proof: writeProof(proof), statement }
}
