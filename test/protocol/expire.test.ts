import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CASH_VENUE, cashBatchOf } from '../../lab/instances/cash.ts'
import { makeAccount, makeState, makeTable, NOW, SMALL } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import { applyCashBatch, type CashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { packSettlement, unpackSettlement } from '../../protocol/cash-batch/expire.ts'
import type { Expire } from '../../protocol/cash-batch/operation.ts'
import { cashData, packCashData } from '../../protocol/cash-batch/words.ts'
import type { ZkclearError } from '../../protocol/errors.ts'
import { exitClaim, quoteAtMarks } from '../../protocol/exit.ts'
import { excesses, scaledEquity } from '../../protocol/margin.ts'
import { PHASES } from '../../protocol/parameters.ts'
import { Random } from '../../protocol/random.ts'
import { Recovery } from '../../protocol/recovery/recovery.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { openInterestOf, type State, stateRoot } from '../../protocol/state.ts'
import { ACCOUNTS, CASH_DOMAIN, CashVenue, viewKeyOf } from '../support/cash-venue.ts'

/** The table with those markets settled: at their marks in every scenario, and without any other risk. */
function settled(table: RiskTable, ...markets: readonly number[]): RiskTable {
  const end = { phase: PHASES.SETTLED, lastTradeTime: 0n, band: 0n, shortOptionMinimum: 0n, largeRisk: 0n }
  const records = table.markets.map((m, i) =>
    markets.includes(i) ? { ...m, ...end, scenarioPrices: m.scenarioPrices.map(() => m.mark) } : m,
  )
  return { ...table, markets: records }
}

const TABLE = settled(makeTable(CASH_VENUE, {}, { mark: 1_100n, fundingIndex: 7n }), 0)
const expire = (account: number, market = 0): Expire => ({ kind: 'EXPIRE', account, market })
const LONG = makeAccount(CASH_VENUE, { cash: 500n, positions: { 0: { size: 10n, fundingIndex: 2n, openBuy: 3n } } })
const SHORT = makeAccount(CASH_VENUE, {
  cash: 500n,
  nonce: 4n,
  positions: { 0: { size: -10n, fundingIndex: -3n }, 1: { size: 1n } },
})
const STATE = makeState(CASH_VENUE, { 1: LONG, 2: SHORT })
const run = (operations: readonly Expire[], riskTable: RiskTable | undefined = TABLE) =>
  cashBatchOf(STATE, operations, { riskTable })

test('a position is paid out at the settled price, funding included; open lots and all else stay', () => {
  const { after } = run([expire(1), expire(2)])
  assert.deepEqual(after.accounts.get(1), {
    ...makeAccount(CASH_VENUE, { cash: 500n + 10n * (1_100n + 2n - 7n) }),
    positions: [{ size: 0n, fundingIndex: 7n, openBuy: 3n, openSell: 0n }, LONG.positions[1]],
  })
  const { collateral, positions, ...rest } = after.accounts.get(2)!
  const { collateral: _, positions: held, ...before } = SHORT
  assert.deepEqual([collateral[0], positions[1], rest], [500n - 10n * (1_100n - 3n - 7n), held[1], before])
})

test('it takes a market that is settled at a table that was posted, be its prices fresh or not', () => {
  const refused = (operation: Expire, riskTable?: RiskTable) =>
    assert.throws(
      () => cashBatchOf(STATE, [operation], { riskTable }),
      (error: ZkclearError) => error.code === 'BATCH_UNPROVABLE' && error.details.reason === 'NOT_SETTLED',
    )
  refused(expire(1, 1), TABLE)
  refused(expire(1, 2), TABLE)
  refused(expire(1), undefined)
  const sheltered = { ...TABLE, markets: TABLE.markets.map((m) => ({ ...m, phase: PHASES.SHELTERED })) }
  refused(expire(1), sheltered)
  const late = { riskTable: TABLE, timestamp: NOW + 10n * TABLE.maxAge }
  assert.equal(cashBatchOf(STATE, [expire(1)], late).after.accounts.get(1)!.positions[0]!.size, 0n)
})

test('nothing is paid out twice, and an account without a position is left with what it has', () => {
  const { after } = run([expire(1), expire(1)])
  assert.deepEqual(after.accounts.get(1), run([expire(1)]).after.accounts.get(1))
  const flat = cashBatchOf(makeState(CASH_VENUE, { 1: makeAccount(CASH_VENUE) }), [expire(1)], { riskTable: TABLE })
  assert.deepEqual(flat.after.accounts.get(1)!.collateral, makeAccount(CASH_VENUE).collateral)
})

test('open interest is 0 when the last position is gone, and not when one side is', () => {
  assert.deepEqual(STATE.openInterest, [20n, 1n])
  assert.deepEqual(run([expire(2)]).after.openInterest, [10n, 1n])
  assert.deepEqual(run([expire(2), expire(1)]).after.openInterest, [0n, 1n])
})

test('a word tells market, price and funding index, of either sign', () => {
  const settlement = fc.record(
    {
      market: fc.nat(255),
      price: fc.bigInt(0n, (1n << 48n) - 1n),
      fundingIndex: fc.bigInt(-(1n << 64n), (1n << 64n) - 1n),
    },
    { noNullPrototype: true },
  )
  fc.assert(fc.property(settlement, (given) => assert.deepEqual(unpackSettlement(packSettlement(given)), given)))
  assert.throws(() => packSettlement({ market: 0, price: 1n << 48n, fundingIndex: 0n }), { path: 'price' })
})

/** A venue that traded for a while, one of whose markets is then settled. */
function overVenue(seed: bigint) {
  const venue = new CashVenue(seed)
  venue.reprice()
  for (let i = 0; i < 300; i++) venue.step()
  return { venue, table: settled({ ...venue.table!, asOf: venue.now }, 0) }
}

const accountsOf = ({ accounts }: State): Account[] => [...accounts.entries()].map(([, account]) => account)

test('paying out changes nobody’s equity or margin by a quantum, nor what all exits come to, in whatever order', () => {
  let moved = 0
  for (const seed of [11n, 12n, 13n]) {
    const { venue, table } = overVenue(seed)
    const random = new Random(seed)
    const order = Array.from({ length: ACCOUNTS }, (_, i) => i).sort(() => Number(random.between(0n, 1n)) - 0.5)
    const owedAtOnce = accountsOf(venue.state).map((account) => quoteAtMarks(account, table))
    let { state } = venue
    const context = { sizes: { name: 'test', slots: 1 }, timestamp: venue.now, domain: CASH_DOMAIN }
    for (const account of order) {
      const before = state.accounts.get(account)!
      if (before.positions[0]!.size !== 0n) moved++
      state = applyCashBatch(state, [expire(account)], { ...context, riskTable: table, vault: venue.ledger }).after
      const after = state.accounts.get(account)!
      assert.equal(scaledEquity(after, table), scaledEquity(before, table))
      for (const ratio of [10_000n, 12_000n]) {
        assert.deepEqual(excesses(after, table, ratio), excesses(before, table, ratio))
      }
      assert.deepEqual(exitClaim(after, table), exitClaim(before, table))
      assert.deepEqual(state.openInterest, openInterestOf(accountsOf(state), SMALL))
      assert.deepEqual(
        accountsOf(state).map((one) => quoteAtMarks(one, table)),
        owedAtOnce,
      )
    }
    assert.equal(state.openInterest[0], 0n)
    const fees = [...state.books.entries()].reduce((sum, [, book]) => sum + book.fees, 0n)
    const owned = owedAtOnce.reduce((sum, quote) => sum + quote, 0n)
    assert.equal(owned + fees, venue.ledger[0])
  }
  assert.ok(moved > 8, `${moved}`)
})

test('any cut of payments into batches gives the same state, and whoever follows an account follows them', () => {
  const { venue, table } = overVenue(21n)
  const context = { timestamp: venue.now, domain: CASH_DOMAIN, riskTable: table, vault: venue.ledger }
  const operations = Array.from({ length: ACCOUNTS }, (_, account) => expire(account))
  const cut = (slots: number) => {
    const batches: CashBatch[] = []
    for (let at = 0; at < operations.length; at += slots) {
      const state = batches.at(-1)?.after ?? venue.state
      batches.push(
        applyCashBatch(state, operations.slice(at, at + slots), { ...context, sizes: { name: 'test', slots } }),
      )
    }
    return batches
  }
  const roots = [1, 2, 4, 6].map((slots) => stateRoot(cut(slots).at(-1)!.after))
  assert.equal(new Set(roots).size, 1)
  const published = [
    ...venue.published.map((publish) => publish()),
    ...cut(2).map((batch) => ({ circuit: 'cash-batch', words: packCashData(cashData(batch)) }) as const),
  ]
  const after = cut(6).at(-1)!.after
  for (const index of [0, 3]) {
    const recovery = new Recovery({ shape: SMALL, domain: CASH_DOMAIN, account: { index, viewKey: viewKeyOf(index) } })
    recovery.takeAll(published)
    assert.deepEqual(recovery.recovered().account, after.accounts.get(index))
    assert.equal(recovery.stateRoot, roots[0])
  }
})
