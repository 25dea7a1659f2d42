import type { Signer } from 'ethers'
import { type MarginStatement, marginSufficiency } from '../circuits/margin-sufficiency/index.ts'
import { marginContext } from '../protocol/domain.ts'
import type { Groth16Proof } from '../verifier/proof.ts'
import { contractAt } from './contract-at.ts'
import { proofArgument, requireProved } from './proof-argument.ts'
import { type Confirmation, type TransactionOptions, transact } from './transact.ts'

export interface AdmitOptions extends TransactionOptions {
  /** Sends the transaction and pays for it; need not be the trader's, whom nothing then links to it. */
  signer: Signer
  /** Address of the MarginGate. */
  gate: string
  /** What the account is admitted for: 32 bytes in hex, those of the proof's context. */
  purpose: string
  proved: { readonly proof: Groth16Proof; readonly statement: MarginStatement }
  /** When the proof's state root became the current one, in unix seconds of its block: needed if 64 batches or more came after it. */
  rootSince?: bigint
}

/**
 * Brings a margin proof to MarginGate, which admits the account behind it for the purpose, once. Throws INPUT_INVALID,
 * STATEMENT_INVALID, PROOF_INVALID, CONTRACT_REFUSED, TRANSACTION_FAILED, CHAIN_UNREACHABLE, ABORTED.
 */
export async function admit({
  signer,
  gate,
  purpose,
  proved,
  rootSince = 0n,
  ...options
}: AdmitOptions): Promise<Confirmation> {
  // Refuses what is no purpose; whether it is that of the proof, the contract says.
  marginContext(gate, purpose)
  const { proof, statement } = requireProved(proved)
  const argument = proofArgument(marginSufficiency, proof, statement)
  const { stateRoot, riskRoot, nullifier } = statement
  const values = [purpose, stateRoot, rootSince, riskRoot, nullifier, argument]
  const at = await contractAt('MarginGate', gate, signer, 'gate')
  const call = { method: 'admit', values, event: 'Admitted', statement: { ...statement } }
  const { event: _, ...confirmation } = await transact(at, call, options)
  return confirmation
}
