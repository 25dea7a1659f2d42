import type { Signer } from 'ethers'
import { hashRiskTable, type RiskTable } from '../protocol/risk-table.ts'
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
 * Posts the commitment to a risk table together with the time that the table itself speaks of. Proofs made at the table
 * before it can then no longer be settled. Throws INPUT_INVALID, CONTRACT_REFUSED, TRANSACTION_FAILED, CHAIN_UNREACHABLE,
 * ABORTED as `settle` does.
 */
export async function postRiskTable({
  signer,
  settlement,
  table,
  ...options
}: PostRiskTableOptions): Promise<Confirmation & { readonly riskRoot: bigint }> {
  const riskRoot = hashRiskTable(table)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const call = { method: 'postRiskRoot', values: [riskRoot, table.asOf], event: 'RiskRootPosted' }
  const { event: _, ...confirmation } = await transact(at, call, options)
  return { riskRoot, ...confirmation }
}
