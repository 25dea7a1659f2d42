import { ZkclearError } from '../../protocol/errors.ts'
import { readProof, verify, writeProof } from '../../verifier/index.ts'
import { statementFromJson } from '../../verifier/statement-json.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'

/** A proof that a worker made, in snarkjs's form, if it proves the job's statement; else undefined, whatever it is. */
export async function provenBy(
  { definition, vkey }: ServedCircuit,
  statementJson: unknown,
  json: unknown,
): Promise<object | undefined> {
  const statement = statementFromJson(definition, statementJson)
  try {
    const proof = readProof('groth16', json)
    return (await verify(definition, proof, statement, { vkey })) ? writeProof(proof) : undefined
  } catch (error) {
    if (error instanceof ZkclearError && error.code === 'INPUT_INVALID') return undefined
    throw error
  }
}
