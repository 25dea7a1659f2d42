import { ZkclearError } from '../../protocol/errors.ts'

/** Ethers' codes for what a node, or what is between, may do otherwise the next time. */
const OF_NODES = [
  ...['NETWORK_ERROR', 'SERVER_ERROR', 'TIMEOUT', 'BAD_DATA', 'CALL_EXCEPTION', 'UNKNOWN_ERROR', 'CANCELLED'],
  ...['INSUFFICIENT_FUNDS', 'NONCE_EXPIRED', 'REPLACEMENT_UNDERPRICED', 'TRANSACTION_REPLACED'],
]
/** After these the state in memory may be ahead of the journal. */
const FATAL = ['LEADERSHIP_LOST', 'DATABASE_UNAVAILABLE', 'DATABASE_REFUSED']

/** Whether this process has to end after an error of its loops: it cannot know what is stored, or has a fault of its own. What a node or the network did is tried again. */
export function isFatal(error: unknown): boolean {
  if (error instanceof ZkclearError) return FATAL.includes(error.code)
  const { code } = Object(error) as { code?: unknown }
  return typeof code !== 'string' || !(OF_NODES.includes(code) || /^(E[A-Z]+|UND_ERR_[A-Z_]+)$/.test(code))
}
