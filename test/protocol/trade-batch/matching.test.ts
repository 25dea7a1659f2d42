import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cancel,
  LATER,
  makeAccount,
  makeContext,
  makeState,
  makeTable,
  NO_HASHES,
  NOW,
  order,
  richState,
  SMALL,
} from '../../../lab/instances/model.ts'
import type { SignedBundle } from '../../../protocol/bundle.ts'
import { LAST_SEQUENCE } from '../../../protocol/parameters.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { priority, unpackSlot } from '../../../protocol/slot.ts'
import type { State } from '../../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'

const WIDE = { ...SMALL, messages: 100, signatures: 100, steps: 100, accounts: 10, lightAccounts: 0 }

function run(state: State, messages: readonly SignedBundle[], table?: RiskTable, timestamp = NOW): TradeBatch {
  const context = makeContext(WIDE, { timestamp, ...(table && { riskTable: table }) })
  return applyTradeBatchUnchecked(state, messages, context, NO_HASHES)
}

const kinds = (batch: TradeBatch) => batch.steps.map(({ kind }) => kind)
const asks = ({ after }: TradeBatch) =>
  after.books.get(0)!.asks.map((word) => {
    const { account, size, sequence, priority: price } = unpackSlot(word)
    return { account, price, size, sequence }
  })
const bidPrices = ({ after }: TradeBatch) =>
  after.books.get(0)!.bids.map((word) => priority('buy', unpackSlot(word).priority))
const ask = (account: number, nonce: bigint, price: bigint, size = 10n) =>
  order(account, nonce, { side: 'sell', price, size })

/** Account 1 offers 10 lots at 1000 and 10 at 1010, account 2 10 at 1000 after it. */
const offered = () => run(richState(WIDE, 5), [ask(1, 1n, 1010n), ask(1, 2n, 1000n), ask(2, 1n, 1000n)])

test('better prices come first, then earlier orders, and trades are at the price of the resting order', () => {
  const batch = run(offered().after, [order(3, 1n, { price: 1010n, size: 25n })])
  assert.deepEqual(
    batch.steps.map(({ trade }) => [trade?.maker, trade?.price, trade?.size, trade?.makerSequence]),
    [
      [1, 1000n, 10n, 1n],
      [2, 1000n, 10n, 2n],
      [1, 1010n, 5n, 0n],
    ],
  )
  assert.deepEqual(asks(batch), [{ account: 1, price: 1010n, size: 5n, sequence: 0n }])
})

test('protocol.md#dead-order: a carried order that has expired is dropped, and its lots are no longer open', () => {
  const { carried, table } = carriedSweep()
  const batch = applyTradeBatchUnchecked(carried, [], context(table, LATER + 1n), NO_HASHES)
  assert.deepEqual(kinds(batch), ['dropped'])
  assert.equal(batch.after.accounts.get(5)!.positions[0]!.openBuy, 0n)
})

test('protocol.md#dead-order: a carried order that a new table leaves out of band is dropped', () => {
  const { carried, table } = carriedSweep()
  const moved = { ...table, markets: table.markets.map((m) => ({ ...m, mark: 900n, band: 99n })) }
  assert.deepEqual(kinds(applyTradeBatchUnchecked(carried, [], context(moved), NO_HASHES)), ['dropped'])
  const edge = { ...table, markets: table.markets.map((m) => ({ ...m, mark: 900n, band: 100n })) }
  assert.equal(kinds(applyTradeBatchUnchecked(carried, [], context(edge), NO_HASHES))[0], 'traded')
})

test('protocol.md#dead-order: a carried order that meets a stale table or a closed market is dropped', () => {
  const { carried, table } = carriedSweep()
  const { asOf, maxAge } = table
  const kindsAt = (riskTable: RiskTable, now: bigint) =>
    kinds(applyTradeBatchUnchecked(carried, [], context(riskTable, now), NO_HASHES))
  assert.deepEqual(kindsAt(table, asOf + maxAge + 1n), ['dropped'])
  assert.deepEqual(kindsAt(table, asOf - 1n), ['dropped'])
  assert.equal(kindsAt(table, asOf + maxAge)[0], 'traded')
  const closed = { ...table, markets: table.markets.map((m) => ({ ...m, lastTradeTime: NOW })) }
  assert.deepEqual(kindsAt(closed, NOW + 1n), ['dropped'])
  assert.equal(kindsAt(closed, NOW)[0], 'traded')
})

