import type { Signer } from 'ethers'
import { contractAt } from '../contract-at.ts'
import { type Confirmation, type TransactionOptions, transact } from '../transact.ts'

export interface FreezeOptions extends TransactionOptions {
  /** Anybody. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
}

/**
 * Freezes a venue for ever, which anybody may once the first entry of its queue is past its deadline, or an announced end has
 * come; `readExit` says from when. Throws CONTRACT_REFUSED before that, and for a venue that is frozen already; INPUT_INVALID,
 * TRANSACTION_FAILED, CHAIN_UNREACHABLE, ABORTED.
 */
export async function freeze({ signer, settlement, ...options }: FreezeOptions): Promise<Confirmation> {
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const { event: _, ...confirmation } = await transact(at, { method: 'freeze', values: [], event: 'Frozen' }, options)
  return confirmation
}
