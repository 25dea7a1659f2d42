import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  cancel,
  makeAccount,
  makeContext,
  makeState,
  NO_HASHES,
  NO_SIGNATURES,
  order,
  SMALL,
  TIGHT,
} from '../../lab/instances/model.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { excesses } from '../../protocol/margin.ts'
import type { LimitOrder } from '../../protocol/message.ts'
import { min } from '../../protocol/numbers.ts'
import { type State, stateRoot } from '../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish } from '../support/arbitraries.ts'
import { applyInCuts, otherSizes } from '../support/cuts.ts'
import { runStream } from '../support/run-stream.ts'

const RICH = makeAccount(SMALL)
const holding = (size: bigint) => makeAccount(SMALL, { positions: { 0: { size } } })
/** Accounts 1 and 2 hold ten lots against each other; 3 and 4 none. */
const PAIR = makeState(SMALL, { 1: holding(-10n), 2: holding(10n), 3: RICH, 4: RICH })

function run(state: State, messages: readonly SignedBundle[], context = {}): TradeBatch {
  return applyTradeBatchUnchecked(state, messages, makeContext(SMALL, { closingOnly: true, ...context }), NO_HASHES)
}
/** The state after messages that came while opening was allowed. */
function before(state: State, messages: readonly SignedBundle[], context = {}): State {
  return run(state, messages, { closingOnly: false, ...context }).after
}
const ask = (account: number, nonce: bigint, overrides: Partial<LimitOrder> = {}) =>
  order(account, nonce, { side: 'sell', ...overrides })
const kindsOf = (batch: TradeBatch) => batch.steps.map(({ kind }) => kind)
const positionOf = ({ after }: TradeBatch, account: number) => after.accounts.get(account)!.positions[0]!

suite('protocol.md#closing-only: orders that are loaded', () => {
  test('an order that would open, flip or close more than there is has no effect but its nonce', () => {
    for (const message of [
      order(3, 1n),
      ask(3, 1n),
      order(1, 1n, { size: 11n }),
      ask(2, 1n, { size: 11n }),
      ask(1, 1n, { size: 1n }),
      order(2, 1n, { size: 1n }),
      order(1, 1n, { size: 11n, timeInForce: 'IOC', reduceOnly: true }),
    ]) {
      const batch = run(PAIR, [message])
      assert.deepEqual(kindsOf(batch), ['no-effect'])
      const { account } = message.messages[0]!
      assert.deepEqual(batch.after.accounts.get(account), { ...PAIR.accounts.get(account)!, nonce: 1n })
    }
  })

  test('a closing order of the whole position rests, and fills', () => {
    const resting = run(PAIR, [order(1, 1n)])
    assert.deepEqual([kindsOf(resting), positionOf(resting, 1).openBuy], [['rested'], 10n])
    const filled = run(resting.after, [ask(2, 1n)])
    assert.deepEqual(kindsOf(filled), ['traded'])
    for (const account of [1, 2]) assert.deepEqual([positionOf(filled, account).size], [0n])
  })

  test('what is open already counts: ten lots cannot be closed twice', () => {
    const resting = run(PAIR, [order(1, 1n, { size: 4n })]).after
    assert.deepEqual(kindsOf(run(resting, [order(1, 2n, { size: 7n })])), ['no-effect'])
    assert.deepEqual(kindsOf(run(resting, [order(1, 2n, { size: 6n })])), ['rested'])
    assert.deepEqual(kindsOf(run(resting, [cancel(1, 2n), order(1, 3n)])), ['cancelled', 'rested'])
  })

  test('a barred account still closes by a reduce-only order', () => {
    const barred = makeState(SMALL, { 1: { ...holding(-10n), suspended: true }, 2: holding(10n) })
    const batch = run(run(barred, [ask(2, 1n)]).after, [order(1, 1n, { timeInForce: 'IOC', reduceOnly: true })])
    assert.deepEqual([kindsOf(batch), positionOf(batch, 1).size], [['traded'], 0n])
  })
})

