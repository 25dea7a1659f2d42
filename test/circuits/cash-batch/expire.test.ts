import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { CASH_VENUE, cashBatchOf, unlawful } from '../../../lab/instances/cash.ts'
import { makeAccount, makeState, makeTable, NOW } from '../../../lab/instances/model.ts'
import { packSettlement } from '../../../protocol/cash-batch/expire.ts'
import type { Expire } from '../../../protocol/cash-batch/operation.ts'
import type { CashSlot } from '../../../protocol/cash-batch/slot.ts'
import { toField } from '../../../protocol/numbers.ts'
import { CASH_KINDS, PHASES } from '../../../protocol/parameters.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'

const { attempt, expectHonest, refuses } = await dishonestCashProver()

/** Market 1 is settled, market 0 is not. */
const OPEN = makeTable(CASH_VENUE, {}, { mark: 1_100n, fundingIndex: 7n })
const TABLE: RiskTable = {
  ...OPEN,
  markets: OPEN.markets.map((m, i) => (i === 1 ? { ...m, phase: PHASES.SETTLED, lastTradeTime: 0n } : m)),
}
const MARKET = 1
const HELD = makeAccount(CASH_VENUE, {
  ...{ cash: 500n, nonce: 4n, flaggedAt: 9n },
  positions: { 0: { size: 2n, fundingIndex: 3n }, 1: { size: -10n, fundingIndex: -3n, openBuy: 3n, openSell: 4n } },
})
const OTHER = makeAccount(CASH_VENUE, { cash: 500n, positions: { 1: { size: 10n, fundingIndex: 2n } } })
const STATE = makeState(CASH_VENUE, { 1: HELD, 2: OTHER })
const expire = (account: number, market = MARKET): Expire => ({ kind: 'EXPIRE', account, market })
const batch = cashBatchOf(STATE, [expire(1)], { riskTable: TABLE })
const lies = (signal: string, value: bigint) => ({ lies: { [`slot[0].${signal}`]: toField(value) } })

/** The batch that pays out a position at prices that no table with that market settled has. */
function paidAt(market: number, riskTable: RiskTable | undefined) {
  const { mark: price, fundingIndex } = TABLE.markets[market]!
  const slot: CashSlot = {
    ...batch.slots[0]!,
    operation: expire(1, market),
    settlement: { market, price, fundingIndex },
  }
  return unlawful(STATE, [slot], { riskTable })
}

