import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestCashProver } from '../../../lab/dishonesty/cash-prover.ts'
import { CASH_VENUE, cashBatchOf, cashMessage, payment } from '../../../lab/instances/cash.ts'
import { type AccountOptions, makeAccount, makeState, makeTable } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import { cashData } from '../../../protocol/cash-batch/words.ts'
import { PHASES } from '../../../protocol/parameters.ts'

const { expectHonest, refuses } = await dishonestCashProver()

const TABLE = makeTable(CASH_VENUE)
const inPhase = (phase: bigint, ...markets: readonly number[]) => ({
  ...TABLE,
  markets: TABLE.markets.map((record, m) => (markets.includes(m) ? { ...record, phase } : record)),
})
const SHELTERED = inPhase(PHASES.SHELTERED, 0)
const rich = (positions: AccountOptions['positions']) =>
  makeAccount(CASH_VENUE, { cash: 90_000n, others: [9n], positions: positions! })
const stateOf = (account: Account) => makeState(CASH_VENUE, { 1: account, 2: rich({}) })
const forced = { kind: 'FORCED', account: 1, asset: 0, requested: 10n } as const
const WITHDRAW = cashMessage()

/** The constraint that keeps a signed operation from an exposed account. */
const signs = /^main\.slot\[0\]\.(is\.signed main\.slot\[0\]\.exposed|exposed main\.slot\[0\]\.is\.signed)/
const escaped = (signal: string) => new RegExp(`main\\.${signal.replace(/[[\].]/g, '\\$&')}`)

/** Short, long, hedged to the lot, and in the last market. */
const EXPOSED = [
  [{ 0: { size: -10n } }, [0]],
  [{ 0: { size: 1n } }, [0]],
  [{ 0: { size: -3n }, 1: { size: 3n } }, [0, 1]],
  [{ 0: { size: 4n }, 1: { size: -1n } }, [1]],
] as const

suite('protocol.md#exposed: refuses', () => {
  test('a signed withdrawal of an account with a position in a sheltered market, whichever, short or long', () => {
    for (const [positions, markets] of EXPOSED) {
      const riskTable = inPhase(PHASES.SHELTERED, ...markets)
      const batch = payment(stateOf(rich(positions)), WITHDRAW, 10n, { riskTable })
      refuses(batch, {}, signs)
      for (const name of ['slot[0].exposed', 'slot[0].shelter.clear']) {
        refuses(batch, { lies: { [name]: name.endsWith('clear') ? 1n : 0n } }, escaped(name))
      }
      for (const name of markets.flatMap((m) => [`sheltered[${m}]`, `slot[0].shelter.part[${m}]`])) {
        // a second market shelters it as well
        refuses(batch, { lies: { [name]: 0n } }, markets.length === 1 ? escaped(name) : [escaped(name), signs])
      }
    }
  })

  test('a transfer out of one', () => {
    const message = cashMessage({ kind: 'TRANSFER_OUT', counterAccount: 2 })
    const state = stateOf(rich({ 0: { size: -10n } }))
    const honest = cashBatchOf(state, [message])
    expectHonest(honest)
    refuses({ ...honest, context: { ...honest.context, riskTable: SHELTERED } }, {}, signs)
  })

  test('to say of a forced withdrawal that the account is sheltered where it is not, or is not where it is', () => {
    for (const [positions, riskTable, exposed] of [
      [{ 0: { size: -10n } }, SHELTERED, 1n],
      [{ 0: { size: -10n } }, TABLE, 0n],
      [{ 1: { size: 1n } }, SHELTERED, 0n],
      [{}, SHELTERED, 0n],
    ] as const) {
      const batch = cashBatchOf(stateOf(rich(positions)), [forced], { riskTable })
      expectHonest(batch)
      for (const name of ['slot[0].exposed', 'slot[0].forcedExposed', 'slot[0].words.b']) {
        refuses(batch, { lies: { [name]: 1n - exposed } }, escaped(name))
      }
    }
  })
})

suite('protocol.md#cure: what shelter kept from being decided is told', () => {
  const flagged = (positions: AccountOptions['positions'], cash: bigint) =>
    makeAccount(CASH_VENUE, { cash, others: [9n], positions: positions!, flaggedAt: 9n })

  test('refuses to say that a cure, or a deposit, was decided where it was not, and that it was not where it was', () => {
    for (const operation of [
      { kind: 'CURE', account: 1 },
      { kind: 'DEPOSIT', account: 1, asset: 0, amount: 5n },
    ] as const) {
      for (const [positions, riskTable, cash, told] of [
        [{ 0: { size: -10n } }, SHELTERED, 90_000n, 2n],
        [{ 0: { size: -10n } }, SHELTERED, 0n, 2n],
        [{ 0: { size: -10n } }, TABLE, 0n, 0n],
        [{ 1: { size: -1n } }, SHELTERED, 0n, 0n],
        [{ 0: { size: -10n } }, TABLE, 90_000n, 1n],
        [{}, SHELTERED, 0n, 1n],
      ] as const) {
        const batch = cashBatchOf(stateOf(flagged(positions, cash)), [operation], { riskTable })
        assert.equal(cashData(batch).slots[0]!.b, told)
        expectHonest(batch)
        for (const other of [0n, 1n, 2n, 3n].filter((word) => word !== told)) {
          refuses(batch, { lies: { 'slot[0].words.b': other } }, escaped('slot[0].words.b'))
        }
        const deferred = 'slot[0].margin.deferred'
        refuses(batch, { lies: { [deferred]: told === 2n ? 0n : 1n } }, escaped(deferred))
      }
    }
  })

  test('and says nothing of an account that is not flagged, nor by another kind', () => {
    const suspend = { kind: 'SUSPEND', account: 1 } as const
    for (const [account, operation] of [
      [rich({ 0: { size: -10n } }), { kind: 'CURE', account: 1 } as const],
      [flagged({ 0: { size: -10n } }, 90_000n), suspend],
    ] as const) {
      const batch = cashBatchOf(stateOf(account), [operation], { riskTable: SHELTERED })
      assert.equal(cashData(batch).slots[0]!.b, 0n)
      expectHonest(batch)
      refuses(batch, { lies: { 'slot[0].words.b': 2n } }, escaped('slot[0].words.b'))
      const deferred = 'slot[0].margin.deferred'
      refuses(batch, { lies: { [deferred]: 1n } }, escaped(deferred))
    }
  })
})

suite('protocol.md#exposed: lets through', () => {
  test('withdrawals of an account with orders alone there, with positions elsewhere, and in settled markets', () => {
    for (const positions of [{}, { 0: { openBuy: 2n, openSell: 1n } }, { 1: { size: 1n } }]) {
      expectHonest(cashBatchOf(stateOf(rich(positions)), [WITHDRAW], { riskTable: SHELTERED }))
    }
    const settled = inPhase(PHASES.SETTLED, 0)
    expectHonest(cashBatchOf(stateOf(rich({ 0: { size: -10n } })), [WITHDRAW], { riskTable: settled }))
  })

  test('a transfer to an account that is sheltered', () => {
    const message = cashMessage({ account: 2, counterAccount: 1, kind: 'TRANSFER_OUT' })
    expectHonest(cashBatchOf(stateOf(rich({ 0: { size: -10n } })), [message], { riskTable: SHELTERED }))
  })

  test('without a table whoever has no position, whatever stands in its place', () => {
    expectHonest(cashBatchOf(stateOf(rich({})), [WITHDRAW], { riskTable: undefined }))
  })
})
