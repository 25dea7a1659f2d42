import type { JsonRpcApiProvider, Provider } from 'ethers'
import { chainError } from './chain-error.ts'

/**
 * The time that the next block would have, in unix seconds. That of the last block where the node does not say: on a chain that
 * stands still until something is sent, long ago.
 */
export async function nextTime(provider: Provider): Promise<bigint> {
  try {
    // Asked for as it is: of a block that has no number yet, ethers makes nothing.
    const pending = 'send' in provider ? await (provider as JsonRpcApiProvider).send(...PENDING_BLOCK) : null
    return BigInt(pending?.timestamp ?? (await provider.getBlock('latest'))!.timestamp)
  } catch (cause) {
    throw chainError(cause, 'the newest block cannot be read')
  }
}

const PENDING_BLOCK: Parameters<JsonRpcApiProvider['send']> = ['eth_getBlockByNumber', ['pending', false]]