suite('protocol.md#closing-only: orders from before', () => {
  test('a resting order that would open makes way for one that crosses it, and its lots are released', () => {
    for (const timeInForce of ['GTC', 'POST_ONLY', 'IOC'] as const) {
      const state = before(PAIR, [ask(3, 1n)])
      const batch = run(state, [order(1, 1n, { timeInForce })])
      assert.deepEqual(kindsOf(batch), ['head-removed', timeInForce === 'IOC' ? 'dropped' : 'rested'])
      assert.deepEqual(batch.after.accounts.get(3)!, { ...state.accounts.get(3)!, positions: RICH.positions })
    }
  })

  test('a resting order that closes stays, and fills', () => {
    const batch = run(before(PAIR, [ask(2, 1n)]), [order(1, 1n)])
    assert.deepEqual([kindsOf(batch), positionOf(batch, 2).size], [['traded'], 0n])
  })

  test('of resting orders that together do more than close the best go until the others no longer do', () => {
    const orders = [ask(2, 1n, { price: 1000n, size: 5n }), ask(2, 2n, { price: 1001n, size: 7n })]
    const [ten, eleven] = [3n, 4n].map((size, i) =>
      before(PAIR, [...orders, ask(2, BigInt(3 + i), { price: 1002n, size })]),
    )
    const take = order(1, 1n, { price: 1002n, timeInForce: 'IOC' })
    assert.deepEqual(kindsOf(run(ten!, [take])), ['head-removed', 'traded', 'traded'])
    assert.deepEqual(kindsOf(run(eleven!, [take])), ['head-removed', 'head-removed', 'traded', 'dropped'])
    const cancelled = run(eleven!, [
      cancel(2, 9n, { side: 'sell', price: 1000n }),
      cancel(2, 10n, { side: 'sell', price: 1002n, sequence: 2n }),
      take,
    ])
    assert.deepEqual(kindsOf(cancelled), ['cancelled', 'cancelled', 'traded', 'dropped'])
  })

  test('the order in hand that an earlier batch left is dropped if it would open, and worked on if not', () => {
    for (const [account, kind] of [
      [3, 'dropped'],
      [1, 'traded'],
    ] as const) {
      const asks = before(PAIR, [ask(2, 1n, { size: 5n }), ask(2, 2n, { size: 5n, price: 1001n })])
      const carried = before(asks, [order(account, 1n, { price: 1001n })], { sizes: { ...SMALL, steps: 1 } })
      assert.equal(carried.books.get(0)!.hand?.remaining, 5n)
      // what the first fill gave to account 3 is a position like any other
      const batch = run(carried, [])
      assert.deepEqual(kindsOf(batch), [kind])
      assert.deepEqual([batch.after.books.get(0)!.hand, positionOf(batch, account).openBuy], [undefined, 0n])
    }
  })

  test('no book is jammed: behind windows full of dead orders any price in the band can be traded at', () => {
    const many = Array.from({ length: SMALL.window }, (_, i) => BigInt(i))
    const sizes = { ...SMALL, messages: 32, signatures: 32, steps: 64 }
    for (const side of ['buy', 'sell'] as const) {
      const best = side === 'buy' ? 1050n : 950n
      const orders = many.map((i) => order(3, i + 1n, { side, price: side === 'buy' ? best - i : best + i }))
      const full = before(PAIR, orders, { sizes })
      for (const price of [900n, 950n, 1000n, 1050n, 1100n]) {
        // whoever meets the dead orders goes first: their own side may have no room
        const pair = [order(1, 1n, { price }), ask(2, 1n, { price })]
        const batch = run(full, side === 'buy' ? pair.toReversed() : pair, { sizes })
        assert.equal(batch.steps.at(-1)!.trade?.price, price)
        for (const account of [1, 2]) assert.equal(positionOf(batch, account).size, 0n)
      }
    }
  })
})