suite('protocol.md#expire: pays out', () => {
  test('a position in a settled market, long or short, of a flagged account too, at a table of any age', () => {
    for (const account of [1, 2]) {
      for (const timestamp of [NOW - 1n, NOW, NOW + 10n * TABLE.maxAge]) {
        expectHonest(cashBatchOf(STATE, [expire(account)], { riskTable: TABLE, timestamp }))
      }
    }
    expectHonest(cashBatchOf(STATE, [expire(1), expire(1), expire(2)], { riskTable: TABLE }))
    const { signal } = attempt(batch)
    assert.equal(signal('slot[0].words.a'), packSettlement({ market: MARKET, price: 1_100n, fundingIndex: 7n }))
  })

  test('nothing in a market that is not settled, or that is not there', () => {
    const phase = 'main.slot[0].expire.phase.out'
    refuses(paidAt(0, TABLE), {}, phase)
    refuses(batch, { forge: { expiring: put(0, 0n) } }, phase)
    const sheltered = { ...TABLE, markets: TABLE.markets.map((m) => ({ ...m, phase: PHASES.SHELTERED })) }
    refuses(paidAt(MARKET, sheltered), {}, phase)
    const beyond = attempt(batch, { forge: { expiring: put(0, 2n) } })
    assert.ok(beyond.broken.some((signals) => /main\.slot\[0\]\.expire\.OneHot/.test(signals)))
    assert.ok(!beyond.shippedAccepts())
  })

  test('nothing at a table that nobody posted, whatever it says', () => {
    refuses(batch, { forge: { riskRoot: 0n } }, 'main.slot[0].expire.posted')
  })

  test('no other price, and no other funding', () => {
    for (const [signal, value] of [
      ['expire.price.out', 1_101n],
      ['expire.fundingIndex.out', 6n],
      ['expire.worth', 0n],
      ['expire.old.picked.fundingIndex', 0n],
    ] as const) {
      const made = attempt(batch, lies(signal, value))
      assert.ok(
        made.broken.some((signals) => signals.includes(`slot[0].${signal.replace('.out', '')}`)),
        signal,
      )
      assert.ok(!made.shippedAccepts())
    }
  })

  test('no other size: what it pays for is gone', () => {
    const size = 'expire.after[1].size'
    for (const value of [-10n, 10n, -9n]) {
      const made = attempt(batch, lies(size, value))
      assert.ok(made.broken.some((signals) => signals.includes(`slot[0].${size}`)))
      assert.ok(!made.shippedAccepts())
    }
    const held = attempt(batch, lies('expire.old.picked.size', -20n))
    assert.ok(held.broken.some((signals) => signals.includes('slot[0].expire.old')))
    assert.ok(!held.shippedAccepts())
  })

  test('nothing else of the account changes: open lots, the other market, nonce, status', () => {
    const slots = (after: CashSlot['after']) => unlawful(STATE, [{ ...batch.slots[0]!, after }], { riskTable: TABLE })
    const { after } = batch.slots[0]!
    const [other, own] = after.positions
    for (const changed of [
      { ...after, nonce: 5n },
      { ...after, flaggedAt: 0n },
      { ...after, positions: [other!, { ...own!, openBuy: 0n }] },
      { ...after, positions: [{ ...other!, size: 0n }, own!] },
      { ...after, positions: [{ ...other!, fundingIndex: 7n }, own!] },
    ]) {
      const { broken, shippedAccepts } = attempt(slots(changed))
      assert.ok(broken.some((signals) => /main\.data\./.test(signals)))
      assert.ok(!shippedAccepts())
    }
    for (const [signal, value] of [
      ['expire.after[1].openBuy', 0n],
      ['expire.after[1].openSell', 0n],
      ['expire.after[0].size', 0n],
      ['after.nonce', 5n],
      ['after.status', 0n],
    ] as const) {
      const made = attempt(batch, lies(signal, value))
      assert.ok(
        made.broken.some((signals) => signals.includes(`slot[0].${signal}`)),
        signal,
      )
      assert.ok(!made.shippedAccepts())
    }
  })

  test('no cash beyond its width', () => {
    const most = (1n << 80n) - 1n
    const gains = 10n * (1_100n + 2n - 7n)
    const rich = (cash: bigint) => makeState(CASH_VENUE, { 1: { ...OTHER, collateral: [cash, 0n] } })
    expectHonest(cashBatchOf(rich(most - gains), [expire(1)], { riskTable: TABLE }))
    const state = rich(most - gains + 1n)
    const before = state.accounts.get(1)!
    const paid = { ...before.positions[1]!, size: 0n, fundingIndex: 7n }
    const after = { ...before, collateral: [most + 1n, 0n], positions: [before.positions[0]!, paid] }
    const slot: CashSlot = { ...batch.slots[0]!, before, after }
    refuses(unlawful(state, [slot], { riskTable: TABLE }), {}, /^main\.slot\[0\]\.IsNegative/)
  })
})

suite('protocol.md#open-interest: what is paid out', () => {
  test('leaves open interest by as many lots as were held, and no other number, in no other market', () => {
    assert.deepEqual(
      [STATE.openInterest, batch.after.openInterest],
      [
        [2n, 20n],
        [2n, 10n],
      ].map((lots) => lots),
    )
    for (const [signal, value] of [
      ['expire.closed[1]', 0n],
      ['expire.closed[1]', 20n],
      ['expire.closed[1]', -10n],
      ['expire.closed[0]', 2n],
      ['expire.short', 0n],
      ['expire.shortSize', 0n],
    ] as const) {
      const made = attempt(batch, lies(signal, value))
      assert.ok(
        made.broken.some((signals) => signals.includes(`slot[0].${signal}`)),
        signal,
      )
      assert.ok(!made.shippedAccepts())
    }
    const name = 'newMarkets.openInterest[1]'
    refuses(batch, { lies: { [name]: 20n } }, `main.${name}`)
  })

  test('is left as it is by every other kind', () => {
    const deposit = cashBatchOf(STATE, [{ kind: 'DEPOSIT', account: 1, asset: 0, amount: 5n }], { riskTable: TABLE })
    assert.deepEqual(deposit.after.openInterest, STATE.openInterest)
    for (const signal of ['expire.closed[1]', 'expire.worth', 'expire.word']) {
      const made = attempt(deposit, lies(signal, 1n))
      assert.ok(
        made.broken.some((signals) => signals.includes(`slot[0].${signal}`)),
        signal,
      )
      assert.ok(!made.shippedAccepts())
    }
    const forged = attempt(deposit, { forge: { expiring: put(0, 1n) } })
    assert.ok(forged.broken.some((signals) => /main\.slot\[0\]\.expire\.OneHot/.test(signals)))
    assert.ok(!forged.shippedAccepts())
    const kind = put(0, BigInt(CASH_KINDS.EXPIRE))
    const hidden = attempt(deposit, { forge: { kind }, lies: { 'read[0].is.expire': 0n } })
    assert.ok(hidden.broken.some((signals) => /main\.read\[0\]\.is\.expire/.test(signals)))
    assert.ok(!hidden.shippedAccepts())
  })
})
