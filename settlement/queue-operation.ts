import type { QueueOperation } from '../protocol/cash-batch/operation.ts'
import { ZkclearError } from '../protocol/errors.ts'
import type { QueueEntry } from './queue.ts'

/** What a cash batch does to serve the entry. Throws INPUT_INVALID for a kind that no queue holds. */
export function queueOperation({ kind, account, asset, a, b, c }: QueueEntry): QueueOperation {
  switch (kind) {
    case 'REGISTER':
      return { kind, account, key: { x: a, y: b }, ownerCommitment: c }
    case 'DEPOSIT':
      return { kind, account, asset, amount: a }
    case 'ROTATE':
      return { kind, account, key: { x: a, y: b } }
    case 'SUSPEND':
    case 'RESUME':
    case 'CURE':
      return { kind, account }
    case 'FORCED':
      return { kind, account, asset, requested: a }
    default:
      throw new ZkclearError('INPUT_INVALID', `no queue holds ${kind}`, { path: 'entry.kind' })
  }
}