/** A stream that is cut, half the time where it left an order in hand if it did, and another one, from there on, that may only close. */
const streams = (rich: boolean) =>
  fc
    .record({
      start: arbitraryState(TIGHT, { rich }),
      table: arbitraryLivelyTable(TIGHT),
      earlier: fc.array(arbitraryWish({ markets: 1 }), { minLength: 6, maxLength: 30 }),
      cut: fc.nat(30),
      carries: fc.boolean(),
      later: fc.array(arbitraryWish({ markets: 1 }), { minLength: 6, maxLength: 30 }),
    })
    .map(({ start, table, earlier, cut, carries, later }) => {
      const ends = runStream(start, earlier, table, { unchecked: NO_SIGNATURES }).batches.map(({ after }) => after)
      const carrying = ends.filter(({ books }) => books.get(0)!.hand !== undefined)
      const cuts = carries && carrying.length > 0 ? carrying : ends
      const left = cuts.length === 0 ? start : cuts[cut % cuts.length]!
      const closing = runStream(left, later, table, { unchecked: NO_SIGNATURES, closingFrom: 0 })
      return { table, left, closing }
    })

test('any cut of the same messages gives the same state root where positions may only be closed', () => {
  let differed = 0
  const seen = new Set<string>()
  fc.assert(
    fc.property(
      streams(true),
      otherSizes,
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
      ({ table: riskTable, left, closing }, other, lengths) => {
        // a bundle that takes more than a batch has
        assert.ok(closing.builder.refused.every(({ bundle }) => bundle.messages.length > 1))
        const bundles = closing.batches.flatMap((batch) => batch.bundles)
        const sizes = { ...TIGHT, ...other }
        const context = makeContext(TIGHT, { riskTable, sizes, closingOnly: true })
        const larger = { ...TIGHT, messages: 9, signatures: 9, steps: 40, accounts: 12 }
        const cut = applyInCuts(left, bundles, lengths, context, { larger })
        assert.equal(stateRoot(cut.state), stateRoot(closing.builder.state))
        if (cut.batches !== closing.batches.length) differed++
        if (left.books.get(0)!.hand !== undefined) seen.add(`carried ${closing.batches[0]!.steps[0]!.kind}`)
        if (closing.batches.slice(1).some(({ before: { books } }) => books.get(0)!.hand !== undefined))
          seen.add('paused')
        for (const { steps } of closing.batches) for (const { kind } of steps) seen.add(kind)
      },
    ),
    { numRuns: 200 },
  )
  assert.ok(differed > 20, `${differed} cuts differed`)
  for (const kind of ['carried dropped', 'paused', 'rested', 'traded', 'head-removed', 'no-effect']) {
    assert.ok(seen.has(kind), `never seen: ${kind} (${[...seen].join(', ')})`)
  }
})

test('no position grows or changes sides, open interest falls by fills alone, and no excess falls that margin keeps', () => {
  let filled = 0
  fc.assert(
    fc.property(streams(false), ({ table, closing }) => {
      for (const { before: from, after, touched, steps } of closing.batches) {
        for (const entry of touched) {
          const [was, is] = [entry.before.positions[0]!.size, entry.after.positions[0]!.size]
          assert.ok(was < 0n ? was <= is && is <= 0n : 0n <= is && is <= was)
          const [owed, owes] = [entry.before, entry.after].map((account) =>
            excesses(account, table, table.initialMarginBps).reduce(min, 0n),
          )
          assert.ok(owes! >= owed!)
        }
        const lots = steps.reduce((sum, { trade }) => sum + (trade?.size ?? 0n), 0n)
        assert.equal(openInterest(from) - openInterest(after), lots)
        if (lots > 0n) filled++
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(filled > 30, `${filled} batches had fills`)
})

function openInterest(state: State): bigint {
  return [...state.accounts.entries()].reduce(
    (sum, [, { positions }]) => sum + (positions[0]!.size > 0n ? positions[0]!.size : 0n),
    0n,
  )
}
