import type { Provider, Signer } from 'ethers'
import { requireAddress } from '../../protocol/address.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { CASH_KINDS } from '../../protocol/parameters.ts'
import { contractAt, contractOf } from '../contract-at.ts'
import { type QueueEntry, readQueue } from '../queue.ts'
import { type Confirmation, type TransactionOptions, transact } from '../transact.ts'
import { viewsOf } from './views.ts'

export interface RefundableDepositsOptions {
  readonly provider: Provider
  /** Address of the Settlement. */
  readonly settlement: string
  /** Only deposits that this address paid. Default: all. */
  readonly payer?: string | undefined
  /** The block of the contract's deployment. Default 0. */
  readonly fromBlock?: number | undefined
}

/**
 * Deposits that wait in the queue: of a frozen venue they go back to who paid them, once each. Throws as `readQueue` does; and
 * INPUT_INVALID for what is no address.
 */
export async function refundableDeposits(options: RefundableDepositsOptions): Promise<readonly QueueEntry[]> {
  const { payer, ...rest } = options
  const address = payer === undefined ? undefined : requireAddress(payer, 'payer').toLowerCase()
  const entries = await readQueue(rest)
  const deposits = entries.filter(
    (entry) => entry.kind === 'DEPOSIT' && (address === undefined || entry.payer.toLowerCase() === address),
  )
  const ask = viewsOf(await contractOf('Settlement', rest.settlement, rest.provider, 'settlement'), 'latest')
  const places = await Promise.all(deposits.map(({ index }) => ask<{ deadline: bigint }>('placeAt', index)))
  return deposits.filter((_, i) => places[i]!.deadline !== 0n)
}

export interface RefundDepositOptions extends TransactionOptions {
  /** Anybody: whoever paid the deposit is credited. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  /** The deposit, as `refundableDeposits` names it. */
  deposit: Omit<QueueEntry, 'deadline' | 'blockNumber' | 'transactionHash'>
}

/**
 * Credits a deposit that a frozen venue never took to whoever paid it. Throws INPUT_INVALID, CONTRACT_REFUSED,
 * TRANSACTION_FAILED, CHAIN_UNREACHABLE, ABORTED.
 */
export async function refundDeposit(given: RefundDepositOptions): Promise<Confirmation & { readonly lots: bigint }> {
  const { signer, settlement, deposit, ...options } = given
  const { index, kind, account, asset, a, b, c, payer } = deposit
  if (kind !== 'DEPOSIT') throw new ZkclearError('INPUT_INVALID', `is a ${kind}`, { path: 'deposit.kind' })
  const entry = { kind: CASH_KINDS[kind], account, asset, a, b, c, payer }
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const call = { method: 'refundDeposit', values: [index, entry], event: 'Refunded' }
  const { event, ...confirmation } = await transact(at, call, options)
  return { lots: event.args.lots, ...confirmation }
}
