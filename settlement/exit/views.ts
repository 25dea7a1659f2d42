import type { Provider, Signer } from 'ethers'
import { type ContractAt, contractOf } from '../contract-at.ts'
import { view } from '../view.ts'

/** Asks a contract at one block. */
export type Ask = <Answer = bigint>(name: string, ...values: readonly unknown[]) => Promise<Answer>

/** The contract's views at that block. They throw as {@link view} does. */
export function viewsOf(at: ContractAt, blockTag: number | 'latest'): Ask {
  return <Answer>(name: string, ...values: readonly unknown[]) => view<Answer>(at, name, ...values, { blockTag })
}

/** The Exits of that Settlement, called by whoever calls it. */
export async function exitsOf(settlement: ContractAt): Promise<ContractAt> {
  const address = await viewsOf(settlement, 'latest')<string>('exits')
  return contractOf('Exits', address, settlement.contract.runner as Signer | Provider, 'settlement')
}
