import { ZkclearError } from '../../protocol/errors.ts'

/** Ethers' codes for what a node, or what is between, may do otherwise the next time. */
const OF_NODES = [
  ...['NETWORK_ERROR', 'SERVER_ERROR', 'TIMEOUT', 'BAD_DATA', 'CALL_EXCEPTION', 'UNKNOWN_ERROR', 'CANCELLED'],
  ...['INSUFFICIENT_FUNDS', 'NONCE_EXPIRED', 'REPLACEMENT_UNDERPRICED', 'TRANSACTION_REPLACED'],
]
/** What our own code makes of the same. */
const OF_CHAINS = ['CHAIN_UNREACHABLE', 'CHAIN_REFUSED', 'CONTRACT_REFUSED', 'TRANSACTION_FAILED']

/**
 * Whether this process has to end after an error of its loops: it cannot know what is stored, or has a fault of its own, which the next turn
 * would have as well. What a node, the network or the chain did is tried again.
 */
export function isFatal(error: unknown): boolean {
  if (error instanceof ZkclearError) return !OF_CHAINS.includes(error.code)
  const { code } = Object(error) as { code?: unknown }
  return typeof code !== 'string' || !(OF_NODES.includes(code) || /^(E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code))
}
