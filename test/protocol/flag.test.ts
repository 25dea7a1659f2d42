import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CASH_VENUE, cashBatchOf } from '../../lab/instances/cash.ts'
import { type AccountOptions, makeAccount, makeState, makeTable, NOW } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../protocol/cash-batch/slot.ts'
import { cashData } from '../../protocol/cash-batch/words.ts'
import type { ZkclearError } from '../../protocol/errors.ts'
import { excesses, meetsMargin } from '../../protocol/margin.ts'
import { BASIS_POINTS, PHASES } from '../../protocol/parameters.ts'
import { portfolioOf } from '../../protocol/portfolio.ts'
import { arbitraryPayer, arbitraryPrices } from '../support/arbitrary-cash.ts'

const TABLE = makeTable(CASH_VENUE)
const { grace, auction } = TABLE
const FLAG: CashOperation = { kind: 'FLAG', account: 1 }
const CURE: CashOperation = { kind: 'CURE', account: 1 }

/** Ten lots short at 1,000, which lose 2,000 in the worst scenario: 12,000 quanta of cash are maintenance. */
const short = (cash: bigint, options: AccountOptions = {}) =>
  makeAccount(CASH_VENUE, { cash, positions: { 0: { size: -10n } }, ...options })

/** A market is sheltered. */
const sheltering = (market: number) => ({
  ...TABLE,
  markets: TABLE.markets.with(market, { ...TABLE.markets[market]!, phase: PHASES.SHELTERED }),
})

const run = (account: Account, operations: readonly CashOperation[], overrides: Partial<CashBatchContext> = {}) =>
  cashBatchOf(makeState(CASH_VENUE, { 0: short(0n), 1: account }), operations, overrides)
const after = (...given: Parameters<typeof run>) => run(...given).after.accounts.get(1)!
const refused = (reason: string, ...given: Parameters<typeof run>) =>
  assert.throws(
    () => run(...given),
    (error: ZkclearError) => error.code === 'BATCH_UNPROVABLE' && error.details.reason === reason,
  )

test('an account a quantum below maintenance is flagged at the batch’s time, and one that meets it is not', () => {
  assert.deepEqual(after(short(11_999n), [FLAG]), { ...short(11_999n), flaggedAt: NOW })
  refused('MARGIN', short(12_000n), [FLAG])
})

test('open orders count for nothing when an account is flagged', () => {
  const orders = { positions: { 0: { size: -10n }, 1: { openBuy: 1_000n, openSell: 1_000n } } }
  assert.ok(!meetsMargin(short(12_000n, orders), TABLE, BASIS_POINTS))
  refused('MARGIN', short(12_000n, orders), [FLAG])
  assert.equal(after(short(11_999n, orders), [FLAG]).flaggedAt, NOW)
})

test('the house is never flagged, nor anybody at stale prices or before the first table', () => {
  refused('HOUSE', short(0n), [{ kind: 'FLAG', account: 0 }])
  for (const timestamp of [NOW - 1n, NOW + TABLE.maxAge + 1n]) refused('STALE', short(0n), [FLAG], { timestamp })
  refused('STALE', short(0n), [FLAG], { riskTable: undefined })
  refused('UNKNOWN_ACCOUNT', short(0n), [{ kind: 'FLAG', account: 2 }])
})

test('nobody is flagged over a position in a sheltered market, and anybody with orders alone there is', () => {
  const markets = TABLE.markets.with(1, { ...TABLE.markets[1]!, phase: PHASES.SHELTERED })
  const riskTable = { ...TABLE, markets }
  const positions = { 0: { size: -10n }, 1: { size: 1n } }
  refused('SHELTERED', short(0n, { positions }), [FLAG], { riskTable })
  assert.equal(after(short(0n, { positions }), [FLAG]).flaggedAt, NOW)
  const orders = { positions: { 0: { size: -10n }, 1: { openBuy: 1n } } }
  assert.equal(after(short(0n, orders), [FLAG], { riskTable }).flaggedAt, NOW)
})

test('a flag is set again once it has lapsed, and not a second before', () => {
  const lapses = NOW - grace - auction
  refused('FLAGGED', short(0n, { flaggedAt: lapses }), [FLAG])
  refused('FLAGGED', short(0n, { flaggedAt: NOW }), [FLAG])
  assert.equal(after(short(0n, { flaggedAt: lapses - 1n }), [FLAG]).flaggedAt, NOW)
})

