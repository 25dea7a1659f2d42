import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cancel,
  makeAccount,
  makeContext,
  makeState,
  makeTable,
  NO_HASHES,
  NOW,
  order,
  SMALL,
  unsigned,
} from '../../lab/instances/model.ts'
import { type Account, hashAccount, isBarred, statusWord } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import { meetsMargin, orderMargin } from '../../protocol/margin.ts'
import type { Message } from '../../protocol/message.ts'
import { PHASES } from '../../protocol/parameters.ts'
import type { State } from '../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import { type RefusalContext, refusal } from '../../protocol/trade-batch/refusal.ts'

const RICH = makeAccount(SMALL)
const SUSPENDED = makeAccount(SMALL, { suspended: true, nonce: 5n })
const FLAGGED = makeAccount(SMALL, { flaggedAt: 7n })

function run(state: State, messages: readonly SignedBundle[], sizes = SMALL) {
  return applyTradeBatchUnchecked(state, messages, makeContext(sizes), NO_HASHES)
}

/** The state with another status of account 1. */
function withStatus(state: State, status: Pick<Account, 'flaggedAt' | 'suspended'>): State {
  return { ...state, accounts: state.accounts.set(1, { ...state.accounts.get(1)!, ...status }) }
}

/** What a message for market 0 meets. */
const contextOf = (state: State, changes: Partial<RefusalContext> = {}): RefusalContext => ({
  ...{ market: 0, timestamp: NOW, riskTable: makeTable(SMALL), book: state.books.get(0)! },
  ...changes,
})

/** Whoever signed it, it was not the account. */
const byNobody = () => false

const ask = (account: number, nonce: bigint) => order(account, nonce, { side: 'sell' })
const kindsOf = (batch: ReturnType<typeof run>) => batch.steps.map(({ kind }) => kind)

test('the status word is flaggedAt, then one bit for suspended, and 0 for an account that is not barred', () => {
  assert.deepEqual([RICH, SUSPENDED, FLAGGED, { ...FLAGGED, suspended: true }].map(statusWord), [0n, 1n, 14n, 15n])
  assert.deepEqual([RICH, SUSPENDED, FLAGGED].map(isBarred), [false, true, true])
})

test('view key, flag and suspension each change the leaf', () => {
  const leaves = [RICH, SUSPENDED, FLAGGED, { ...RICH, viewKey: 1n }].map(hashAccount)
  assert.equal(new Set(leaves).size, 4)
})

test('an order of a flagged or suspended account has no effect but its nonce; a reduce-only one trades', () => {
  for (const status of [{ suspended: true }, { flaggedAt: 1n }]) {
    const long = makeAccount(SMALL, { ...status, positions: { 0: { size: 8n } } })
    const resting = run(makeState(SMALL, { 1: long, 2: RICH }), [order(2, 1n)]).after
    const plain = run(resting, [ask(1, 1n)])
    assert.deepEqual(kindsOf(plain), ['no-effect'])
    assert.equal(plain.after.accounts.get(1)!.nonce, 1n)
    const closing = order(1, 1n, { side: 'sell', timeInForce: 'IOC', reduceOnly: true })
    const closed = run(resting, [closing])
    assert.deepEqual(kindsOf(closed), ['traded', 'dropped'].slice(0, closed.steps.length))
    assert.equal(closed.after.accounts.get(1)!.positions[0]!.size, 0n)
  }
})

test('a resting order of a barred account makes way for an order that crosses it', () => {
  const state = run(makeState(SMALL, { 1: RICH, 2: RICH }), [ask(1, 1n)]).after
  const barred = withStatus(state, { flaggedAt: 0n, suspended: true })
  const batch = run(barred, [order(2, 1n)])
  assert.deepEqual(kindsOf(batch), ['head-removed', 'rested'])
  assert.equal(batch.after.accounts.get(1)!.positions[0]!.openSell, 0n)
  assert.deepEqual(batch.after.accounts.get(1)!.collateral, RICH.collateral)
})

test('a post-only order that meets a head shows the account of the head', () => {
  const state = run(makeState(SMALL, { 1: RICH, 2: RICH }), [ask(1, 1n)]).after
  const batch = run(state, [order(2, 1n, { timeInForce: 'POST_ONLY' })])
  assert.deepEqual(kindsOf(batch), ['dropped'])
  assert.deepEqual(
    batch.touched.map(({ index }) => index),
    [1, 2],
  )
  const barred = run(withStatus(state, { flaggedAt: 1n, suspended: false }), [
    order(2, 1n, { timeInForce: 'POST_ONLY' }),
  ])
  assert.deepEqual(kindsOf(barred), ['head-removed', 'rested'])
})

