import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Rule } from '../../../lab/circuits/harness.ts'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { CASH_VENUE, cashBatchOf, cashMessage, decision, flagging, payment } from '../../../lab/instances/cash.ts'
import { type AccountOptions, makeAccount, makeState, makeTable, NOW } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import { PHASES } from '../../../protocol/parameters.ts'

const { expectHonest, refuses } = await dishonestCashProver()

const TABLE = makeTable(CASH_VENUE)
const CURE = { kind: 'CURE', account: 1 } as const
const deposit = (amount: bigint, asset = 0) => ({ kind: 'DEPOSIT', account: 1, asset, amount }) as const
/** Ten lots short at 1,000, which lose 2,000 in the worst scenario: 12,000 quanta of cash are maintenance. */
const short = (cash: bigint, options: AccountOptions = {}) =>
  makeAccount(CASH_VENUE, { cash, others: [0n], positions: { 0: { size: -10n } }, flaggedAt: 9n, ...options })
const one = (account: Account) => makeState(CASH_VENUE, { 1: account })

const excess = /^main\.slot\[0\]\.margin\.excess\.AssertBits\S*\.Num2Bits/
const misses = /^main\.slot\[0\]\.margin\.misses\.Num2Bits/
const asks = 'main.slot[0].margin.asks'
const escaped = (signal: string) => new RegExp(`main\\.${signal.replace(/[[\].]/g, '\\$&')}`)
const chosen = /^main\.slot\[\d\]\.margin\.OneHot/
const refused = /^main\.slot\[\d\]\.margin\.AssertBinary/
const weighs = ['main.slot[0].margin.weighs', chosen, refused]
const stale = { timestamp: NOW + TABLE.maxAge + 1n }

/** One market is sheltered, or in another phase. */
const sheltering = (market: number, phase: bigint = PHASES.SHELTERED) => ({
  ...TABLE,
  markets: TABLE.markets.with(market, { ...TABLE.markets[market]!, phase }),
})

type Decided = typeof CURE | ReturnType<typeof deposit>

/** Honest with one outcome, and refused with the other. */
function decidesTo(cured: boolean, account: Account, operation: Decided, rule: Rule, overrides = {}) {
  const batch = cashBatchOf(one(account), [operation], overrides)
  assert.equal(batch.slots[0]!.cured, cured)
  expectHonest(batch)
  refuses(decision(one(account), operation, !cured, overrides), {}, rule)
}

suite('protocol.md#cure: the outcome is what margin makes it', () => {
  const orders = { positions: { 0: { size: -10n }, 1: { openBuy: 1n } } }
  const reserved = TABLE.markets[1]!.longRisk

  test('a request cures an account that meets maintenance to the quantum, and no other', () => {
    decidesTo(true, short(12_000n), CURE, misses)
    decidesTo(false, short(11_999n), CURE, excess)
  })

  test('open orders count in full, unless their account is suspended', () => {
    decidesTo(true, short(12_000n + reserved, orders), CURE, misses)
    decidesTo(false, short(12_000n + reserved - 1n, orders), CURE, excess)
    decidesTo(true, short(12_000n, { ...orders, suspended: true }), CURE, misses)
  })

  test('a deposit likewise, as the account is with it', () => {
    decidesTo(true, short(11_000n), deposit(1_000n), misses)
    decidesTo(false, short(11_000n), deposit(999n), excess)
    decidesTo(true, short(11_000n), deposit(371n, 1), misses)
    decidesTo(false, short(11_000n), deposit(370n, 1), excess)
  })

  test('whoever needs no prices is cured, under a stale table and under none', () => {
    const clear = /^main\.slot\[0\]\.margin\.(refused|priced|misses)/
    for (const overrides of [{}, stale, { riskTable: undefined }]) {
      decidesTo(true, short(0n, { positions: {} }), CURE, clear, overrides)
      decidesTo(true, short(-5n, { positions: {} }), deposit(5n), clear, overrides)
    }
    decidesTo(false, short(-5n, { positions: {} }), deposit(4n), excess)
  })

  test('at any other table than a current one nothing is decided', () => {
    for (const operation of [CURE, deposit(1n), deposit(10_000n)]) {
      for (const cured of [true, false]) {
        for (const timestamp of [NOW - 1n, NOW + TABLE.maxAge + 1n]) {
          const account = short(cured ? 12_000n : 0n)
          refuses(decision(one(account), operation, cured, { timestamp }), {}, asks)
        }
      }
    }
    // owing a quantum needs prices
    const owing = short(-5n, { positions: {} })
    refuses(decision(one(owing), deposit(4n), true, stale), {}, [asks, excess])
  })

  test('whoever has a size in a sheltered market is not cured, however much it has, and shows nothing', () => {
    for (const [positions, market] of [
      [{ 0: { size: -10n } }, 0],
      [{ 0: { size: -10n }, 1: { size: 1n } }, 1],
      [{ 0: { size: -3n }, 1: { size: 3n } }, 1],
    ] as const) {
      const riskTable = sheltering(market)
      for (const operation of [CURE, deposit(1_000n)]) {
        for (const cash of [12_000n, 90_000n]) {
          decidesTo(false, short(cash, { positions }), operation, weighs, { riskTable })
        }
        const cures = decision(one(short(90_000n, { positions })), operation, true, { riskTable })
        const shelter = ['slot[0].exposed', `sheltered[${market}]`, `slot[0].shelter.part[${market}]`]
        for (const name of [...shelter, 'slot[0].margin.exposed']) {
          refuses(cures, { lies: { [name]: 0n } }, escaped(name))
        }
        refuses(cures, { lies: { 'slot[0].margin.weighs': 1n } }, /^main\.slot\[0\]\.margin\.(weighs|And)/)
      }
    }
  })

  test('a request to be cured, and a deposit, are served while a market is sheltered; not at a stale table of that kind', () => {
    const riskTable = sheltering(0)
    for (const operation of [CURE, deposit(5n)]) {
      expectHonest(cashBatchOf(one(short(0n)), [operation], { riskTable }))
      for (const timestamp of [NOW - 1n, NOW + TABLE.maxAge + 1n]) {
        refuses(decision(one(short(0n)), operation, false, { riskTable, timestamp }), {}, asks)
      }
    }
  })

  test('orders in a sheltered market, and a settled one, keep nobody from being cured', () => {
    const waiting = { positions: { 0: { size: -10n }, 1: { openBuy: 1n } } }
    decidesTo(true, short(12_000n + reserved, waiting), CURE, misses, { riskTable: sheltering(1) })
    decidesTo(false, short(12_000n + reserved - 1n, waiting), CURE, excess, { riskTable: sheltering(1) })
    const riskTable = sheltering(0, PHASES.SETTLED)
    decidesTo(true, short(12_000n), CURE, misses, { riskTable })
    const flat = short(0n, { positions: {} })
    decidesTo(true, flat, CURE, /^main\.slot\[0\]\.margin\.(refused|priced|misses)/, { riskTable: sheltering(0) })
    // nor may it be called exposed to be turned down
    const turned = decision(one(short(12_000n)), CURE, false)
    const forge = { scenario: put(0, 0n) }
    for (const name of ['slot[0].exposed', 'slot[0].margin.exposed']) {
      refuses(turned, { forge, lies: { [name]: 1n } }, escaped(name))
    }
    refuses(turned, { forge, lies: { 'slot[0].margin.weighs': 0n } }, /^main\.slot\[0\]\.margin\.(weighs|And)/)
  })

  test('a scenario in which the account does not miss maintenance shows nothing', () => {
    const batch = cashBatchOf(one(short(11_999n)), [CURE])
    refuses(batch, { forge: { scenario: put(0, 0n) } }, misses)
  })

  test('the ratio is maintenance: neither initial margin nor less', () => {
    const batch = cashBatchOf(one(short(11_999n)), [CURE])
    refuses(batch, { lies: { 'slot[0].margin.ratio': 12_000n } }, 'main.slot[0].margin.ratio')
    const cures = decision(one(short(11_999n)), CURE, true)
    refuses(cures, { lies: { 'slot[0].margin.ratio': 0n } }, 'main.slot[0].margin.ratio')
    // and a withdrawal keeps to the initial one
    const healthy = short(12_500n, { flaggedAt: 0n })
    const taken = cashBatchOf(one(healthy), [cashMessage()])
    refuses(taken, { lies: { 'slot[0].margin.ratio': 10_000n } }, 'main.slot[0].margin.ratio')
  })
})

