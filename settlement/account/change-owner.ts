import { requireAddress } from '../../protocol/address.ts'
import { contractAt } from '../contract-at.ts'
import { type Confirmation, transact } from '../transact.ts'
import type { AccountOptions } from './enqueue.ts'
import { requireAccount } from './input.ts'

export interface OfferOwnerOptions extends AccountOptions {
  /** Who may take the account over; undefined takes back whatever was offered, and a change that has not taken effect. */
  to: string | undefined
}

/**
 * Offers the account to another owner, who has to accept: two steps and an hour, so that no slip gives it away and a stolen key
 * can be noticed. Only the owner may. Throws as `registerAccount` does.
 */
export async function offerOwner(given: OfferOwnerOptions): Promise<Confirmation> {
  const { signer, settlement, account, to, ...options } = given
  requireAccount(account)
  const target = to === undefined ? NOBODY : requireAddress(to, 'to')
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const call = { method: 'offerOwner', values: [account, target], event: 'OwnerOffered' }
  const { event: _, ...confirmation } = await transact(at, call, options)
  return confirmation
}

const NOBODY = `0x${'0'.repeat(40)}`

/** A change of owner that was accepted. */
export interface OwnerAccepted extends Confirmation {
  readonly account: number
  /** Unix seconds from which the account is the signer's. */
  readonly from: bigint
}

/** Takes over an account that its owner offered to the signer, an hour later. Throws as `registerAccount` does. */
export async function acceptOwner(given: AccountOptions): Promise<OwnerAccepted> {
  const { signer, settlement, account, ...options } = given
  requireAccount(account)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const call = { method: 'acceptOwner', values: [account], event: 'OwnerAccepted' }
  const { event, ...confirmation } = await transact(at, call, options)
  return { account, from: event.args.from, ...confirmation }
}