/** Account 5 sweeps four makers with room for three: the order stays in hand. */
function carriedSweep() {
  const table = makeTable(SMALL)
  let state = richState(SMALL, 5)
  const makers = [1, 2, 3, 4].map((account) => ask(account, 1n, 1000n))
  for (const maker of makers) state = run(state, [maker]).after
  const { after } = applyTradeBatchUnchecked(state, [order(5, 1n, { size: 35n })], context(table), NO_HASHES)
  assert.equal(after.books.get(0)!.hand?.remaining, 5n)
  return { carried: after, table }
}
function context(riskTable: RiskTable, timestamp = NOW) {
  return makeContext(SMALL, { riskTable, timestamp })
}

test('protocol.md#resting: an order that does not cross rests with the next sequence number; IOC is dropped', () => {
  const batch = run(offered().after, [
    order(3, 1n, { price: 999n }),
    order(3, 2n, { price: 999n, timeInForce: 'POST_ONLY' }),
    order(3, 3n, { price: 999n, timeInForce: 'IOC' }),
  ])
  assert.deepEqual(kinds(batch), ['rested', 'rested', 'dropped'])
  assert.deepEqual(
    batch.after.books.get(0)!.bids.map((word) => unpackSlot(word).sequence),
    [3n, 4n],
  )
  assert.equal(batch.after.accounts.get(3)!.positions[0]!.openBuy, 20n)
})

test('protocol.md#resting: a remainder below minOrder is dropped', () => {
  const table = makeTable(WIDE, {}, { minOrder: 5n })
  const batch = run(offered().after, [order(3, 1n, { size: 24n })], table)
  assert.deepEqual(kinds(batch), ['traded', 'traded', 'dropped'])
  assert.equal(batch.after.accounts.get(3)!.positions[0]!.openBuy, 0n)
  assert.deepEqual(kinds(run(offered().after, [order(3, 1n, { size: 25n })], table)), ['traded', 'traded', 'rested'])
})

test('protocol.md#resting: the sequence number 2^32-1 is never given out: the order is dropped, evicting nobody', () => {
  const rich = makeAccount(WIDE)
  const at = (nextSequence: bigint) => makeState(WIDE, { 1: rich }, { 0: { nextSequence } })
  const last = run(at(LAST_SEQUENCE - 1n), [order(1, 1n), order(1, 2n)])
  assert.deepEqual(kinds(last), ['rested', 'dropped'])
  assert.equal(last.after.books.get(0)!.nextSequence, LAST_SEQUENCE)
  assert.equal(last.after.accounts.get(1)!.positions[0]!.openBuy, 10n)
})

test('protocol.md#dead-head: a crossing head that has expired or is out of band makes way, and its lots are no longer open', () => {
  const state = run(richState(WIDE, 5), [
    order(1, 1n, { side: 'sell', price: 980n, expiry: NOW + 1n }),
    order(2, 1n, { side: 'sell', price: 990n }),
  ]).after
  const expired = run(state, [order(3, 1n, { size: 5n })], undefined, NOW + 2n)
  assert.deepEqual(kinds(expired), ['head-removed', 'traded'])
  assert.equal(expired.after.accounts.get(1)!.positions[0]!.openSell, 0n)
  const moved = makeTable(WIDE, {}, { mark: 1085n })
  assert.deepEqual(kinds(run(state, [order(3, 1n, { size: 5n })], moved)), ['head-removed', 'traded'])
})

test('an expired head that does not cross stays', () => {
  const state = run(richState(WIDE, 5), [order(1, 1n, { side: 'sell', price: 1000n, expiry: NOW + 1n })]).after
  assert.deepEqual(kinds(run(state, [order(3, 1n, { price: 999n })], undefined, NOW + 2n)), ['rested'])
})

test('an order lives up to and including its expiry', () => {
  const state = run(richState(WIDE, 5), [order(1, 1n, { side: 'sell', expiry: NOW + 1n })]).after
  assert.deepEqual(kinds(run(state, [order(3, 1n, { expiry: NOW + 1n })], undefined, NOW + 1n)), ['traded'])
})

test('protocol.md#post-only: a crossing post-only order is dropped, though not before dead heads made way', () => {
  const state = run(richState(WIDE, 5), [ask(1, 1n, 1000n)]).after
  const post = [order(3, 1n, { timeInForce: 'POST_ONLY' })]
  assert.deepEqual(kinds(run(state, post)), ['dropped'])
  assert.deepEqual(
    kinds(
      run(
        state,
        [order(3, 1n, { timeInForce: 'POST_ONLY', expiry: LATER + 9n })],
        makeTable(WIDE, { maxAge: 9999n }),
        LATER + 1n,
      ),
    ),
    ['head-removed', 'rested'],
  )
})

test('protocol.md#self-trade-prevention: an order never trades with its own account: the resting one is cancelled', () => {
  const batch = run(offered().after, [order(1, 9n, { size: 12n })])
  assert.deepEqual(kinds(batch), ['head-removed', 'traded', 'rested'])
  assert.deepEqual(
    asks(batch).map(({ account }) => account),
    [1],
  )
  const { openBuy, openSell } = batch.after.accounts.get(1)!.positions[0]!
  assert.deepEqual([openBuy, openSell], [2n, 10n])
})

