import type { BaseContractMethod } from 'ethers'
import { chainError } from './chain-error.ts'
import { type ContractAt, notThere } from './contract-at.ts'
import { decodeRefusal, refusalError } from './refusal.ts'

/**
 * What a function of the contract says that changes nothing. Throws CONTRACT_REFUSED, INPUT_INVALID with the path
 * `settlement` for what is no such contract, CHAIN_UNREACHABLE.
 */
export async function view<Result = bigint>(
  { name, address, chainId, contract }: ContractAt,
  method: string,
  ...values: readonly unknown[]
): Promise<Result> {
  try {
    return await contract.getFunction<BaseContractMethod<unknown[], Result, Result>>(method).staticCall(...values)
  } catch (cause) {
    const refused = decodeRefusal(name, contract.interface, cause)
    if (refused !== undefined) throw refusalError(refused, { cause })
    const error = chainError(cause, `${name} at ${address} cannot be read`)
    throw error.code === 'CHAIN_UNREACHABLE' ? error : notThere(name, address, chainId, 'settlement')
  }
}
