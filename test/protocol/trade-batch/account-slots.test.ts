import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeContext, NO_SIGNATURES, order, richState, SMALL, TIGHT } from '../../../lab/instances/model.ts'
import type { SignedBundle } from '../../../protocol/bundle.ts'
import { accountSlots, inSlots } from '../../../protocol/trade-batch/account-slots.ts'
import { applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'
import { TradeBatchBuilder } from '../../../protocol/trade-batch/builder.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { packTradeData, tradeData, unpackTradeData } from '../../../protocol/trade-batch/words.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../../support/arbitraries.ts'
import { runStream } from '../../support/run-stream.ts'

const CONTEXT = makeContext(SMALL)
const START = richState(SMALL, 9)
const apply = (state: typeof START, bundles: readonly SignedBundle[], context = CONTEXT) =>
  applyTradeBatchUnchecked(state, bundles, context, NO_SIGNATURES)
/** One ask of each of these accounts, in this order. */
const withAsks = (accounts: readonly number[]) =>
  accounts.reduce((state, account, i) => {
    return apply(state, [order(account, 1n, { side: 'sell', price: 1000n + BigInt(i) })]).after
  }, START)
const slots = (batch: TradeBatch) => inSlots(batch).map(({ index }) => index)

test('who acts has a full slot, and of the others the lowest indices what is left of them', () => {
  const sweep = order(8, 1n, { size: 30n, price: 1002n, timeInForce: 'IOC' })
  const batch = apply(withAsks([3, 1, 2]), [sweep])
  assert.deepEqual(slots(batch), [1, 2, 8, 3])
  assert.deepEqual(
    batch.touched.map(({ index, acted }) => [index, acted]),
    [
      [1, false],
      [2, false],
      [3, false],
      [8, true],
    ],
  )
  // as long as there are full ones nobody has a light one
  assert.deepEqual(slots(apply(withAsks([3]), [sweep])), [3, 8])
})

test('a maker that sends an order later in the batch has a full slot, for its order before, too', () => {
  const sweep = order(8, 1n, { size: 30n, price: 1002n, timeInForce: 'IOC' })
  const batch = apply(withAsks([3, 1, 2]), [sweep, order(3, 2n, { price: 900n })])
  assert.deepEqual(slots(batch), [1, 3, 8, 2])
  assert.deepEqual(batch.touched[2]!.margin, { rule: 'initial' })
})

test('a cancel and an order without effect are acts as well', () => {
  const away = order(3, 1n, { price: 1n << 40n })
  assert.deepEqual(apply(START, [away]).steps[0]!.kind, 'no-effect')
  assert.ok(apply(START, [away]).touched[0]!.acted)
})

test('a batch takes no message of an account more than there are full slots', () => {
  const bids = [1, 2, 3, 4].map((account) => order(account, 1n, { price: 900n }))
  assert.equal(apply(START, bids.slice(0, SMALL.accounts)).touched.length, SMALL.accounts)
  assert.throws(() => apply(START, bids), { code: 'BATCH_UNPROVABLE', details: { reason: 'STEPS' } })
  const builder = new TradeBatchBuilder(START, { context: CONTEXT, unchecked: NO_SIGNATURES })
  const batches = [...bids.flatMap((bundle) => builder.push(bundle)), ...builder.finish()]
  assert.deepEqual(
    batches.map(({ bundles }) => bundles.length),
    [3, 1],
  )
  assert.deepEqual(builder.refused, [])
})

test('the order in hand goes on until slots of both kinds are used, whoever acted before', () => {
  const makers = withAsks([1, 2, 3, 4])
  const sweep = order(8, 1n, { size: 40n, price: 1010n })
  for (const first of [[], [order(7, 1n, { price: 900n })], [order(1, 2n, { price: 900n })]]) {
    const batch = apply(makers, [...first, sweep])
    assert.equal(batch.touched.length, accountSlots(SMALL))
    assert.notEqual(batch.after.books.get(0)!.hand, undefined)
  }
  const after = apply(makers, [sweep]).after
  assert.deepEqual(slots(apply(after, [])), [4, 8])
})

test('what is published is in the order of slots, and no account stands there twice', () => {
  const batch = apply(withAsks([3, 1, 2]), [order(8, 1n, { size: 30n, price: 1002n, timeInForce: 'IOC' })])
  const data = tradeData(batch)
  assert.deepEqual(
    data.accounts.map(({ index }) => index),
    [1, 2, 8, 3],
  )
  assert.deepEqual(unpackTradeData(packTradeData(data)), data)
  const twice = { ...data, accounts: data.accounts.map((each) => ({ ...each, index: 5 })) }
  assert.throws(() => unpackTradeData(packTradeData(twice)), /names an account twice/)
})

test('of random flow: every batch fits its slots, and pauses for no other reason than steps or slots', () => {
  const sizes = { ...TIGHT, steps: 8 }
  const seen = { light: 0, paused: 0 }
  fc.assert(
    fc.property(
      arbitraryState(TIGHT, { rich: true }),
      arbitraryLivelyTable(TIGHT),
      fc.array(arbitraryWish({ markets: 1 }), { minLength: 40, maxLength: 90 }),
      (start, riskTable, wishes) => {
        for (const batch of runStream(start, wishes, riskTable, { sizes, unchecked: NO_SIGNATURES }).batches) {
          const ordered = inSlots(batch)
          const acted = ordered.filter((each) => each.acted)
          assert.ok(ordered.length <= accountSlots(sizes) && acted.length <= sizes.accounts)
          assert.ok(ordered.slice(sizes.accounts).every((each) => !each.acted && each.margin === undefined))
          const kinds = [ordered.slice(0, sizes.accounts), ordered.slice(sizes.accounts)]
          for (const kind of kinds)
            assert.deepEqual(
              kind,
              [...kind].sort((a, b) => a.index - b.index),
            )
          if (kinds[1]!.length > 0) seen.light++
          if (batch.after.books.get(0)!.hand === undefined) continue
          assert.ok(batch.steps.length === sizes.steps || ordered.length === accountSlots(sizes))
          if (batch.steps.length < sizes.steps) seen.paused++
        }
      },
    ),
    { seed: 3, numRuns: 200 },
  )
  assert.ok(seen.light > 50 && seen.paused > 3, JSON.stringify(seen))
})
