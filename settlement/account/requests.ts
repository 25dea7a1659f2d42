import type { TradingKey } from '../../protocol/account.ts'
import { assertCanonical } from '../../protocol/numbers.ts'
import { contractAt } from '../contract-at.ts'
import { type AccountOptions, enqueue, type Queued, queueCall } from './enqueue.ts'
import { assetOf, requireAccount, requireLots } from './input.ts'

export interface RequestWithdrawalOptions extends AccountOptions {
  asset: number
  /** Lots at most, in [1, 2^80). */
  lots: bigint
}

/**
 * Asks the contract for a withdrawal that the venue cannot refuse: when it serves the request it pays as many lots, up to these, as
 * the account may withdraw then, to be claimed by the owner. One at a time waits for each asset. Only the owner may ask.
 * Throws as `registerAccount` does.
 */
export async function requestWithdrawal(given: RequestWithdrawalOptions): Promise<Queued> {
  const { asset, lots, ...rest } = given
  requireLots(lots)
  return request('requestWithdrawal', rest, [asset, lots], asset)
}

export interface RotateKeyOptions extends AccountOptions {
  /** The point to register: an eighth of the new trading key (`keyToRegister`, or `registrationOf(secrets).key`). */
  key: TradingKey
}

/**
 * Gives the account another trading key: what the old one signed counts no longer once the venue has served the request. One at a
 * time waits. Only the owner may ask. Throws as `registerAccount` does.
 */
export async function rotateKey(given: RotateKeyOptions): Promise<Queued> {
  const { key, ...rest } = given
  for (const name of ['x', 'y'] as const) assertCanonical(key[name], `key.${name}`)
  return request('rotate', rest, [key.x, key.y])
}

/**
 * Makes all orders of the account dead, whatever the venue does with them: a cancel that cannot be refused. One of suspension
 * and its end waits at a time. Only the owner may ask. Throws as `registerAccount` does.
 */
export async function suspendAccount(given: AccountOptions): Promise<Queued> {
  return request('suspend', given, [])
}

/** Ends a suspension, unless the account has open lots when the request is served. Otherwise as `suspendAccount`. */
export async function resumeAccount(given: AccountOptions): Promise<Queued> {
  return request('resume', given, [])
}

/**
 * Asks that the account be flagged no longer: when the venue serves the request it must take the flag away if the account meets
 * maintenance then. One at a time waits. Only the owner may ask. Throws as `registerAccount` does.
 */
export async function requestCure(given: AccountOptions): Promise<Queued> {
  return request('requestCure', given, [])
}

async function request(
  method: string,
  { signer, settlement, account, ...options }: AccountOptions,
  values: readonly unknown[],
  asset?: number,
): Promise<Queued> {
  requireAccount(account)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  if (asset !== undefined) await assetOf(at, asset)
  return enqueue(at, await queueCall(at, method, [account, ...values]), options)
}
