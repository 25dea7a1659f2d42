import type { Signer } from 'ethers'
import type { ContractAt } from '../contract-at.ts'
import { type Call, type Confirmation, type TransactionOptions, transact } from '../transact.ts'
import { view } from '../view.ts'

export interface AccountOptions extends TransactionOptions {
  /** Sends the transaction and pays for it. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  /** Index of the account. */
  account: number
}

/** An entry of the queue that was made. */
export interface Queued extends Confirmation {
  /** Its number among all that were ever queued, from 0. */
  readonly index: bigint
  readonly account: number
  /** Unix seconds by which the venue must have served it: from then on anybody may freeze the venue. */
  readonly deadline: bigint
}

/** A call that makes an entry, with a fee that will do. */
export async function queueCall(
  at: ContractAt,
  method: string,
  values: readonly unknown[],
  extraFee = 0n,
): Promise<Call> {
  // It rises with every entry that comes first; what is too much comes back.
  const fee = await view(at, 'queueFee')
  return { method, values, value: fee + fee / FEE_MARGIN + extraFee, event: 'Queued' }
}

/** A quarter more than the fee is sent. */
const FEE_MARGIN = 4n

/** Makes an entry. Throws as {@link transact}. */
export async function enqueue(at: ContractAt, call: Call, options: TransactionOptions): Promise<Queued> {
  const { event, ...confirmation } = await transact(at, call, options)
  const { index, account, deadline } = event.args
  return { index, account: Number(account), deadline, ...confirmation }
}
