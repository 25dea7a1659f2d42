import type { Signer } from 'ethers'
import { requireAddress } from '../../protocol/address.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { contractAt } from '../contract-at.ts'
import { type Confirmation, type TransactionOptions, transact } from '../transact.ts'
import { type Credit, creditOf } from './credit.ts'
import { assetOf, requireLots } from './input.ts'

export interface ClaimOptions extends TransactionOptions {
  /** Whose credit it is: the owner of an account, or whoever paid a deposit that went back. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  asset: number
  /** Lots, in [1, 2^80). Default: all that are free now. */
  lots?: bigint | undefined
  /** Who receives the tokens. Default: the signer. */
  to?: string | undefined
}

/** Tokens that left the contract. */
export interface Claimed extends Confirmation {
  readonly asset: number
  readonly lots: bigint
  /** Address of the token, and how many of its units the lots are. */
  readonly token: string
  readonly units: bigint
  readonly to: string
}

/**
 * Has tokens sent that the signer is credited with. While the venue lives its outflow limit may hold a part of them back for a while;
 * a dead venue holds nothing back, unless it died because a proof broke a verifier.
 *
 * Throws INPUT_INVALID, also where nothing is free; CONTRACT_REFUSED, TRANSACTION_FAILED, CHAIN_UNREACHABLE, ABORTED as `settle`
 * does.
 */
export async function claim(given: ClaimOptions): Promise<Claimed> {
  const { signer, settlement, asset, lots: wanted, to: named, ...options } = given
  if (wanted !== undefined) requireLots(wanted)
  if (named !== undefined) requireAddress(named, 'to')
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  const { token, lotScale } = await assetOf(at, asset)
  const owner = await signer.getAddress()
  const lots = wanted ?? allFree(await creditOf(at, owner, asset), owner, asset)
  const to = named ?? owner
  const call = { method: 'claim', values: [asset, lots, to], event: 'Claimed' }
  const { event: _, ...confirmation } = await transact(at, call, options)
  return { asset, lots, token, units: lots * lotScale, to, ...confirmation }
}

function allFree({ all, free }: Credit, owner: string, asset: number): bigint {
  if (free > 0n) return free
  const why = all === 0n ? 'has no credit' : `has a credit of ${all} lots, which the outflow limit holds back for now`
  const message = `nothing is free: ${owner} ${why}`
  throw new ZkclearError('INPUT_INVALID', message, {
    path: 'asset',
    details: { asset, all: `${all}`, free: `${free}` },
  })
}
