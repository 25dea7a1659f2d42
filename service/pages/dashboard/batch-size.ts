import { counted } from '../shared/format.ts'
import type { Batch } from './state.ts'

/** How much is in a batch, in words; a takeover or a deleveraging is one thing, and needs none. */
export function batchSize({
  circuit,
  messages,
  operations,
}: Pick<Batch, 'circuit' | 'messages' | 'operations'>): string {
  if (circuit === 'trade-batch') return counted(messages, 'message')
  return operations === undefined ? '' : counted(operations, 'operation')
}
