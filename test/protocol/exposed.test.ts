import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CASH_VENUE, cashBatchOf, cashMessage } from '../../lab/instances/cash.ts'
import { type AccountOptions, makeAccount, makeState, makeTable, NOW } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import type { CashOperation, Forced } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../protocol/cash-batch/slot.ts'
import { isExposed } from '../../protocol/cash-batch/withdrawal.ts'
import { cashData } from '../../protocol/cash-batch/words.ts'
import type { ZkclearError } from '../../protocol/errors.ts'
import { PHASES } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { arbitraryPayer, arbitraryPrices } from '../support/arbitrary-cash.ts'

const OPEN = makeTable(CASH_VENUE)
const shelter = (table: RiskTable, market: number) => ({
  ...table,
  markets: table.markets.with(market, { ...table.markets[market]!, phase: PHASES.SHELTERED }),
})
const SHELTERED = shelter(OPEN, 0)
const FORCED: Forced = { kind: 'FORCED', account: 1, asset: 0, requested: 1n << 79n }
const WITHDRAW = cashMessage()
const TRANSFER = cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2 })

const short = (cash: bigint, options: AccountOptions = {}) =>
  makeAccount(CASH_VENUE, { cash, others: [9n], positions: { 0: { size: -10n } }, ...options })
const run = (account: Account, operation: CashOperation, overrides: Partial<CashBatchContext> = {}) =>
  cashBatchOf(makeState(CASH_VENUE, { 1: account, 2: short(0n) }), [operation], overrides)
const refusedAs = (reason: string) => (error: ZkclearError) =>
  error.code === 'BATCH_UNPROVABLE' && error.details.reason === reason

test('nothing is signed away of an account with a position in a sheltered market, and all of it in any other', () => {
  for (const operation of [WITHDRAW, TRANSFER]) {
    assert.throws(() => run(short(13_000n), operation, { riskTable: SHELTERED }), refusedAs('SHELTERED'))
    for (const riskTable of [OPEN, shelter(OPEN, 1)]) run(short(13_000n), operation, { riskTable })
    const elsewhere = short(60_000n, { positions: { 1: { size: 1n } } })
    assert.throws(() => run(elsewhere, operation, { riskTable: shelter(OPEN, 1) }), refusedAs('SHELTERED'))
    run(elsewhere, operation, { riskTable: SHELTERED })
    // open orders are no position, and whoever holds none is sheltered from nothing
    for (const positions of [{}, { 0: { openBuy: 1n } }]) {
      run(short(60_000n, { positions }), operation, { riskTable: SHELTERED })
    }
  }
})

test('whoever receives a transfer may hold what it likes', () => {
  const state = makeState(CASH_VENUE, { 1: makeAccount(CASH_VENUE, { cash: 10n }), 2: short(0n) })
  const { after } = cashBatchOf(state, [TRANSFER], { riskTable: SHELTERED })
  assert.equal(after.accounts.get(2)!.collateral[0], 10n)
})

test('a forced withdrawal is paid alike, sheltered or not, and tells whether it is', () => {
  const [open, sheltered] = [OPEN, SHELTERED].map((riskTable) => run(short(13_000n), FORCED, { riskTable }))
  assert.equal(open!.slots[0]!.paid, 624n)
  assert.deepEqual(sheltered!.after.accounts.get(1), open!.after.accounts.get(1))
  assert.deepEqual(
    [open, sheltered].map((batch) => cashData(batch!).slots[0]!.b),
    [0n, 1n],
  )
  for (const account of [short(60_000n, { positions: { 1: { size: 1n } } }), makeAccount(CASH_VENUE, { cash: 5n })]) {
    assert.equal(cashData(run(account, FORCED, { riskTable: SHELTERED })).slots[0]!.b, 0n)
  }
  // a flagged account is paid nothing, and tells it too
  const [slot] = cashData(run(short(13_000n, { flaggedAt: 5n }), FORCED, { riskTable: SHELTERED })).slots
  assert.equal(slot!.b, 1n)
})

test('a deposit to a flagged account and a cure of one tell that shelter keeps them from deciding', () => {
  const outcomes = (account: Account, riskTable: RiskTable) =>
    [{ kind: 'DEPOSIT', account: 1, asset: 0, amount: 5n } as const, { kind: 'CURE', account: 1 } as const].map(
      (operation) => cashData(run(account, operation, { riskTable })).slots[0]!.b,
    )
  const [rich, poor] = [short(90_000n, { flaggedAt: 5n }), short(5n, { flaggedAt: 5n })]
  for (const account of [rich, poor]) assert.deepEqual(outcomes(account, SHELTERED), [2n, 2n])
  for (const riskTable of [OPEN, shelter(OPEN, 1)]) {
    assert.deepEqual(outcomes(rich, riskTable), [1n, 1n])
    assert.deepEqual(outcomes(poor, riskTable), [0n, 0n])
  }
  // whoever has no size is cured, orders or not, and of whom is not flagged nothing is told
  const orders = short(90_000n, { positions: { 0: { openBuy: 1n } }, flaggedAt: 5n })
  assert.deepEqual(outcomes(orders, SHELTERED), [1n, 1n])
  assert.deepEqual(outcomes(short(90_000n), SHELTERED), [0n, 0n])
})

test('no other kind says of anybody that a market shelters it', () => {
  const kinds: CashOperation[] = [
    { kind: 'DEPOSIT', account: 1, asset: 0, amount: 5n },
    { kind: 'CURE', account: 1 },
    { kind: 'SUSPEND', account: 1 },
    { kind: 'RESUME', account: 1 },
  ]
  for (const operation of kinds) {
    const [slot] = cashData(run(short(13_000n), operation, { riskTable: SHELTERED })).slots
    assert.equal(slot!.b, 0n, slot!.kind)
  }
})

test('of random accounts and tables: signed away only unsheltered, and a request is told as what it is', () => {
  const outcomes = { sheltered: 0, open: 0 }
  const property = fc.property(arbitraryPayer(CASH_VENUE), arbitraryPrices(CASH_VENUE), (account, prices) => {
    const { riskTable, timestamp = NOW } = prices
    const isSheltered = riskTable?.markets.some(({ phase }, m) => phase === 1n && account.positions[m]!.size !== 0n)
    assert.equal(riskTable !== undefined && isExposed(account, riskTable), isSheltered ?? false)
    const withdraw = cashMessage({ amount: 1n, nonce: account.nonce + 1n, expiry: timestamp })
    try {
      run(account, withdraw, prices)
      assert.ok(!isSheltered)
    } catch (error) {
      assert.equal((error as ZkclearError).code, 'BATCH_UNPROVABLE')
    }
    try {
      const { b } = cashData(run(account, FORCED, prices)).slots[0]!
      assert.equal(b, isSheltered ? 1n : 0n)
      outcomes[isSheltered ? 'sheltered' : 'open']++
    } catch (error) {
      assert.equal((error as ZkclearError).details.reason, 'STALE')
    }
  })
  fc.assert(property, { seed: 5, numRuns: 400 })
  assert.ok(outcomes.sheltered > 20 && outcomes.open > 100, JSON.stringify(outcomes))
})
