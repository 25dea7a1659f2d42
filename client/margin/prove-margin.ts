import type { MarginStatement, MarginWitness } from '../../circuits/margin-sufficiency/statement.ts'
import type { Progress } from '../../circuits/types.ts'
import { type Json, toJson } from '../../venue/files/schema.ts'
import type { Groth16Proof } from '../../verifier/proof.ts'
import { proofDocument } from '../../verifier/proof-document.ts'
import type { Opening } from '../session.ts'
import { type MarginTerms, marginClaim, type OwnerSecrets } from './claim.ts'

export interface MarginProvingOptions {
  /** Makes the call fail with ABORTED. */
  readonly signal?: AbortSignal | undefined
  /** Stages `witness`, `prove` and `verify`, each from 0 to 1. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** What proves, and verifies what it proved: `createProver` in Node, `WorkerProver` in a browser. */
export interface MarginProver {
  prove(
    circuit: 'margin-sufficiency',
    statement: MarginStatement,
    witness: MarginWitness,
    options?: MarginProvingOptions,
  ): Promise<{ readonly proof: Groth16Proof; readonly statement: MarginStatement }>
}

export interface ProveMarginOptions extends MarginProvingOptions, MarginTerms {
  /** What the venue tells of the account: `session.opening()`. */
  readonly opening: Opening
  /** The account's. They go to the prover, and nowhere else. */
  readonly secrets: OwnerSecrets
  readonly prover: MarginProver
}

/** A proof of margin, with what a contract is told beside it. */
export interface ProvedMargin {
  readonly proof: Groth16Proof
  readonly statement: MarginStatement
  /** Since when the state root was the chain's, in unix seconds: what MarginGate is told as `since`. */
  readonly rootSince: bigint
  /** The proof's file, as `zkclear prove` writes it; nothing in it is private. */
  readonly document: Json
}

/**
 * Proves that an account has enough margin, without telling which. Throws as `marginClaim` and as the prover does: WITNESS_FAILED says
 * by how much the account misses the ratio.
 *
 * @example
 * await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency'] })
 * const terms = { domain, ratioBps: 10_000n, context: marginContext(gate, purpose) }
 * const { document } = await proveMargin({ ...terms, opening: await session.opening(), secrets, prover })
 */
export async function proveMargin(options: ProveMarginOptions): Promise<ProvedMargin> {
  const { opening, secrets, prover, domain, ratioBps, context, signal, onProgress } = options
  const claim = marginClaim(opening, secrets, { domain, ratioBps, context })
  const told = { signal, onProgress }
  const { proof, statement } = await prover.prove('margin-sufficiency', claim.statement, claim.witness, told)
  const document = toJson(proofDocument({ circuit: 'margin-sufficiency', proof, statement }, opening.profile))
  return { proof, statement, rootSince: opening.since, document }
}
