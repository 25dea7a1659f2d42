import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { CASH_VENUE, cashBatchOf, flagging, unlawful } from '../../../lab/instances/cash.ts'
import { type AccountOptions, makeAccount, makeState, makeTable, NOW } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import type { CashBatch } from '../../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../../protocol/cash-batch/slot.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { CASH_KINDS, PHASES } from '../../../protocol/parameters.ts'
import { packPortfolio, portfolioOf } from '../../../protocol/portfolio.ts'

const { attempt, expectHonest, refuses } = await dishonestCashProver()

const TABLE = makeTable(CASH_VENUE)
const FLAG: CashOperation = { kind: 'FLAG', account: 1 }
/** Ten lots short at 1,000, which lose 2,000 in the worst scenario: 12,000 quanta of cash are maintenance. */
const short = (cash: bigint, options: AccountOptions = {}) =>
  makeAccount(CASH_VENUE, { cash, others: [0n], positions: { 0: { size: -10n } }, ...options })
const BELOW = short(11_999n)
const stateOf = (account: Account) => makeState(CASH_VENUE, { 0: short(0n), 1: account, 2: short(0n) })
const flagged = (account: Account, overrides: Partial<CashBatchContext> = {}) =>
  cashBatchOf(stateOf(account), [FLAG], overrides)

const misses = /^main\.slot\[0\]\.margin\.misses\.Num2Bits/
const chosen = /^main\.slot\[0\]\.margin\.OneHot/
const asks = 'main.slot[0].margin.asks'

/** Refused, though all else that a prover may say in its favour is said. */
function refusesToFlag(account: Account, rule: string | RegExp, overrides: Partial<CashBatchContext> = {}, index = 1) {
  const state = makeState(CASH_VENUE, { 0: short(0n), 2: short(0n), [index]: account })
  return refuses(flagging(state, index, overrides), {}, rule)
}

suite('protocol.md#flag: refuses to flag', () => {
  test('nobody who is below maintenance, by a quantum or in any other way', () => {
    for (const account of [
      BELOW,
      short(0n, { suspended: true }),
      short(-5n, { positions: {} }),
      short(11_999n, { positions: { 0: { size: -10n }, 1: { openBuy: 9n } } }),
    ]) {
      const batch = flagged(account)
      assert.equal(batch.after.accounts.get(1)!.flaggedAt, NOW)
      expectHonest(batch)
    }
  })

  test('nobody who was not, so early that no flag could have lapsed', () => {
    const timestamp = TABLE.grace + TABLE.auction
    const riskTable = { ...TABLE, asOf: timestamp }
    expectHonest(flagged(BELOW, { timestamp, riskTable }))
    refusesToFlag(short(0n, { flaggedAt: 1n }), 'main.flag.live', { timestamp, riskTable })
  })

  test('an account that meets maintenance, in whatever scenario the prover names', () => {
    const batch = flagging(stateOf(short(12_000n)), 1)
    for (const scenario of [0n, 1n, 2n]) refuses(batch, { forge: { scenario: put(0, scenario) } }, misses)
    refuses(batch, { forge: { scenario: put(0, 3n) } }, /^main\.slot\[0\]\.margin\.(OneHot|misses\.Num2Bits)/)
  })

  test('an account that misses maintenance by its open orders alone', () => {
    const orders = { positions: { 0: { size: -10n }, 1: { openBuy: 9n, openSell: 9n } } }
    const batch = flagging(stateOf(short(12_000n, orders)), 1)
    refuses(batch, {}, misses)
    const name = 'slot[0].margin.value.suspended'
    const made = attempt(batch, { lies: { [name]: 0n } })
    assert.ok(made.broken.some((signals) => signals.split(' ').includes(`main.${name}`)))
    assert.ok(!made.shippedAccepts())
  })

  test('an account that misses initial margin alone', () => {
    const batch = flagging(stateOf(short(12_399n)), 1)
    refuses(batch, { lies: { 'slot[0].margin.ratio': 12_000n } }, 'main.slot[0].margin.ratio')
    refuses(batch, { lies: { 'slot[0].margin.refused': 0n } }, ['main.slot[0].margin.refused', chosen])
  })

  test('anybody at prices that are not current, or that nobody posted', () => {
    for (const timestamp of [NOW - 1n, NOW + TABLE.maxAge + 1n]) refusesToFlag(BELOW, asks, { timestamp })
    refusesToFlag(BELOW, /^main\.slot\[0\]\.margin\.(current main\.slot\[0\]\.margin\.asks|misses)/, {
      riskTable: undefined,
    })
    refuses(flagged(BELOW), { forge: { riskRoot: 0n } }, asks)
  })

  test('the house', () => {
    refusesToFlag(BELOW, 'main.flag.isHouse', {}, 0)
  })

  test('whoever has a position in a sheltered market, whichever, short or long', () => {
    for (const [market, size] of [
      [0, -10n],
      [1, 1n],
      [1, -1n],
    ] as const) {
      const riskTable = { ...TABLE, markets: TABLE.markets.map((m, i) => ({ ...m, phase: i === market ? 1n : 0n })) }
      const positions = { 0: { size: -10n }, [market]: { size } }
      const account = short(0n, { positions })
      refusesToFlag(account, /^main\.flag\.flag/, { riskTable })
      for (const signal of [`sheltered[${market}]`, `slot[0].shelter.part[${market}]`, 'slot[0].exposed']) {
        refuses(flagging(stateOf(account), 1, { riskTable }), { lies: { [signal]: 0n } }, new RegExp(escaped(signal)))
      }
    }
    // positions that sum to zero are positions
    const sheltered = { ...TABLE, markets: TABLE.markets.map((m) => ({ ...m, phase: PHASES.SHELTERED })) }
    const hedged = short(-9_000n, { positions: { 0: { size: -3n }, 1: { size: 3n } } })
    refusesToFlag(hedged, /^main\.flag\.flag/, { riskTable: sheltered })
    // a settled market shelters nobody
    const settled = {
      ...TABLE,
      markets: TABLE.markets.map((m) => ({ ...m, phase: PHASES.SETTLED, lastTradeTime: 0n })),
    }
    expectHonest(flagged(BELOW, { riskTable: settled }))
  })

  test('whoever is flagged, until the flag has lapsed by a second', () => {
    const lapses = NOW - TABLE.grace - TABLE.auction
    expectHonest(flagged(short(0n, { flaggedAt: lapses - 1n })))
    for (const flaggedAt of [lapses, NOW, (1n << 40n) - 1n]) {
      const account = short(0n, { flaggedAt })
      refusesToFlag(account, 'main.flag.live')
      const batch = flagging(stateOf(account), 1)
      refuses(batch, { lies: { 'flag.lapsed': 1n } }, /^main\.flag\.(lapsed|IsLess)/)
      refuses(batch, { lies: { 'flag.unflagged': 1n } }, /^main\.flag\.(unflagged|IsZero)/)
      refuses(batch, { lies: { 'slot[0].flaggedAt': lapses - 1n } }, /^main\.slot\[0\]\.(flaggedAt|standing|clear)/)
    }
  })
})