test('a batch flags one account, by its first operation', () => {
  const deposit = { kind: 'DEPOSIT', account: 0, asset: 0, amount: 1n } as const
  refused('PLACE', short(0n), [deposit, FLAG])
  refused('PLACE', short(0n), [FLAG, FLAG])
  assert.equal(run(short(0n), [FLAG, deposit]).slots.length, 2)
})

test('who is flagged is told with all that it holds; without a flag nothing is told', () => {
  const account = short(-5n, { others: [7n], positions: { 1: { size: -10n, fundingIndex: -3n } } })
  assert.deepEqual(cashData(run(account, [FLAG])).portfolio, portfolioOf(account))
  assert.equal(cashData(run(account, [CURE])).portfolio, undefined)
})

test('a flagged account is cured to the quantum when it meets maintenance, its orders included', () => {
  const flagged = { flaggedAt: 5n }
  assert.deepEqual(after(short(12_000n, flagged), [CURE]), short(12_000n))
  assert.deepEqual(after(short(11_999n, flagged), [CURE]), short(11_999n, flagged))
  const orders = { ...flagged, positions: { 0: { size: -10n }, 1: { openBuy: 1n } } }
  const reserved = TABLE.markets[1]!.longRisk
  assert.equal(after(short(12_000n + reserved - 1n, orders), [CURE]).flaggedAt, 5n)
  assert.equal(after(short(12_000n + reserved, orders), [CURE]).flaggedAt, 0n)
  // those of a suspended account are dead
  assert.equal(after(short(12_000n, { ...orders, suspended: true }), [CURE]).flaggedAt, 0n)
})

test('nobody is cured at the price of a sheltered market in which it has a size, and whoever asked again is when it opens', () => {
  const positions = { 0: { size: -10n }, 1: { size: 1n, openBuy: 1n } }
  const flagged = short(90_000n, { flaggedAt: 5n, positions })
  const deposit = { kind: 'DEPOSIT', account: 1, asset: 0, amount: 7n } as const
  for (const market of [0, 1]) {
    const riskTable = sheltering(market)
    assert.deepEqual(after(flagged, [CURE], { riskTable }), flagged)
    assert.deepEqual(after(flagged, [deposit], { riskTable }), short(90_007n, { flaggedAt: 5n, positions }))
    const { after: state, slots } = run(flagged, [CURE, deposit], { riskTable })
    assert.deepEqual(
      slots.map(({ cured }) => cured),
      [false, false],
    )
    assert.equal(cashBatchOf(state, [CURE]).after.accounts.get(1)!.flaggedAt, 0n)
    // a table that shelters and is stale decides nothing
    for (const operation of [CURE, deposit]) {
      refused('STALE', flagged, [operation], { riskTable, timestamp: NOW + TABLE.maxAge + 1n })
    }
  }
  // a market in which it has orders alone, and one in which it has nothing, matter not
  assert.equal(after(short(90_000n, { flaggedAt: 5n }), [CURE], { riskTable: sheltering(1) }).flaggedAt, 0n)
})

test('whoever gained by a false price trades in no open market before the price is known to be true', () => {
  // flagged at 1,000; a table says 700 and shelters the market: ten lots short are worth 3,000 more
  const flagged = short(11_000n, { flaggedAt: 5n })
  const spike = { mark: 700n, scenarioPrices: [700n, 560n, 840n] }
  const at = (phase: bigint) => ({
    ...TABLE,
    markets: TABLE.markets.with(0, { ...TABLE.markets[0]!, ...spike, phase }),
  })
  assert.ok(meetsMargin(flagged, at(PHASES.SHELTERED), TABLE.initialMarginBps))
  assert.equal(after(flagged, [CURE], { riskTable: at(PHASES.SHELTERED) }).flaggedAt, 5n)
  // where the market stays there, it is cured when the shelter ends; where not, it is flagged as it was
  assert.equal(after(flagged, [CURE], { riskTable: at(PHASES.OPEN) }).flaggedAt, 0n)
  assert.equal(after(flagged, [CURE]).flaggedAt, 5n)
})

