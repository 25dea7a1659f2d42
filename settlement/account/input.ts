import { ZkclearError } from '../../protocol/errors.ts'
import { isUint } from '../../protocol/numbers.ts'
import { BITS } from '../../protocol/parameters.ts'
import type { ContractAt } from '../contract-at.ts'
import { view } from '../view.ts'

/** Throws INPUT_INVALID for what can be no account's index. Whether there is such an account, the contract says. */
export function requireAccount(account: number): number {
  return requireIndex(account, BITS.account, 'account')
}

/** Throws INPUT_INVALID for what can be no number of lots. */
export function requireLots(lots: bigint): bigint {
  if (isUint(lots, BITS.collateral) && lots > 0n) return lots
  throw new ZkclearError('INPUT_INVALID', `got ${lots}, need lots in [1, 2^${BITS.collateral})`, { path: 'lots' })
}

/** An asset of a Settlement. */
export interface Asset {
  /** Address of its token. */
  readonly token: string
  /** Token units per lot. */
  readonly lotScale: bigint
}

/** Throws INPUT_INVALID if there is no such asset, and as {@link view}. */
export async function assetOf(at: ContractAt, asset: number): Promise<Asset> {
  requireIndex(asset, BITS.asset, 'asset')
  const count = await view(at, 'assetCount')
  if (asset >= count) {
    throw new ZkclearError('INPUT_INVALID', `there is no asset ${asset}; they are 0 to ${count - 1n}`, {
      path: 'asset',
    })
  }
  const [token, lotScale] = await Promise.all([view<string>(at, 'token', asset), view(at, 'lotScale', asset)])
  return { token, lotScale }
}

function requireIndex(value: number, bits: number, path: string): number {
  if (Number.isInteger(value) && isUint(BigInt(value), bits)) return value
  throw new ZkclearError('INPUT_INVALID', `got ${value}, need an integer in [0, 2^${bits})`, { path })
}
