import { QUEUED_KINDS } from '../protocol/cash-batch/operation.ts'
import type { CashSlotData } from '../protocol/cash-batch/slot-words.ts'
import type { CashKind } from '../protocol/parameters.ts'
import type { ContractAt } from './contract-at.ts'
import { view } from './view.ts'

/** The bit of `pendingOf` that says of an account that its cure may be tried again (protocol.md#cure-again). */
const PENDING_RETRY = 1n << 19n

/** What the word b says of a deposit to a flagged account, or of a cure of one, that shelter kept from being decided. */
const DEFERRED = 2n

/** Those of the accounts whose cure may be tried again now. */
export async function retriesOf(at: ContractAt, accounts: Iterable<number>): Promise<number[]> {
  const asked = [...new Set(accounts)]
  const pending = await Promise.all(asked.map((account) => view<bigint>(at, 'pendingOf', account)))
  return asked.filter((_, i) => (pending[i]! & PENDING_RETRY) !== 0n)
}

/**
 * The kinds of the entries of the queue that those slots consume, in order: a cure that is tried again is none. `retried` are the accounts
 * whose cure may be before them, and is changed to those behind.
 */
export function consumedBy(
  slots: readonly Pick<CashSlotData, 'kind' | 'account' | 'b'>[],
  retried: Set<number>,
): CashKind[] {
  return slots.flatMap(({ kind, account, b }) => {
    if (!QUEUED_KINDS.includes(kind)) return []
    if (kind !== 'CURE' && kind !== 'DEPOSIT') return [kind]
    const isRetry = kind === 'CURE' && b !== DEFERRED && retried.has(account)
    if (b === DEFERRED) retried.add(account)
    else retried.delete(account)
    return isRetry ? [] : [kind]
  })
}