suite('protocol.md#cure: nothing else takes a flag away', () => {
  test('nobody is cured who is not flagged: it would be told so', () => {
    for (const operation of [CURE, deposit(5n)]) {
      const account = short(20_000n, { flaggedAt: 0n })
      expectHonest(cashBatchOf(one(account), [operation]))
      refuses(decision(one(account), operation, true), {}, weighs)
    }
  })

  test('no other kind cures', () => {
    const flagged = short(20_000n)
    for (const operation of [
      { kind: 'SUSPEND', account: 1 },
      { kind: 'FORCED', account: 1, asset: 0, requested: 5n },
    ] as const) {
      const batch = cashBatchOf(one(flagged), [operation])
      refuses(batch, { forge: { cured: put(0, 1n) } }, weighs)
    }
    const two = makeState(CASH_VENUE, { 1: short(20_000n, { flaggedAt: 0n }), 2: short(20_000n) })
    const transfer = cashBatchOf(two, [cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2 })])
    assert.equal(transfer.after.accounts.get(2)!.flaggedAt, 9n)
    expectHonest(transfer)
    refuses(transfer, { forge: { cured: put(1, 1n) } }, ['main.slot[1].margin.weighs', chosen, refused])
  })

  test('a cure said of a slot that can cure nobody neither flags who meets maintenance nor keeps what is due from anybody', () => {
    const state = one(short(90_000n, { flaggedAt: 0n }))
    const forge = { cured: put(0, 1n), scenario: put(0, 0n) }
    for (const batch of [
      flagging(state, 1),
      payment(state, { kind: 'FORCED', account: 1, asset: 0, requested: 5n }, 0n),
    ]) {
      refuses(batch, { forge }, 'main.slot[0].margin.weighs')
    }
  })

  test('what is told of the outcome is what the account has afterwards', () => {
    const batch = cashBatchOf(one(short(12_000n)), [CURE])
    refuses(batch, { forge: { cured: put(0, 2n) } }, [
      /^main\.slot\[0\]\.(AssertBinary|margin\.cured|operation)/,
      chosen,
      refused,
    ])
    refuses(batch, { lies: { 'slot[0].unflags': 0n } }, 'main.slot[0].unflags')
    refuses(batch, { lies: { 'slot[0].words.b': 0n } }, 'main.slot[0].words.b')
    refuses(batch, { lies: { 'slot[0].margin.decides': 0n } }, [
      /^main\.slot\[0\]\.margin\.(cured|decides|weighs|And)/,
      chosen,
      refused,
    ])
    refuses(batch, { lies: { 'slot[0].margin.flagged': 0n } }, ['main.slot[0].margin.flagged', ...weighs])
  })
})
