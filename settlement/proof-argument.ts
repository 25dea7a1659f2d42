import type { CircuitDefinition } from '../circuits/types.ts'
import { toCalldata } from '../verifier/calldata.ts'
import type { Groth16Proof } from '../verifier/proof.ts'

/** The proof as our contracts take it: Solidity's `Proof`. Throws as `toCalldata` does. */
export function proofArgument<Statement>(
  definition: CircuitDefinition<string, Statement>,
  proof: Groth16Proof,
  statement: Statement,
) {
  const { pA, pB, pC } = toCalldata(definition, proof, statement)
  return { a: pA, b: pB, c: pC }
}
