import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cancelAll,
  makeAccount,
  makeContext,
  makeState,
  NO_HASHES,
  order,
  richState,
  SMALL,
  unsignedBundle,
} from '../../../lab/instances/model.ts'
import { isOrderInHand } from '../../../protocol/book.ts'
import type { SignedBundle } from '../../../protocol/bundle.ts'
import { unpackSlot } from '../../../protocol/slot.ts'
import type { State } from '../../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'
import { TradeBatchBuilder } from '../../../protocol/trade-batch/builder.ts'
import type { TradeBatchContext } from '../../../protocol/trade-batch/trade-batch.ts'
import { kinds } from '../../support/steps.ts'

const context = makeContext(SMALL)
const apply = (state: State, bundles: readonly SignedBundle[], options: Partial<TradeBatchContext> = {}) =>
  applyTradeBatchUnchecked(state, bundles, { ...context, ...options }, NO_HASHES)

/** Account 1 has `bids` bids and `asks` asks of 2 lots, beside one of each of account 2. */
function quoted(bids: number, asks: number): State {
  const messages = [
    ...Array.from({ length: bids }, (_, i) => order(1, BigInt(1 + i), { price: 990n - 2n * BigInt(i), size: 2n })),
    ...Array.from({ length: asks }, (_, i) =>
      order(1, BigInt(50 + i), { side: 'sell', price: 1010n + 2n * BigInt(i), size: 2n }),
    ),
    order(2, 1n, { price: 989n, size: 3n }),
    order(2, 2n, { side: 'sell', price: 1011n, size: 3n }),
  ]
  return messages.reduce((state, message) => apply(state, [message]).after, richState(SMALL, 3))
}

const owners = (window: readonly bigint[]) => window.map((word) => unpackSlot(word).account)
const lotsOf = (state: State, account: number) => {
  const { openBuy, openSell } = state.accounts.get(account)!.positions[0]!
  return [openBuy, openSell]
}

test('takes back every order of its account on the side that it names, and no other', () => {
  for (const [side, left, open] of [
    ['buy', [[2], [1, 2, 1]], [0n, 4n]],
    ['sell', [[1, 2, 1], [2]], [4n, 0n]],
    ['both', [[2], [2]], [0n, 0n]],
  ] as const) {
    const { after } = apply(quoted(2, 2), [cancelAll(1, 60n, side)])
    const { bids, asks, hand } = after.books.get(0)!
    assert.deepEqual([owners(bids), owners(asks)], left)
    assert.deepEqual([lotsOf(after, 1), lotsOf(after, 2)], [open, [3n, 3n]])
    assert.deepEqual([hand, after.accounts.get(1)!.nonce], [undefined, 60n])
  }
})

test('takes one step for each order, and one where there is none', () => {
  assert.deepEqual(kinds(apply(quoted(2, 1), [cancelAll(1, 60n, 'both')])), ['cancelled', 'cancelled', 'cancelled'])
  assert.deepEqual(kinds(apply(quoted(0, 1), [cancelAll(1, 60n, 'both')])), ['cancelled'])
  assert.deepEqual(kinds(apply(quoted(2, 0), [cancelAll(1, 60n, 'sell')])), ['cancel-missed'])
  assert.deepEqual(kinds(apply(quoted(0, 0), [cancelAll(1, 60n, 'both')])), ['cancel-missed'])
})

test('stands before new quotes in one bundle', () => {
  const [first] = cancelAll(1, 60n, 'both').messages
  const quotes = [61n, 62n].map((nonce) => order(1, nonce, { price: 900n + nonce }).messages[0]!)
  const { after, steps } = apply(quoted(2, 2), [unsignedBundle([first!, ...quotes])])
  assert.equal(steps.length, 6)
  assert.deepEqual(lotsOf(after, 1), [20n, 0n])
})

test('a bundle that has more to take out than a batch has steps is refused, and the cancel alone goes on in the next batch', () => {
  const state = quoted(5, 4)
  const [first] = cancelAll(1, 60n, 'both').messages
  const bundle = unsignedBundle([first!, order(1, 61n).messages[0]!])
  const builder = new TradeBatchBuilder(state, { context, unchecked: NO_HASHES })
  assert.deepEqual(builder.push(bundle), [])
  assert.deepEqual(
    builder.refused.map(({ reason }) => reason),
    ['STEPS'],
  )
  builder.push(cancelAll(1, 60n, 'both'))
  const batches = builder.finish()
  assert.deepEqual(
    batches.map(({ steps }) => steps.length),
    [6, 3],
  )
  const { hand } = batches[0]!.after.books.get(0)!
  assert.ok(hand !== undefined && !isOrderInHand(hand))
  // the bids are gone, so that what is in hand is a cancel of asks
  assert.deepEqual(hand, { account: 1, side: 'sell', remaining: 0n })
  assert.deepEqual(lotsOf(builder.state, 1), [0n, 0n])
})

test('while it is in hand nothing else happens: no message is loaded, whoever sends it', () => {
  const state = quoted(3, 0)
  const options = { sizes: { ...SMALL, steps: 1 } }
  const { after } = apply(state, [cancelAll(1, 60n, 'buy')], options)
  assert.equal(after.books.get(0)!.bids.length, 3)
  const { steps } = apply(after, [order(3, 9n, { side: 'sell', price: 980n, size: 1n })])
  assert.deepEqual(
    steps.map(({ loaded, kind }) => [loaded, kind]),
    [
      [false, 'cancelled'],
      [false, 'cancelled'],
      [true, 'traded'],
    ],
  )
  assert.equal(steps[2]!.trade!.maker, 2)
})

test('works for a barred account, also over several batches, in a closed market, at a stale table and while only closing is allowed', () => {
  const state = quoted(3, 0)
  const barred = { ...state, accounts: state.accounts.set(1, { ...state.accounts.get(1)!, flaggedAt: 5n }) }
  const one = { sizes: { ...SMALL, steps: 1 } }
  const begun = apply(barred, [cancelAll(1, 60n, 'buy')], one)
  assert.deepEqual(kinds(apply(begun.after, [])), ['cancelled', 'cancelled'])
  const over = context.riskTable.markets[0]!.lastTradeTime + 1n
  for (const options of [{ timestamp: over }, { timestamp: 1n }, { closingOnly: true }]) {
    assert.deepEqual(lotsOf(apply(state, [cancelAll(1, 60n, 'buy')], options).after, 1), [0n, 0n])
  }
})

test('needs its nonce: one that is old is refused, and none is not well-formed', () => {
  const state = makeState(SMALL, { 1: makeAccount(SMALL, { nonce: 9n, flaggedAt: 5n }) })
  for (const [nonce, reason] of [
    [9n, 'OLD_NONCE'],
    [0n, 'MALFORMED'],
  ] as const) {
    assert.throws(() => apply(state, [cancelAll(1, nonce, 'both')]), { details: { reason, bundle: 0 } })
  }
})
