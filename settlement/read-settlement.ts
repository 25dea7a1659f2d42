import type { BaseContractMethod, Signer } from 'ethers'
import { chainError } from './chain-error.ts'
import { type ContractAt, contractAt, notThere } from './contract-at.ts'

/** What a Settlement holds, all of it at one block. */
export interface SettlementStatus {
  readonly chainId: bigint
  readonly blockNumber: number
  readonly domain: bigint
  readonly stateRoot: bigint
  /** Batches settled so far, of all kinds. */
  readonly batchCount: bigint
  /** Time of the last batch, in unix seconds; 0 before the first. */
  readonly lastTimestamp: bigint
  /** Commitment to the current risk table; 0 before the first. */
  readonly riskRoot: bigint
  /** The time that table speaks of, in unix seconds. */
  readonly riskAsOf: bigint
  /** When the venue was frozen, in unix seconds; 0 while it lives. */
  readonly frozenAt: bigint
}

const FIELDS = ['domain', 'stateRoot', 'batchCount', 'lastTimestamp', 'riskRoot', 'riskAsOf', 'frozenAt'] as const

/** Reads a Settlement. Throws INPUT_INVALID if there is none at that address, CHAIN_UNREACHABLE. */
export async function readSettlement(options: { signer: Signer; settlement: string }): Promise<SettlementStatus> {
  return statusOf(await contractAt('Settlement', options.settlement, options.signer, 'settlement'))
}

export async function statusOf({ name, address, chainId, contract }: ContractAt): Promise<SettlementStatus> {
  try {
    const blockNumber = await contract.runner!.provider!.getBlockNumber()
    const overrides = { blockTag: blockNumber }
    const read = (field: string) => contract.getFunction<View>(field).staticCall(overrides)
    const values = await Promise.all(FIELDS.map(async (field) => [field, await read(field)]))
    return { chainId, blockNumber, ...(Object.fromEntries(values) as Record<(typeof FIELDS)[number], bigint>) }
  } catch (cause) {
    // A node that answers, but not with what a Settlement says.
    const error = chainError(cause, `${name} at ${address} cannot be read`)
    throw error.code === 'CHAIN_UNREACHABLE' ? error : notThere(name, address, chainId, 'settlement')
  }
}

/** Whether `root` is one of Settlement's recent roots, the current one among them. */
export async function isRecentRoot({ address, contract }: ContractAt, root: bigint): Promise<boolean> {
  try {
    return (await contract.getFunction<View<[boolean, bigint]>>('rootAge').staticCall(root))[0]
  } catch (cause) {
    throw chainError(cause, `Settlement at ${address} cannot be read`)
  }
}

type View<Result = bigint> = BaseContractMethod<unknown[], Result, Result>