test('protocol.md#cancel: a cancel removes exactly its own order, and misses everything else', () => {
  const state = offered().after
  const taken = (message: SignedBundle) => kinds(run(state, [message]))[0]
  assert.equal(taken(cancel(1, 9n, { side: 'sell', price: 1000n, sequence: 1n })), 'cancelled')
  assert.equal(taken(cancel(2, 9n, { side: 'sell', price: 1000n, sequence: 1n })), 'cancel-missed')
  assert.equal(taken(cancel(1, 9n, { side: 'sell', price: 1001n, sequence: 1n })), 'cancel-missed')
  assert.equal(taken(cancel(1, 9n, { side: 'sell', price: 1000n, sequence: 2n })), 'cancel-missed')
  assert.equal(taken(cancel(1, 9n, { side: 'buy', price: 1000n, sequence: 1n })), 'cancel-missed')
  const batch = run(state, [cancel(1, 9n, { side: 'sell', price: 1000n, sequence: 1n })])
  assert.deepEqual(
    asks(batch).map(({ sequence }) => sequence),
    [2n, 0n],
  )
  assert.equal(batch.after.accounts.get(1)!.positions[0]!.openSell, 10n)
})

test('cancels work with a stale table and in a closed market', () => {
  const state = offered().after
  const message = cancel(1, 9n, { side: 'sell', price: 1000n, sequence: 1n })
  assert.deepEqual(kinds(run(state, [message], makeTable(WIDE, { asOf: NOW + 1n }))), ['cancelled'])
  assert.deepEqual(kinds(run(state, [message], makeTable(WIDE, {}, { lastTradeTime: NOW - 1n }))), ['cancelled'])
})

test('into a full window a better order evicts the last, whose lots are no longer open', () => {
  const batch = run(full(), [order(2, 1n, { price: 995n })])
  assert.deepEqual([kinds(batch), batch.steps[0]!.evicted], [['rested'], true])
  assert.deepEqual(bidPrices(batch), [999n, 998n, 997n, 996n, 995n, 995n, 994n, 993n])
  assert.equal(batch.after.accounts.get(1)!.positions[0]!.openBuy, 70n)
})

test('into a full window a worse order does not go, at the last price neither, and takes no sequence number', () => {
  for (const price of [992n, 500n]) {
    const batch = run(full(), [order(2, 1n, { price })])
    assert.deepEqual([kinds(batch), batch.steps[0]!.evicted], [['dropped'], false])
    assert.equal(batch.after.books.get(0)!.nextSequence, 8n)
    assert.equal(batch.after.accounts.get(2)!.positions[0]!.openBuy, 0n)
  }
})

test('any order gets into a full window whose last order has expired', () => {
  for (const price of [992n, 500n, 2n]) {
    const batch = run(full(NOW + 1n), [order(2, 1n, { price })], undefined, NOW + 2n)
    assert.deepEqual([kinds(batch), batch.steps[0]!.evicted], [['rested'], true])
    assert.equal(bidPrices(batch).at(-1), price)
    assert.equal(bidPrices(batch).length, WIDE.window)
  }
})

test('the last order of a full window keeps its place up to and including its expiry', () => {
  const batch = run(full(NOW + 2n), [order(2, 1n, { price: 500n })], undefined, NOW + 2n)
  assert.deepEqual([kinds(batch), bidPrices(batch).at(-1)], [['dropped'], 992n])
})

/** Account 1 bids 10 lots at 999, 998, ... 992: eight orders fill the window. */
function full(lastExpiry = LATER): State {
  const prices = [999n, 998n, 997n, 996n, 995n, 994n, 993n, 992n]
  const expiry = (price: bigint) => (price === 992n ? lastExpiry : LATER)
  const orders = prices.map((price, i) => order(1, BigInt(i + 1), { price, expiry: expiry(price) }))
  return run(richState(WIDE, 3), orders).after
}