suite('protocol.md#flag: refuses', () => {
  const batch = flagged(BELOW)

  test('another time than the batch’s in flaggedAt, and none', () => {
    for (const flaggedAt of [0n, NOW - 1n, NOW + 1n]) {
      const [slot] = batch.slots
      const other = unlawful(batch.before, [{ ...slot!, after: { ...BELOW, flaggedAt } }])
      // what the model publishes is not what comes out
      const { broken, shippedAccepts } = attempt(other)
      assert.ok(broken.some((signals) => /main\.data\./.test(signals)))
      assert.ok(!shippedAccepts())
      const rise = { 'slot[0].flags': (flaggedAt + FIELD) % FIELD }
      refuses(batch, { lies: rise }, 'main.slot[0].flags')
    }
  })

  test('a second flag in the batch, and one behind another operation', () => {
    const deposit: CashOperation = { kind: 'DEPOSIT', account: 2, asset: 0, amount: 1n }
    const state = makeState(CASH_VENUE, { 1: BELOW, 2: short(0n) })
    const [first] = flagging(state, 1).slots
    const [second] = flagging(state, 2).slots
    const [paid] = cashBatchOf(state, [deposit]).slots
    refuses(unlawful(state, [first!, second!]), {}, 'main.read[1].is.flag')
    refuses(unlawful(state, [paid!, first!]), {}, 'main.read[1].is.flag')
  })

  test('a flag that is none: nothing is flagged by a slot of another kind', () => {
    const suspends = cashBatchOf(stateOf(BELOW), [{ kind: 'SUSPEND', account: 1 }])
    refuses(suspends, { lies: { 'slot[0].flags': NOW } }, 'main.slot[0].flags')
    const kind = put(0, BigInt(CASH_KINDS.FLAG))
    refuses(suspends, { forge: { kind }, lies: { 'read[0].is.flag': 0n } }, 'main.read[0].is.flag')
  })

  test('positions and collateral other than the account has among what is published, or nothing', () => {
    const account = short(-5n, { others: [7n], positions: { 0: { size: -10n, fundingIndex: -3n }, 1: { size: 4n } } })
    const told = flagged(account)
    const words = packPortfolio(portfolioOf(account))
    const { signal } = attempt(told)
    for (const [w, word] of words.entries()) {
      const name = `portfolio.words[${w}]`
      assert.equal(signal(name), word)
      for (const value of [0n, word + 1n]) refuses(told, { lies: { [name]: value } }, `main.${name}`)
    }
  })

  test('to tell what anybody holds who is not flagged', () => {
    const deposit = cashBatchOf(stateOf(BELOW), [{ kind: 'DEPOSIT', account: 1, asset: 0, amount: 1n }])
    const { signal } = attempt(deposit)
    for (const w of packPortfolio(portfolioOf(BELOW)).keys()) {
      const name = `portfolio.words[${w}]`
      assert.equal(signal(name), 0n)
      refuses(deposit, { lies: { [name]: 1n } }, `main.${name}`)
    }
  })

  test('another number of used slots than there are, and other sizes', () => {
    const place = batchWords(batch) - 3
    const name = `words.words[${place}]`
    const { signal } = attempt(batch)
    assert.equal(signal(name), (1n << 24n) | (3n << 16n) | (2n << 8n) | 2n)
    for (const value of [0n, signal(name) + (1n << 24n), signal(name) + 1n]) {
      refuses(batch, { lies: { [name]: value } }, `main.${name}`)
    }
  })
})

function batchWords({ context, before }: CashBatch): number {
  const { markets, collaterals } = before.shape
  return 6 + 5 * context.sizes.slots + Math.ceil(markets / 2) + Math.ceil(collaterals / 3) + 3
}

function escaped(signal: string): string {
  return signal.replace(/[[\].]/g, '\\$&')
}