test('a cancel with nonce 0 needs no signature, leaves the nonce, and works on barred accounts alone', () => {
  const state = run(makeState(SMALL, { 1: RICH }), [ask(1, 3n)]).after
  const unsigned = cancel(1, 0n, { side: 'sell' })
  const context = contextOf(state)
  const [free, barred] = [state, withStatus(state, { flaggedAt: 0n, suspended: true })].map(({ accounts }) =>
    accounts.get(1),
  )
  assert.equal(refusal(unsigned, free, context, byNobody), 'OLD_NONCE')
  assert.equal(refusal(unsigned, barred, context, byNobody), undefined)
  assert.equal(refusal(cancel(1, 4n, { side: 'sell' }), barred, context, byNobody), 'BAD_SIGNATURE')
  assert.equal(refusal(order(1, 0n), barred, context, byNobody), 'OLD_NONCE')
  const batch = run(withStatus(state, { flaggedAt: 0n, suspended: true }), [unsigned])
  assert.deepEqual(kindsOf(batch), ['cancelled'])
  assert.deepEqual([batch.after.accounts.get(1)!.nonce, batch.after.books.get(0)!.asks], [3n, []])
})

test('in a settled market a cancel with nonce 0 works on every account, and in a closed or sheltered one it does not', () => {
  const state = run(makeState(SMALL, { 1: RICH }), [ask(1, 3n)]).after
  const account = state.accounts.get(1)
  const unsigned = cancel(1, 0n, { side: 'sell' })
  for (const [phase, expected] of [
    [PHASES.OPEN, 'OLD_NONCE'],
    [PHASES.SHELTERED, 'OLD_NONCE'],
    [PHASES.SETTLED, undefined],
  ] as const) {
    const context = contextOf(state, { riskTable: makeTable(SMALL, {}, { phase, lastTradeTime: 0n }) })
    assert.equal(refusal(unsigned, account, context, byNobody), expected)
    assert.equal(refusal(order(1, 0n), account, context, byNobody), 'OLD_NONCE')
  }
  const settled = makeTable(SMALL, {}, { phase: PHASES.SETTLED, lastTradeTime: 0n })
  const batch = applyTradeBatchUnchecked(state, [unsigned], makeContext(SMALL, { riskTable: settled }), NO_HASHES)
  assert.deepEqual(kindsOf(batch), ['cancelled'])
  const { nonce, positions } = batch.after.accounts.get(1)!
  assert.deepEqual([nonce, positions[0]!.openSell], [3n, 0n])
})

test('a cancel with nonce 0 takes back what has expired, to the second, and what is out of the band, to the quantum', () => {
  const expiry = NOW + 10n
  const state = run(makeState(SMALL, { 1: RICH, 2: RICH }), [
    order(1, 3n, { side: 'sell', expiry }),
    order(1, 4n, { price: 900n }),
  ]).after
  const outcome = (taken: SignedBundle, changes: Partial<RefusalContext>) =>
    refusal(taken, state.accounts.get(1), contextOf(state, changes), byNobody)
  const selling = cancel(1, 0n, { side: 'sell' })
  const buying = cancel(1, 0n, { price: 900n, sequence: 1n })
  assert.equal(outcome(selling, { timestamp: expiry }), 'OLD_NONCE')
  assert.equal(outcome(selling, { timestamp: expiry + 1n }), undefined)
  const marked = (mark: bigint, changes = {}) => ({
    riskTable: makeTable(
      SMALL,
      {},
      { mark, band: 50n, scenarioPrices: new Array(SMALL.scenarios).fill(mark), ...changes },
    ),
  })
  assert.equal(outcome(buying, marked(850n)), 'OLD_NONCE')
  assert.equal(outcome(buying, marked(849n)), undefined)
  assert.equal(outcome(selling, marked(1050n)), 'OLD_NONCE')
  assert.equal(outcome(selling, marked(1051n)), undefined)
  // prices of a stale table, or after the last trade, put nothing out of the band; an expired order is dead all the same
  const { asOf, maxAge } = makeTable(SMALL)
  for (const timestamp of [asOf - 1n, asOf + maxAge + 1n]) {
    assert.equal(outcome(buying, { ...marked(849n), timestamp }), 'OLD_NONCE')
    assert.equal(outcome(selling, { ...marked(849n), timestamp }), timestamp > expiry ? undefined : 'OLD_NONCE')
  }
  assert.equal(outcome(buying, marked(849n, { lastTradeTime: NOW - 1n })), 'OLD_NONCE')
  // one of two that are out of the band goes only after the better one
  const better = run(state, [order(2, 1n, { price: 901n })]).after
  const behind = { book: better.books.get(0)! }
  assert.equal(outcome(buying, { ...marked(849n), ...behind }), 'OLD_NONCE')
  assert.equal(outcome(selling, { timestamp: expiry + 1n, ...behind }), undefined)
  // it has to be there, and the account's own
  for (const other of [cancel(1, 0n, { side: 'sell', sequence: 9n }), cancel(1, 0n), cancel(2, 0n, { side: 'sell' })]) {
    const account = state.accounts.get(other.messages[0]!.account)
    assert.equal(refusal(other, account, contextOf(state, { timestamp: expiry + 1n }), byNobody), 'OLD_NONCE')
  }
})