const withoutEffect: Record<string, [SignedBundle, RiskTable?]> = {
  'a bid above mark + band': [order(3, 1n, { price: 1101n })],
  'an ask below mark - band': [order(3, 1n, { side: 'sell', price: 899n })],
  'an order below minOrder': [order(3, 1n, { size: 4n }), makeTable(WIDE, {}, { minOrder: 5n })],
  'an order of no lots': [order(3, 1n, { size: 0n })],
  'an expired order': [order(3, 1n, { expiry: NOW - 1n })],
  'an order met by a table of the past': [order(3, 1n), makeTable(WIDE, { asOf: NOW - 11n, maxAge: 10n })],
  'an order met by a table of the future': [order(3, 1n), makeTable(WIDE, { asOf: NOW + 1n })],
  'an order in a closed market': [order(3, 1n), makeTable(WIDE, {}, { lastTradeTime: NOW - 1n })],
  'a buy beyond maxPosition': [order(3, 1n, { size: 10n }), makeTable(WIDE, {}, { maxPosition: 9n })],
  'a sell beyond maxPosition': [order(3, 1n, { side: 'sell' }), makeTable(WIDE, {}, { maxPosition: 9n })],
  'a buy that could open beyond the cap of open interest': [order(3, 1n), makeTable(WIDE, {}, { maxOpenInterest: 9n })],
  'a sell that could': [order(3, 1n, { side: 'sell' }), makeTable(WIDE, {}, { maxOpenInterest: 9n })],
  'a reduce-only order with nothing to reduce': [order(3, 1n, { timeInForce: 'IOC', reduceOnly: true })],
}
for (const [name, [message, table]] of Object.entries(withoutEffect)) {
  test(`${name} has no effect but the nonce`, () => {
    const state = offered().after
    const batch = run(state, [message], table)
    assert.deepEqual(kinds(batch), ['no-effect'])
    assert.deepEqual(batch.after.accounts.get(3), { ...state.accounts.get(3)!, nonce: 1n })
    assert.deepEqual({ ...batch.after.books.get(0)! }, { ...state.books.get(0)! })
  })
}

test('the band is one-sided and its edges are inside', () => {
  const state = richState(WIDE, 5)
  const stands = (side: 'buy' | 'sell', price: bigint) => kinds(run(state, [order(3, 1n, { side, price })]))
  assert.deepEqual(stands('buy', 1100n), ['rested'])
  assert.deepEqual(stands('buy', 1n), ['rested'])
  assert.deepEqual(stands('sell', 900n), ['rested'])
  assert.deepEqual(stands('sell', 1_000_000n), ['rested'])
})

test('open orders count towards maxPosition until they are filled or gone', () => {
  const table = makeTable(WIDE, {}, { maxPosition: 20n })
  const two = run(richState(WIDE, 5), [order(3, 1n), order(3, 2n), order(3, 3n, { size: 1n })], table)
  assert.deepEqual(kinds(two), ['rested', 'rested', 'no-effect'])
  const freed = run(two.after, [cancel(3, 4n, { sequence: 0n }), order(3, 5n)], table)
  assert.deepEqual(kinds(freed), ['cancelled', 'rested'])
})

test('a reduce-only order is capped by the position, as it stands after the messages before it', () => {
  const state = offered().after
  const reduce = (nonce: bigint) =>
    order(4, nonce, { side: 'sell', price: 995n, size: 50n, timeInForce: 'IOC', reduceOnly: true })
  const batch = run(state, [
    order(4, 1n, { size: 7n }),
    order(5, 1n, { price: 995n, size: 30n }),
    reduce(2n),
    reduce(3n),
  ])
  assert.deepEqual(kinds(batch), ['traded', 'rested', 'traded', 'no-effect'])
  assert.equal(batch.steps[2]!.trade!.size, 7n)
  assert.deepEqual(batch.after.accounts.get(4)!.positions[0]!.size, 0n)
})

test('each side pays its own fee, rounded up, into the fees of the book', () => {
  const table = makeTable(WIDE, { takerFeeBps: 5n, makerFeeBps: 1n })
  const batch = run(offered().after, [order(3, 1n, { size: 3n })], table)
  const { trade } = batch.steps[0]!
  assert.deepEqual([trade!.takerFee, trade!.makerFee], [2n, 1n])
  assert.equal(batch.after.books.get(0)!.fees, 3n)
  const paid = batch.before.accounts.get(3)!.collateral[0]! - batch.after.accounts.get(3)!.collateral[0]!
  assert.equal(paid, 3002n)
})

test('every touched account realises its funding in the market of the batch, makers and evicted ones too', () => {
  const state = full()
  const holder = state.accounts.get(1)!
  const long = {
    ...holder,
    positions: holder.positions.with(0, { ...holder.positions[0]!, size: 6n, fundingIndex: 2n }),
  }
  const batch = run(
    { ...state, accounts: state.accounts.set(1, long) },
    [order(2, 1n, { price: 995n })],
    makeTable(WIDE, {}, { fundingIndex: 5n }),
  )
  assert.equal(batch.steps[0]!.evicted, true)
  assert.equal(batch.after.accounts.get(1)!.collateral[0]!, holder.collateral[0]! + 6n * (2n - 5n))
  assert.equal(batch.after.accounts.get(1)!.positions[0]!.fundingIndex, 5n)
  assert.equal(batch.after.accounts.get(1)!.positions[1]!.fundingIndex, 0n)
})