test('a request to be cured changes nothing of an account that is not flagged, whatever the prices', () => {
  for (const riskTable of [TABLE, undefined]) assert.deepEqual(after(short(0n), [CURE], { riskTable }), short(0n))
})

test('a deposit cures a flagged account that meets maintenance with it, and leaves the flag of another', () => {
  const deposit = (amount: bigint) => [{ kind: 'DEPOSIT', account: 1, asset: 0, amount }] as const
  const flagged = short(11_000n, { flaggedAt: 5n })
  assert.deepEqual(after(flagged, deposit(999n)), short(11_999n, { flaggedAt: 5n }))
  assert.deepEqual(after(flagged, deposit(1_000n)), short(12_000n))
  const other = [{ kind: 'DEPOSIT', account: 1, asset: 1, amount: 371n }] as const // at 90 % of 3 quanta: 1,001.7
  assert.deepEqual(after(flagged, other), short(11_000n, { others: [371n] }))
})

test('without fresh prices a cure and a deposit to a flagged account wait, unless it needs no prices any more', () => {
  const stale = { timestamp: NOW + TABLE.maxAge + 1n }
  const deposit = { kind: 'DEPOSIT', account: 1, asset: 0, amount: 5n } as const
  for (const operation of [CURE, deposit]) {
    for (const context of [stale, { riskTable: undefined }]) {
      refused('STALE', short(12_000n, { flaggedAt: 5n }), [operation], context)
      assert.equal(after(makeAccount(CASH_VENUE, { cash: 0n, flaggedAt: 5n }), [operation], context).flaggedAt, 0n)
    }
  }
  const indebted = makeAccount(CASH_VENUE, { cash: -5n, flaggedAt: 5n })
  assert.equal(after(indebted, [deposit], stale).flaggedAt, 0n)
  refused('STALE', indebted, [{ ...deposit, amount: 4n }], stale)
  refused('STALE', indebted, [CURE], stale)
  // who is not flagged has deposits without prices
  assert.equal(after(short(0n), [deposit], stale).collateral[0], 5n)
})

test('what else a cash batch does to a flagged account leaves the flag', () => {
  const flagged = short(20_000n, { flaggedAt: 5n, others: [9n] })
  const kinds: CashOperation[] = [
    { kind: 'SUSPEND', account: 1 },
    { kind: 'RESUME', account: 1 },
    { kind: 'FORCED', account: 1, asset: 1, requested: 9n },
  ]
  for (const operation of kinds) {
    const { flaggedAt, collateral } = after(flagged, [operation])
    assert.deepEqual([flaggedAt, collateral], [5n, flagged.collateral])
  }
})

test('every account below maintenance without a position in a sheltered market can be flagged, and no other; once', () => {
  const outcomes = { flagged: 0, not: 0 }
  const property = fc.property(arbitraryPayer(CASH_VENUE), arbitraryPrices(CASH_VENUE), (given, prices) => {
    const account = { ...given, flaggedAt: 0n }
    const { riskTable: table, timestamp = NOW } = prices
    const fresh = table !== undefined && table.asOf <= timestamp && timestamp <= table.asOf + table.maxAge
    const orderless = account.positions.map((position) => ({ ...position, openBuy: 0n, openSell: 0n }))
    const isBelow = fresh && excesses({ ...account, positions: orderless }, table, BASIS_POINTS).some((x) => x < 0n)
    const isSheltered = fresh && table.markets.some(({ phase }, m) => phase === 1n && account.positions[m]!.size !== 0n)
    let flagged = true
    try {
      const batch = run(account, [FLAG], prices)
      assert.deepEqual(batch.after.accounts.get(1), { ...account, flaggedAt: timestamp })
      assert.throws(() => cashBatchOf(batch.after, [FLAG], prices), /is flagged already/)
    } catch (error) {
      assert.equal((error as { code: string }).code, 'BATCH_UNPROVABLE')
      flagged = false
    }
    assert.equal(flagged, isBelow && !isSheltered)
    outcomes[flagged ? 'flagged' : 'not']++
  })
  fc.assert(property, { seed: 8, numRuns: 300 })
  assert.ok(outcomes.flagged > 30 && outcomes.not > 30, JSON.stringify(outcomes))
})
