import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  cancel,
  DOMAIN,
  LATER,
  makeAccount,
  makeState,
  makeTable,
  NO_HASHES,
  NOW,
  order,
  richState,
  SMALL,
  TIGHT,
  unsignedBundle,
} from '../../../lab/instances/model.ts'
import { messagesOf, needsNoSignature } from '../../../protocol/bundle.ts'
import { accountAt } from '../../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'
import { TradeBatchBuilder } from '../../../protocol/trade-batch/builder.ts'
import { arbitraryLivelyTable, arbitraryState, arbitraryWish, bundlesOf } from '../../support/arbitraries.ts'
import { runStream } from '../../support/run-stream.ts'

const context = { timestamp: NOW, domain: DOMAIN, riskTable: makeTable(SMALL), sizes: SMALL }
const builderOn = (state = richState(SMALL, 8), terms = context) =>
  new TradeBatchBuilder(state, { context: terms, unchecked: NO_HASHES })
const ask = (account: number, nonce = 1n) => order(account, nonce, { side: 'sell' })

test('every batch that comes out applies on its own to the state that the one before it left', () => {
  const wishes = fc.array(arbitraryWish({ markets: 3, maxWait: 2n }), { minLength: 5, maxLength: 50 })
  for (const rich of [true, false]) {
    fc.assert(
      fc.property(arbitraryState(TIGHT, { rich }), arbitraryLivelyTable(TIGHT), wishes, (start, table, list) => {
        const { batches, builder } = runStream(start, list, table)
        let state = start
        for (const batch of batches) {
          const again = applyTradeBatchUnchecked(state, batch.bundles, batch.context, NO_HASHES)
          assert.deepEqual([...again.after.accounts.entries()], [...batch.after.accounts.entries()])
          assert.deepEqual([...again.after.books.entries()], [...batch.after.books.entries()])
          assert.deepEqual([again.steps, again.touched], [batch.steps, batch.touched])
          assert.deepEqual(again.after.openInterest, batch.after.openInterest)
          assert.ok(batch.steps.length > 0)
          state = batch.after
        }
        const included = batches.flatMap(({ bundles }) => bundles)
        // the builder takes back dead orders by cancels of its own
        const added = included.length + builder.refused.length - bundlesOf(list).length
        assert.ok(added >= 0 && added <= included.filter(needsNoSignature).length)
        assert.ok([...state.books.entries()].every(([, { hand }]) => hand === undefined))
      }),
      { numRuns: 150 },
    )
  }
})

/** A second after the bids of {@link withDeadBids} have expired. */
const later = { ...context, timestamp: NOW + 1n }

/** A state in which account 1 has bids of 1 lot at that price, as many as a batch has steps. */
const withDeadBids = (price: bigint) => {
  let state = richState(SMALL, 8)
  for (let nonce = 1n; nonce <= BigInt(SMALL.steps); nonce++) {
    const bid = order(1, nonce, { price, size: 1n, expiry: NOW })
    state = applyTradeBatchUnchecked(state, [bid], { ...context, market: 0 }, NO_HASHES).after
  }
  assert.equal(state.books.get(0)!.bids.length, SMALL.steps)
  return state
}

test('as many dead bids as a batch has steps keep no bundle out: they are taken back before it', () => {
  const state = withDeadBids(1000n)
  const builder = builderOn(state, later)
  const resting = builder.push(order(2, 1n, { side: 'sell', price: 1010n }))
  const bundle = unsignedBundle([
    cancel(2, 2n, { side: 'sell', price: 1010n, sequence: BigInt(SMALL.steps) }).messages[0]!,
    order(2, 3n, { side: 'sell', price: 990n }).messages[0]!,
    order(2, 4n, { side: 'sell', price: 1020n }).messages[0]!,
  ])
  const batches = [...resting, ...builder.push(bundle), ...builder.finish()]
  assert.deepEqual(builder.refused, [])
  const book = builder.state.books.get(0)!
  assert.deepEqual([book.bids.length, book.asks.length, book.hand], [0, 2, undefined])
  assert.equal(accountAt(builder.state, 1)!.positions[0]!.openBuy, 0n)
  assert.equal(accountAt(builder.state, 1)!.nonce, BigInt(SMALL.steps))
  // each of them applies by itself
  const end = batches.reduce(
    (before, batch) => applyTradeBatchUnchecked(before, batch.bundles, batch.context, NO_HASHES).after,
    state,
  )
  assert.deepEqual([...end.accounts.entries()], [...builder.state.accounts.entries()])
})

test('nothing is taken back for a bundle that fits into no batch anyway, nor what it does not cross', () => {
  const state = withDeadBids(1000n)
  const poor = { ...state, accounts: state.accounts.set(7, makeAccount(SMALL, { cash: 0n })) }
  const builder = builderOn(poor, later)
  assert.deepEqual(builder.push(order(7, 1n, { side: 'sell', price: 990n })), [])
  assert.deepEqual(
    builder.refused.map(({ reason }) => reason),
    ['MARGIN'],
  )
  assert.deepEqual([builder.finish(), builder.state.books.get(0)!.bids.length], [[], SMALL.steps])
  const above = builderOn(state, later)
  const [batch] = [...above.push(order(2, 1n, { side: 'sell', price: 1001n })), ...above.finish()]
  assert.deepEqual(
    batch!.steps.map(({ kind }) => kind),
    ['rested'],
  )
})

