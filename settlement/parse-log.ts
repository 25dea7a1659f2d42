import type { Interface, Log, LogDescription } from 'ethers'
import { ZkclearError } from '../protocol/errors.ts'

/** The event that a log is. Throws INPUT_INVALID, with CORRUPT in `details.reason`, for what the contract cannot have emitted. */
export function parseLog(abi: Interface, log: Log): LogDescription {
  try {
    const event = abi.parseLog(log)
    if (event !== null) return event
  } catch {
    // Topics or data that are not those of the event.
  }
  const message = `what the node tells of log ${log.index} of transaction ${log.transactionHash} is no event of the contract; ask another node`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement', details: { reason: 'CORRUPT' } })
}
