import type { Signer } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { LOCAL_CHAIN_IDS } from '../../verifier/solidity.ts'
import { contractAt } from '../contract-at.ts'
import { type Confirmation, type TransactionOptions, transact } from '../transact.ts'
import { assetOf, requireLots } from './input.ts'

export interface MintPlayOptions extends TransactionOptions {
  /** Gets the tokens. */
  signer: Signer
  /** Address of the Settlement. */
  settlement: string
  asset: number
  /** Lots, in [1, 2^80). */
  lots: bigint
}

/**
 * Makes lots of a play token, which a venue on a development chain has where its terms say `"play"`. Throws CHAIN_REFUSED on any
 * other chain; INPUT_INVALID, TRANSACTION_FAILED for a token that nobody may mint; CHAIN_UNREACHABLE, ABORTED.
 */
export async function mintPlay(given: MintPlayOptions): Promise<Confirmation> {
  const { signer, settlement, asset, lots, ...options } = given
  requireLots(lots)
  const at = await contractAt('Settlement', settlement, signer, 'settlement')
  if (!LOCAL_CHAIN_IDS.includes(at.chainId)) {
    const message = `play tokens are minted on development chains (${LOCAL_CHAIN_IDS.join(' and ')}) only, and this is chain ${at.chainId}`
    throw new ZkclearError('CHAIN_REFUSED', message, { details: { chainId: `${at.chainId}` } })
  }
  const { token, lotScale } = await assetOf(at, asset)
  const call = { method: 'mint', values: [await signer.getAddress(), lots * lotScale], event: 'Transfer' }
  const { event: _, ...confirmation } = await transact(await contractAt('Token', token, signer, 'asset'), call, options)
  return confirmation
}
