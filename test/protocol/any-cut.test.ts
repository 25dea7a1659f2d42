import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeContext, NO_SIGNATURES, TIGHT } from '../../lab/instances/model.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { SignedMessage } from '../../protocol/message.ts'
import { type State, stateRoot } from '../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch, TradeBatchContext } from '../../protocol/trade-batch/trade-batch.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../support/arbitraries.ts'
import { runStream } from '../support/run-stream.ts'

/** Applies the messages in batches of the wished lengths, shorter where a batch could not be proved; then works off the hand. */
function applyInCuts(
  start: State,
  messages: readonly SignedMessage[],
  lengths: readonly number[],
  context: TradeBatchContext,
) {
  let state = start
  let batches = 0
  let next = 0
  const attempt = (count: number): TradeBatch | undefined => {
    try {
      return applyTradeBatchUnchecked(state, messages.slice(next, next + count), context, NO_SIGNATURES)
    } catch (error) {
      if (error instanceof ZkclearError && error.code === 'BATCH_UNPROVABLE') return undefined
      throw error
    }
  }
  while (next < messages.length || state.books.get(context.market)!.hand !== undefined) {
    let count = Math.min(lengths[batches % lengths.length]!, messages.length - next)
    let batch = attempt(count)
    while (batch === undefined) batch = attempt(--count)
    if (count === 0 && batch.steps.length === 0) batch = attempt(++count)!
    state = batch.after
    next += count
    batches++
  }
  return { state, batches }
}

const otherSizes = fc.record({
  messages: fc.integer({ min: 1, max: 9 }),
  steps: fc.integer({ min: 1, max: 12 }),
  accounts: fc.integer({ min: 2, max: 6 }),
})

test('any cut of the same messages into provable batches gives the same state root', () => {
  let differed = 0
  let swept = 0
  fc.assert(
    fc.property(
      arbitraryState(TIGHT, { rich: true }),
      arbitraryLivelyTable(TIGHT),
      fc.array(arbitraryWish({ markets: 1 }), { minLength: 6, maxLength: 30 }),
      otherSizes,
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
      (start, riskTable, wishes, other, lengths) => {
        const first = runStream(start, wishes, riskTable, { unchecked: NO_SIGNATURES })
        assert.deepEqual(first.builder.refused, [])
        const messages = first.batches.flatMap((batch) => batch.messages)
        const sizes = { ...TIGHT, ...other }
        const cut = applyInCuts(start, messages, lengths, makeContext(TIGHT, { riskTable, sizes }))
        assert.equal(stateRoot(cut.state), stateRoot(first.builder.state))
        if (cut.batches !== first.batches.length) differed++
        if (first.batches.some(({ after }) => after.books.get(0)!.hand !== undefined)) swept++
      },
    ),
    { numRuns: 120 },
  )
  assert.ok(differed > 20 && swept > 10, `${differed} cuts differed, ${swept} runs carried an order`)
})
