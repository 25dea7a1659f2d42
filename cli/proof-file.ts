import { z } from 'zod'
import { type CircuitName, circuit, PROOF_SYSTEMS, type ProofSystem } from '../circuits/index.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { ProfileName } from '../protocol/profiles.ts'
import type { Proved } from '../prover/index.ts'
import { type Proof, readProof, writeProof } from '../verifier/index.ts'
import { parseWith, signalSchema } from '../verifier/json.ts'

const fileSchema = z.strictObject({
  version: z.literal(1),
  circuit: z.string().max(64),
  profile: z.string().max(64),
  proof: z.unknown(),
  statement: z.unknown(),
})

/** The document of a proof: the proof as snarkjs writes it, and what it proves. Nothing in it is private. */
export function proofDocument(
  { circuit, proof, statement }: Proved<string, unknown, ProofSystem>,
  profile: ProfileName,
) {
  return { version: 1, circuit, profile, proof: writeProof(proof), statement }
}

/** Reads such a document, which must be one of that circuit, profile and proof system. Throws INPUT_INVALID or STATEMENT_INVALID. */
export function readProofDocument(
  json: unknown,
  name: CircuitName,
  profile: ProfileName,
  system: ProofSystem,
): { proof: Proof; statement: unknown } {
  const file = parseWith(fileSchema, json, 'INPUT_INVALID', 'proof file')
  for (const [field, wanted] of Object.entries({ circuit: name, profile })) {
    const given = file[field as 'circuit' | 'profile']
    if (given === wanted) continue
    const message = `is ${JSON.stringify(given)}, but the command line says ${wanted}`
    throw new ZkclearError('INPUT_INVALID', message, { path: `proof file.${field}` })
  }
  const { protocol } = (file.proof ?? {}) as { protocol?: unknown }
  if (protocol !== system && PROOF_SYSTEMS.some((known) => known === protocol)) {
    const message = `is "${protocol}", but the command line says ${system}; give --proof-system ${protocol}`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'proof file.proof.protocol' })
  }
  return { proof: readProof(system, file.proof), statement: readStatement(file.statement, name) }
}

/** Reads a statement: an object with a decimal string for each public input. Throws INPUT_INVALID or STATEMENT_INVALID. */
export function readStatement(json: unknown, name: CircuitName): unknown {
  const definition: CircuitDefinition = circuit(name) as CircuitDefinition
  const fields = Object.fromEntries(definition.publicSignals.map((signal) => [signal, signalSchema]))
  const values = parseWith(z.strictObject(fields), json, 'INPUT_INVALID', 'statement')
  return definition.decodeStatement(definition.publicSignals.map((signal) => values[signal]!))
}
