import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
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

/** Throws INPUT_INVALID for what is no proof with its statement. What they hold is looked at later. */
export function requireProved<Proved extends object>(proved: Proved): Proved {
  if (Object(proved) === proved && 'proof' in proved && 'statement' in proved) return proved
  throw new ZkclearError('INPUT_INVALID', 'must be a proof with its statement, as a prover returns them', {
    path: 'proved',
  })
}
