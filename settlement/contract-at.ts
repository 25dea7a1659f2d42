import type { Contract, Provider, Signer } from 'ethers'
import { requireAddress } from '../protocol/address.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { ABIS } from './abi.ts'
import { chainError } from './chain-error.ts'
import { TOKEN_ABI } from './token-abi.ts'

const INTERFACES = { ...ABIS, Token: TOKEN_ABI }

/** A contract that is called: one of ours, or an asset's token. */
export type ContractName = keyof typeof INTERFACES

/** Such a contract on the signer's chain. */
export interface ContractAt {
  readonly name: ContractName
  readonly address: string
  readonly chainId: bigint
  readonly contract: Contract
}

/**
 * The contract at that address, called by the signer. Throws INPUT_INVALID, with that path, for what is no address and for one
 * without code; CHAIN_UNREACHABLE.
 */
export async function contractAt(name: ContractName, given: string, signer: Signer, path: string): Promise<ContractAt> {
  if (signer.provider === null) {
    throw new ZkclearError('INPUT_INVALID', 'the signer is not connected to a node', { path: 'signer' })
  }
  return contractOf(name, given, signer, path)
}

/** The same for a contract that is only read, which takes no signer. */
export async function contractOf(
  name: ContractName,
  given: string,
  runner: Signer | Provider,
  path: string,
): Promise<ContractAt> {
  const address = requireAddress(given, path)
  const provider = runner.provider!
  const { Contract } = await import('ethers')
  const [{ chainId }, code] = await Promise.all([provider.getNetwork(), provider.getCode(address)]).catch((cause) => {
    throw chainError(cause, 'the chain and its contract cannot be read')
  })
  if (code === '0x') throw notThere(name, address, chainId, path)
  return { name, address, chainId, contract: new Contract(address, [...INTERFACES[name]], runner) }
}

/** What is at the address does not answer as the contract does. */
export function notThere(name: ContractName, address: string, chainId: bigint, path: string): ZkclearError {
  const message = `got ${address}, where chain ${chainId} has no ${name}; give the address that "zkclear deploy" printed`
  return new ZkclearError('INPUT_INVALID', message, { path })
}
