import type { Signer } from 'ethers'
import { toField } from '../protocol/numbers.ts'
import { hashRiskTable, type RiskTable, riskTableWords } from '../protocol/risk-table.ts'
import { contractAt } from './contract-at.ts'
import { type Confirmation, type TransactionOptions, transact } from './transact.ts'

export interface PostRiskTableOptions extends TransactionOptions {
  /** The Settlement's risk publisher: nobody else may post. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  /** Checked by nobody after this: `checkRiskTable` says whether it keeps to the venue's bounds. */
  table: RiskTable
}

/**
 * Posts a risk table: its commitment, the time that it speaks of, and the words that it consists of, which whoever exits needs.
 * Proofs made at one of the seven tables before it can still be settled. Throws INPUT_INVALID, CONTRACT_REFUSED, TRANSACTION_FAILED, CHAIN_UNREACHABLE,
 * ABORTED as `settle` does.
 */
export async function postRiskTable({
  signer,
  settlement,
  table,
  ...options
}: PostRiskTableOptions): Promise<Confirmation & { readonly riskRoot: bigint }> {
  const riskRoot = hashRiskTable(table)
  const words = riskTableWords(table).map(toField)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const call = { method: 'postRiskTable', values: [riskRoot, table.asOf, words], event: 'RiskTablePosted' }
  const { event: _, ...confirmation } = await transact(at, call, options)
  return { riskRoot, ...confirmation }
}
