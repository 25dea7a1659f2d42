import fc from 'fast-check'
import { NO_SIGNATURES } from '../../lab/instances/model.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { State } from '../../protocol/state.ts'
import { applyTradeBatchUnchecked, type TradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch, TradeBatchContext, TradeBatchSizes } from '../../protocol/trade-batch/trade-batch.ts'

/**
 * Applies the bundles in batches of the wished lengths, shorter where a batch could not be proved; then works off the hand. What takes
 * more steps than a batch has, as closing may, has one of `larger` sizes.
 */
export function applyInCuts(
  start: State,
  bundles: readonly SignedBundle[],
  lengths: readonly number[],
  context: TradeBatchContext,
  {
    unchecked = NO_SIGNATURES,
    larger = context.sizes,
  }: { unchecked?: TradeBatchUnchecked; larger?: TradeBatchSizes } = {},
) {
  let state = start
  let batches = 0
  let next = 0
  const attempt = (count: number, sizes = context.sizes): TradeBatch | undefined => {
    try {
      return applyTradeBatchUnchecked(state, bundles.slice(next, next + count), { ...context, sizes }, unchecked)
    } catch (error) {
      if (error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE') return undefined
      throw error
    }
  }
  while (next < bundles.length || state.books.get(context.market)!.hand !== undefined) {
    let count = Math.min(lengths[batches % lengths.length]!, bundles.length - next)
    let batch = attempt(count)
    while (batch === undefined && count > 0) batch = attempt(--count)
    if (batch?.steps.length === 0) batch = attempt(++count)
    batch ??= attempt(count, larger)!
    state = batch.after
    next += count
    batches++
  }
  return { state, batches }
}

/** Sizes of batches other than those of the first stream. */
export const otherSizes = fc.record({
  messages: fc.integer({ min: 1, max: 9 }),
  signatures: fc.integer({ min: 1, max: 9 }),
  steps: fc.integer({ min: 1, max: 12 }),
  accounts: fc.integer({ min: 1, max: 5 }),
  lightAccounts: fc.integer({ min: 1, max: 3 }),
})