test('what is taken back like that leaves the nonce and releases its lots', () => {
  const state = run(makeState(SMALL, { 1: RICH }), [order(1, 3n, { side: 'sell', expiry: NOW })]).after
  const context = { ...makeContext(SMALL), timestamp: NOW + 1n }
  const batch = applyTradeBatchUnchecked(state, [cancel(1, 0n, { side: 'sell' })], context, NO_HASHES)
  assert.deepEqual(kindsOf(batch), ['cancelled'])
  const { nonce, positions } = batch.after.accounts.get(1)!
  assert.deepEqual([nonce, positions[0]!.openSell, batch.after.books.get(0)!.asks], [3n, 0n, []])
})

test('an unsigned cancel takes no order of another account', () => {
  const state = run(makeState(SMALL, { 1: SUSPENDED, 2: RICH }), [ask(2, 1n)]).after
  assert.deepEqual(kindsOf(run(state, [cancel(1, 0n, { side: 'sell' })])), ['cancel-missed'])
})

test('no batch ends with an order of a barred account in hand', () => {
  const makers = { 2: RICH, 3: RICH, 4: RICH, 5: RICH }
  const short = makeAccount(SMALL, { suspended: true, positions: { 0: { size: -40n } } })
  const state = [2, 3, 4, 5].reduce(
    (before, maker) => run(before, [ask(maker, 1n)]).after,
    makeState(SMALL, { 1: short, ...makers }),
  )
  const closing = order(1, 1n, { size: 40n, timeInForce: 'IOC', reduceOnly: true })
  assert.throws(() => run(state, [closing]), { code: 'BATCH_UNPROVABLE', details: { reason: 'STEPS' } })
  assert.equal(run(state, [unsigned({ ...closing.messages[0]!, size: 30n } as Message)]).steps.length, 3)
})

test('what is in hand when its account is barred is dropped, even a reduce-only order', () => {
  const hand = { account: 1, side: 'sell', price: 1000n, remaining: 5n, expiry: 1n << 39n } as const
  const account = makeAccount(SMALL, { suspended: true, positions: { 0: { size: 9n, openSell: 5n } } })
  const before = makeState(
    SMALL,
    { 1: account, 2: RICH },
    { 0: { hand: { ...hand, timeInForce: 'IOC', reduceOnly: true } } },
  )
  const batch = run(before, [])
  assert.deepEqual(kindsOf(batch), ['dropped'])
  assert.deepEqual(
    [batch.after.books.get(0)!.hand, batch.after.accounts.get(1)!.positions[0]!.openSell],
    [undefined, 0n],
  )
})

test('an account without a view key has no message included', () => {
  assert.equal(
    refusal(order(1, 1n), makeAccount(SMALL, { viewKey: 0n }), contextOf(makeState(SMALL, {})), undefined),
    'VIEW_KEY_MISSING',
  )
})

test('open lots of a suspended account reserve no margin, those of a flagged one do', () => {
  const table = makeTable(SMALL)
  const open = (status: object) => makeAccount(SMALL, { cash: 0n, positions: { 0: { openBuy: 9n } }, ...status })
  assert.equal(orderMargin(open({ suspended: true }), table), 0n)
  assert.equal(orderMargin(open({ flaggedAt: 1n }), table), 9n * table.markets[0]!.longRisk)
  assert.ok(meetsMargin(open({ suspended: true }), table, 12_000n))
  assert.ok(!meetsMargin(open({ flaggedAt: 1n }), table, 12_000n))
})

test('a book gets its salt by the first batch that brings one, and keeps it', () => {
  const state = makeState(SMALL, { 1: RICH })
  const apply = (before: State, newSalt?: bigint, nonce = 1n) =>
    applyTradeBatchUnchecked(
      before,
      [ask(1, nonce)],
      makeContext(SMALL, newSalt === undefined ? {} : { newSalt }),
      NO_HASHES,
    ).after
  const salt = (after: State, market = 0) => after.books.get(market)!.salt
  assert.equal(salt(apply(state)), 0n)
  const salted = apply(state, 4n)
  assert.notEqual(salt(salted), 0n)
  assert.equal(salt(salted, 1), 0n)
  assert.equal(salt(apply(salted, 5n, 2n)), salt(salted))
  assert.notEqual(salt(apply(state, 5n)), salt(salted))
})
