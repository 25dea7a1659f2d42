import { type ContractAt, contractOf } from './contract-at.ts'
import { view } from './view.ts'

/** What a Settlement has of an asset, in lots: what it counts, and what the token says. */
export interface AssetHolding {
  readonly asset: number
  /** Deposited and in no batch yet, owned by accounts together, credited to owners. */
  readonly queued: bigint
  readonly vault: bigint
  readonly claimable: bigint
  /** Of the token, whole lots. */
  readonly balance: bigint
}

/** Reads that of each asset at one block. Throws CHAIN_UNREACHABLE, and INPUT_INVALID for what is no Settlement. */
export async function readHoldings(at: ContractAt, blockTag: number): Promise<readonly AssetHolding[]> {
  const count = Number(await view(at, 'assetCount', { blockTag }))
  return await Promise.all(Array.from({ length: count }, (_, asset) => holdingOf(at, asset, blockTag)))
}

async function holdingOf(at: ContractAt, asset: number, blockTag: number): Promise<AssetHolding> {
  const [lots, scale, address] = await Promise.all([
    view<Pick<AssetHolding, 'queued' | 'vault' | 'claimable'>>(at, 'lots', asset, { blockTag }),
    view(at, 'lotScale', asset, { blockTag }),
    view<string>(at, 'token', asset, { blockTag }),
  ])
  const token = await contractOf('Token', address, at.contract.runner!.provider!, 'settlement')
  const { queued, vault, claimable } = lots
  return {
    asset,
    queued,
    vault,
    claimable,
    balance: (await view(token, 'balanceOf', at.address, { blockTag })) / scale,
  }
}
