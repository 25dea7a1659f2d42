import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { isG1Point, isG2Point } from './curve.ts'
import { isCanonical, type KzgProof, kzgWords } from './kzg/proof.ts'
import type { Groth16Proof } from './proof.ts'
import { encodeSignals } from './signals.ts'
import { requireProof } from './systems.ts'

/** Arguments of the generated Solidity verifier. */
export interface Calldata {
  /** `uint256[2]` */
  readonly pA: readonly [bigint, bigint]
  /** `uint256[2][2]`: the EVM wants the coefficient of u first. */
  readonly pB: readonly [readonly [bigint, bigint], readonly [bigint, bigint]]
  /** `uint256[2]` */
  readonly pC: readonly [bigint, bigint]
  readonly publicSignals: readonly bigint[]
}

/** Arguments of the Solidity verifier of a PLONK or FFLONK key. */
export interface KzgCalldata {
  /** `uint256[24]`: coordinates of the commitments, then the evaluations. */
  readonly proof: readonly bigint[]
  readonly publicSignals: readonly bigint[]
}

/** As `toCalldata`, for PLONK and FFLONK: same errors. */
export function toKzgCalldata<Statement>(
  definition: CircuitDefinition<string, Statement>,
  proof: KzgProof,
  statement: Statement,
): KzgCalldata {
  requireProof(proof)
  if (!isCanonical(proof)) {
    throw new ZkclearError('PROOF_INVALID', 'a number of the proof is missing or not below the order of its field')
  }
  return { proof: kzgWords(proof), publicSignals: encodeSignals(definition, statement) }
}

/**
 * The proof and the statement as the Solidity verifier takes them. Throws STATEMENT_INVALID for a statement outside its
 * ranges, PROOF_INVALID for a coordinate that is not canonical, INPUT_INVALID for what is no proof. Does not verify the proof.
 *
 * @example
 * const { pA, pB, pC, publicSignals } = toCalldata(marginSufficiency, proof, statement)
 */
export function toCalldata<Statement>(
  definition: CircuitDefinition<string, Statement>,
  proof: Groth16Proof,
  statement: Statement,
): Calldata {
  requireProof(proof)
  const { a, b, c } = proof
  if (!isG1Point(a) || !isG2Point(b) || !isG1Point(c)) {
    throw new ZkclearError(
      'PROOF_INVALID',
      'a coordinate of the proof is missing or not below the order of the base field',
    )
  }
  const [[x0, x1], [y0, y1]] = b
  return {
    pA: a,
    pB: [
      [x1, x0],
      [y1, y0],
    ],
    pC: c,
    publicSignals: encodeSignals(definition, statement),
  }
}
