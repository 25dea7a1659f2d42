import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeContext, NO_SIGNATURES, TIGHT } from '../../lab/instances/model.ts'
import { stateRoot } from '../../protocol/state.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../support/arbitraries.ts'
import { applyInCuts, otherSizes } from '../support/cuts.ts'
import { runStream } from '../support/run-stream.ts'

/** For bundles that the sizes of the second stream have no room for. */
const LARGER = { ...TIGHT, messages: 9, signatures: 9, steps: 40, accounts: 12 }

test('any cut of the same bundles into provable batches gives the same state root', () => {
  let differed = 0
  let swept = 0
  let bundled = 0
  fc.assert(
    fc.property(
      arbitraryState(TIGHT, { rich: true }),
      arbitraryLivelyTable(TIGHT),
      fc.array(arbitraryWish({ markets: 1 }), { minLength: 6, maxLength: 30 }),
      otherSizes,
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
      (start, riskTable, wishes, other, lengths) => {
        const first = runStream(start, wishes, riskTable, { unchecked: NO_SIGNATURES })
        // a bundle that takes more than a batch has
        assert.ok(first.builder.refused.every(({ bundle }) => bundle.messages.length > 1))
        const bundles = first.batches.flatMap((batch) => batch.bundles)
        const sizes = { ...TIGHT, ...other }
        const cut = applyInCuts(start, bundles, lengths, makeContext(TIGHT, { riskTable, sizes }), { larger: LARGER })
        assert.equal(stateRoot(cut.state), stateRoot(first.builder.state))
        if (cut.batches !== first.batches.length) differed++
        if (bundles.some(({ messages }) => messages.length > 1)) bundled++
        if (first.batches.some(({ after }) => after.books.get(0)!.hand !== undefined)) swept++
      },
    ),
    { numRuns: 240 },
  )
  assert.ok(
    differed > 20 && swept > 10 && bundled > 100,
    `${differed} cuts differed, ${swept} runs carried an order, ${bundled} had bundles`,
  )
})
