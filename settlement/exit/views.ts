import type { BaseContractMethod, Provider, Signer } from 'ethers'
import { chainError } from '../chain-error.ts'
import { type ContractAt, contractOf, notThere } from '../contract-at.ts'

type View = BaseContractMethod<unknown[], unknown, unknown>

/** Asks a contract at one block. */
export type Ask = <Answer = bigint>(name: string, ...values: readonly unknown[]) => Promise<Answer>

/** The contract's views at that block. They throw CHAIN_UNREACHABLE; INPUT_INVALID for what does not answer as the contract does. */
export function viewsOf({ name, address, chainId, contract }: ContractAt, blockTag: number | 'latest'): Ask {
  return async <Answer>(view: string, ...values: readonly unknown[]) => {
    try {
      return (await contract.getFunction<View>(view).staticCall(...values, { blockTag })) as Answer
    } catch (cause) {
      const error = chainError(cause, `${name} at ${address} cannot be read`)
      throw error.code === 'CHAIN_UNREACHABLE' ? error : notThere(name, address, chainId, 'settlement')
    }
  }
}

/** The Exits of that Settlement, called by whoever calls it. */
export async function exitsOf(settlement: ContractAt): Promise<ContractAt> {
  const address = await viewsOf(settlement, 'latest')<string>('exits')
  return contractOf('Exits', address, settlement.contract.runner as Signer | Provider, 'settlement')
}
