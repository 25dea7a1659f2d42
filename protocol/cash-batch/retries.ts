import type { CashKind } from '../parameters.ts'
import type { CashBatch } from './cash-batch.ts'
import { QUEUED_KINDS } from './operation.ts'
import { type CashSlotData, DEFERRED, operandsOf } from './slot-words.ts'

/** What of a slot says whether it takes an entry off the queue. */
type Told = Pick<CashSlotData, 'kind' | 'account' | 'b'>

/**
 * The kinds of the entries of the queue that those slots consume, in order, and the accounts whose cure may be tried again behind them,
 * where it may be of `retries` before (protocol.md#cure-again). A cure that is tried again takes no entry.
 */
export function queueAfter(
  slots: readonly Told[],
  retries: Iterable<number>,
): { readonly consumed: readonly CashKind[]; readonly retries: readonly number[] } {
  const retried = new Set(retries)
  const consumed = slots.filter(({ kind, account, b }) => {
    if (kind !== 'CURE' && kind !== 'DEPOSIT') return QUEUED_KINDS.includes(kind)
    const isRetry = kind === 'CURE' && b !== DEFERRED && retried.has(account)
    if (b === DEFERRED) retried.add(account)
    else retried.delete(account)
    return !isRetry
  })
  return { consumed: consumed.map(({ kind }) => kind), retries: [...retried] }
}

/** Accounts whose cure may be tried again behind a batch, as the contract notes them. */
export function retriesAfter(retries: Iterable<number>, { slots }: Pick<CashBatch, 'slots'>): readonly number[] {
  return queueAfter(slots.map(operandsOf), retries).retries
}