test('messages fill a batch up to N, then the next one begins', () => {
  const builder = builderOn()
  const done = [ask(1), ask(2), ask(3), ask(3, 2n)].flatMap((bundle) => builder.push(bundle))
  assert.deepEqual(done, [])
  assert.equal(builder.push(ask(3, 3n)).length, 1)
  assert.deepEqual(
    builder.finish().map((batch) => messagesOf(batch).length),
    [1],
  )
})

test('a sweep that meets more makers than a batch has accounts is carried into the next', () => {
  const builder = builderOn()
  const batches = [1, 2, 3, 4, 5].flatMap((account) => builder.push(ask(account)))
  batches.push(...builder.push(order(8, 1n, { size: 50n })), ...builder.finish())
  const carried = batches.findIndex(({ after }) => after.books.get(0)!.hand !== undefined)
  assert.ok(carried >= 0)
  assert.equal(batches[carried + 1]!.bundles.length, 0)
  assert.equal(builder.state.accounts.get(8)!.positions[0]!.size, 50n)
})

test('a message that lacks margin is left out, without a cut, and the rest goes on', () => {
  const broke = makeAccount(SMALL, { cash: 0n })
  const builder = builderOn(makeState(SMALL, { 1: makeAccount(SMALL), 2: broke }))
  const batches = [ask(1), order(2, 1n, { price: 900n }), ask(1, 2n)].flatMap((m) => builder.push(m))
  batches.push(...builder.finish())
  assert.deepEqual(
    builder.refused.map(({ reason, bundle }) => [reason, bundle.messages[0]!.account]),
    [['MARGIN', 2]],
  )
  assert.deepEqual(
    batches.map((batch) => messagesOf(batch).length),
    [2],
  )
})

test('a message that no batch may include is left out and named', () => {
  const builder = builderOn()
  const elsewhere = [order(1, 2n, { market: SMALL.markets }), cancel(1, 0n, { market: SMALL.markets })]
  for (const message of [ask(1), ask(1), ask(99), order(1, 2n, { reduceOnly: true }), ...elsewhere])
    builder.push(message)
  assert.deepEqual(
    builder.refused.map(({ reason }) => reason),
    ['OLD_NONCE', 'UNKNOWN_ACCOUNT', 'MALFORMED', 'OTHER_MARKET', 'OTHER_MARKET'],
  )
})

test('signatures are checked by default', () => {
  const builder = new TradeBatchBuilder(richState(SMALL, 2), { context })
  builder.push(ask(1))
  assert.deepEqual(
    builder.refused.map(({ reason }) => reason),
    ['BAD_SIGNATURE'],
  )
})

test('a message for another market ends the batch', () => {
  const builder = builderOn()
  builder.push(ask(1))
  assert.deepEqual(
    builder.push(order(2, 1n, { market: 1 })).map(({ context: { market } }) => market),
    [0],
  )
  assert.deepEqual(
    builder.finish().map(({ context: { market } }) => market),
    [1],
  )
})

test('an order carried over an update meets the new time, and finish works it off', () => {
  const builder = builderOn()
  for (const account of [1, 2, 3, 4]) builder.push(ask(account))
  builder.finish()
  builder.push(order(8, 1n, { size: 40n, expiry: NOW + 5n }))
  assert.equal(builder.pending!.after.books.get(0)!.hand?.remaining, 10n)
  builder.update({ ...context, timestamp: NOW + 6n })
  const [last, ...more] = builder.finish()
  assert.deepEqual(
    last!.steps.map(({ kind }) => kind),
    ['dropped'],
  )
  assert.equal(last!.context.timestamp, NOW + 6n)
  assert.deepEqual(more, [])
})

test('an order in hand when the builder starts is worked off, also if messages for other markets follow', () => {
  const builder = builderOn()
  for (const account of [1, 2, 3, 4]) builder.push(ask(account))
  builder.finish()
  builder.push(order(8, 1n, { size: 40n, expiry: LATER }))
  const { after } = builder.pending!
  const resumed = builderOn(after)
  const batches = [...resumed.push(order(7, 1n, { market: 2 })), ...resumed.finish()]
  assert.deepEqual(
    batches.map(({ context: { market } }) => market),
    [0, 2],
  )
  assert.equal(batches[0]!.steps[0]!.trade!.size, 10n)
})

test('maxMessages cuts smaller batches than the sizes allow', () => {
  const builder = new TradeBatchBuilder(richState(SMALL, 4), { context, unchecked: NO_HASHES, maxMessages: 1 })
  const batches = [1, 2, 3].flatMap((account) => builder.push(ask(account)))
  assert.deepEqual(
    [...batches, ...builder.finish()].map((batch) => messagesOf(batch).length),
    [1, 1, 1],
  )
})

test('a fork goes on with the unfinished batch, and neither sees what the other is given', () => {
  const builder = builderOn()
  builder.push(ask(1))
  builder.push(ask(1))
  const fork = builder.fork()
  assert.deepEqual([builder.refused.length, fork.refused.length], [1, 0])
  fork.push(ask(2))
  assert.deepEqual([builder.pending!.bundles.length, fork.pending!.bundles.length], [1, 2])
  builder.push(ask(3))
  const accountsOf = ([batch]: ReturnType<TradeBatchBuilder['finish']>) =>
    messagesOf(batch!).map(({ account }) => account)
  assert.deepEqual(
    [accountsOf(builder.finish()), accountsOf(fork.finish())],
    [
      [1, 3],
      [1, 2],
    ],
  )
})
