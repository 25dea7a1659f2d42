import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAccount, makeState, makeTable, NOW, PRIVATE_KEY, SMALL } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import { type CashMessage, type CashOperation, packCashMessage } from '../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import type { CashBatchContext } from '../../protocol/cash-batch/slot.ts'
import { mayWithdraw } from '../../protocol/cash-batch/withdrawal.ts'
import { addPoints, BASE, NEUTRAL, SUBGROUP_ORDER } from '../../protocol/crypto/baby-jubjub.ts'
import { primitives } from '../../protocol/crypto/primitives.ts'
import { isTradingKey, keyToRegister, registeredKey, tradingKey } from '../../protocol/signature.ts'
import type { State } from '../../protocol/state.ts'

const TABLE = makeTable(SMALL)
const PLENTY = [1n << 70n, 1n << 70n]

function context(overrides: Partial<CashBatchContext> = {}): CashBatchContext {
  const sizes = { name: 'test', slots: 8 }
  return { sizes, timestamp: NOW, domain: 1n, riskTable: TABLE, vault: PLENTY, ...overrides }
}

function apply(state: State, operation: CashOperation, overrides: Partial<CashBatchContext> = {}) {
  return applyCashBatch(state, [operation], context(overrides))
}

function message(overrides: Partial<CashMessage> = {}, domain = 1n, key = PRIVATE_KEY) {
  const plain = {
    kind: 'WITHDRAW',
    account: 1,
    counterAccount: 0,
    asset: 0,
    amount: 10n,
    nonce: 1n,
    expiry: NOW,
  } as const
  return signCashMessage({ ...plain, ...overrides }, domain, key)
}

const one = (account: Account) => makeState(SMALL, { 1: account })
const refusedFor = (reason: string) => ({ code: 'BATCH_UNPROVABLE', details: { reason, operation: 0 } })
const forced = (requested: bigint, asset = 0) => ({ kind: 'FORCED', account: 1, asset, requested }) as const

test('a registration fills an empty leaf with 8 times the point, the commitment and zeros', () => {
  const key = keyToRegister(tradingKey(PRIVATE_KEY))
  const { after } = apply(makeState(SMALL, {}), { kind: 'REGISTER', account: 3, key, ownerCommitment: 5n })
  const account = after.accounts.get(3)!
  assert.deepEqual(account.tradingKey, tradingKey(PRIVATE_KEY))
  assert.deepEqual([account.ownerCommitment, account.viewKey, account.nonce], [5n, 0n, 0n])
  assert.ok(account.collateral.every((lots) => lots === 0n))
  assert.throws(() => apply(after, { kind: 'REGISTER', account: 3, key, ownerCommitment: 5n }), refusedFor('TAKEN'))
})

test('whatever point of large order is registered, the trading key is of prime order', () => {
  const ofOrderTwo = {
    x: 0n,
    y: NEUTRAL.y + 21888242871839275222246405745257275088548364400416034343698204186575808495615n,
  }
  const mixed = addPoints(BASE, ofOrderTwo)
  assert.ok(!isTradingKey(mixed))
  assert.ok(isTradingKey(registeredKey(mixed)))
  assert.deepEqual(registeredKey(ofOrderTwo), NEUTRAL)
  assert.deepEqual(primitives().multiply(registeredKey(keyToRegister(BASE)), SUBGROUP_ORDER), NEUTRAL)
})

test('a deposit adds lots of its asset and to the vault', () => {
  const { after, vault } = apply(one(makeAccount(SMALL, { cash: 5n })), {
    kind: 'DEPOSIT',
    account: 1,
    asset: 1,
    amount: 7n,
  })
  assert.deepEqual(
    [after.accounts.get(1)!.collateral, vault],
    [
      [5n, 7n],
      [PLENTY[0], PLENTY[1]! + 7n],
    ],
  )
})

test('a rotation changes the trading key alone', () => {
  const before = one(makeAccount(SMALL))
  const { after } = apply(before, { kind: 'ROTATE', account: 1, key: keyToRegister(BASE) })
  assert.deepEqual(after.accounts.get(1), { ...before.accounts.get(1), tradingKey: BASE })
})

test('an account is suspended at once, and resumes only without open lots in any market', () => {
  const open = makeAccount(SMALL, { positions: { 3: { openSell: 1n } } })
  const suspended = apply(one(open), { kind: 'SUSPEND', account: 1 }).after
  assert.equal(suspended.accounts.get(1)!.suspended, true)
  const still = apply(suspended, { kind: 'RESUME', account: 1 }).after
  assert.equal(still.accounts.get(1)!.suspended, true)
  const flat = one(makeAccount(SMALL, { suspended: true, positions: { 0: { size: 5n } } }))
  assert.equal(apply(flat, { kind: 'RESUME', account: 1 }).after.accounts.get(1)!.suspended, false)
})

test('a view key is set once and is not 0', () => {
  const view = (viewKey: bigint) => ({ kind: 'VIEW', account: 1, viewKey }) as const
  const { after } = apply(one(makeAccount(SMALL, { viewKey: 0n })), view(9n))
  assert.equal(after.accounts.get(1)!.viewKey, 9n)
  assert.throws(() => apply(after, view(8n)), refusedFor('VIEW_KEY'))
  assert.throws(() => apply(one(makeAccount(SMALL, { viewKey: 0n })), view(0n)), refusedFor('VIEW_KEY'))
})

test('a flat account without debts withdraws all it has without a table', () => {
  const state = one(makeAccount(SMALL, { cash: 10n }))
  const { after, slots, vault } = apply(state, message(), { riskTable: undefined })
  assert.deepEqual([after.accounts.get(1)!.collateral[0], after.accounts.get(1)!.nonce], [0n, 1n])
  assert.deepEqual([slots[0]!.paid, slots[0]!.available, vault[0]], [10n, PLENTY[0], PLENTY[0]! - 10n])
  assert.throws(() => apply(state, message({ amount: 11n })), refusedFor('MARGIN'))
})

test('a withdrawal needs the payer’s signature for this venue, a new nonce, time, and what the vault has', () => {
  const state = one(makeAccount(SMALL, { nonce: 4n }))
  const valid = { nonce: 5n }
  assert.equal(apply(state, message(valid)).slots.length, 1)
  assert.throws(() => apply(state, message(valid, 2n)), refusedFor('BAD_SIGNATURE'))
  assert.throws(() => apply(state, message(valid, 1n, new Uint8Array(32).fill(8))), refusedFor('BAD_SIGNATURE'))
  const raised = message(valid)
  const changed = { ...raised, message: { ...raised.message, amount: 11n } }
  assert.throws(() => apply(state, changed), refusedFor('BAD_SIGNATURE'))
  assert.throws(() => apply(state, message({ nonce: 4n })), refusedFor('OLD_NONCE'))
  assert.throws(() => apply(state, message({ ...valid, expiry: NOW - 1n })), refusedFor('EXPIRED'))
  assert.throws(() => apply(state, message(valid), { vault: [9n, 0n] }), refusedFor('AVAILABLE'))
  assert.throws(() => apply(state, message({ ...valid, account: 2 })), refusedFor('UNKNOWN_ACCOUNT'))
  assert.throws(() => apply(state, message({ ...valid, asset: 2 })), refusedFor('ASSET'))
  assert.throws(() => apply(state, message({ ...valid, counterAccount: 2 })), refusedFor('COUNTER_ACCOUNT'))
})

test('a transfer takes two slots, and the payer must be allowed to withdraw it', () => {
  const state = makeState(SMALL, { 1: makeAccount(SMALL, { cash: 10n }), 2: makeAccount(SMALL, { cash: -3n }) })
  const { after, slots, vault } = apply(state, message({ kind: 'TRANSFER_OUT', counterAccount: 2 }))
  assert.deepEqual([slots.map(({ account }) => account), vault], [[1, 2], PLENTY])
  assert.deepEqual(
    [1, 2].map((index) => after.accounts.get(index)!.collateral[0]),
    [0n, 7n],
  )
  const more = message({ kind: 'TRANSFER_OUT', counterAccount: 2, amount: 11n })
  assert.throws(() => apply(state, more), refusedFor('MARGIN'))
  const toSelf = apply(state, message({ kind: 'TRANSFER_OUT', counterAccount: 1 })).after.accounts.get(1)!
  assert.deepEqual([toSelf.collateral[0], toSelf.nonce], [10n, 1n])
})

const LONG = makeAccount(SMALL, { cash: -9_000n, positions: { 0: { size: 10n } } })

test('a forced withdrawal pays the largest amount that may be withdrawn, to the quantum', () => {
  const debtless = makeAccount(SMALL, { cash: 13_000n, others: [50n], positions: { 0: { size: -10n } } })
  const { slots } = apply(one(debtless), forced(1n << 79n))
  const { paid } = slots[0]!
  assert.equal(paid, 735n) // equity of 3,135 less 120 % of a loss of 2,000
  const prices = { table: TABLE, timestamp: NOW }
  assert.ok(mayWithdraw(debtless, 0, paid, prices) && !mayWithdraw(debtless, 0, paid + 1n, prices))
  assert.equal(apply(one(debtless), forced(paid - 1n)).slots[0]!.paid, paid - 1n)
  assert.equal(apply(one(debtless), forced(paid), { vault: [paid - 1n, 0n] }).slots[0]!.paid, paid - 1n)
})

test('a forced withdrawal pays 0 to an account below initial margin, to a flagged one and out of an empty vault', () => {
  const poor = { ...LONG, collateral: [-10_000n, 0n] }
  const flagged = makeAccount(SMALL, { flaggedAt: 1n })
  for (const [account, vault] of [
    [poor, PLENTY],
    [flagged, PLENTY],
    [makeAccount(SMALL), [0n, 0n]],
  ] as const) {
    const { slots, after } = apply(one(account), forced(5n), { vault })
    assert.equal(slots[0]!.paid, 0n)
    assert.deepEqual(after.accounts.get(1), account)
  }
})

test('a venue without fresh prices serves a flat account and cannot turn down another', () => {
  const stale = { timestamp: NOW + TABLE.maxAge + 1n }
  assert.equal(apply(one(makeAccount(SMALL, { cash: 9n })), forced(20n), stale).slots[0]!.paid, 9n)
  const barred = makeAccount(SMALL, { cash: 9n, suspended: true, positions: { 0: { openBuy: 3n } } })
  assert.equal(apply(one(barred), forced(20n), stale).slots[0]!.paid, 9n)
  for (const account of [LONG, makeAccount(SMALL, { cash: -1n }), { ...barred, suspended: false }]) {
    assert.throws(() => apply(one(account), forced(1n, 1), stale), refusedFor('STALE'))
    assert.equal(apply(one(account), forced(1n, 1)).slots.length, 1)
  }
})

test('what is available falls and rises slot by slot', () => {
  const state = makeState(SMALL, { 1: makeAccount(SMALL, { cash: 100n }), 2: makeAccount(SMALL, { cash: 0n }) })
  const operations: CashOperation[] = [
    { ...forced(6n) },
    { kind: 'DEPOSIT', account: 2, asset: 0, amount: 5n },
    { ...forced(50n) },
    { ...forced(1n) },
  ]
  const { slots, vault } = applyCashBatch(state, operations, context({ vault: [10n, 0n] }))
  assert.deepEqual(
    slots.map(({ paid }) => paid),
    [6n, 0n, 9n, 0n],
  )
  assert.deepEqual(
    slots.map(({ available }) => available),
    [10n, 0n, 9n, 0n],
  )
  assert.equal(vault[0], 0n)
})

test('a sweep gives one book’s fees to the house, which must be registered', () => {
  const books = { 2: { fees: 12n } }
  const state = makeState(SMALL, { 0: makeAccount(SMALL, { cash: 1n }) }, books)
  const { after, sweep } = applyCashBatch(state, [], context(), 2)
  assert.deepEqual(
    [after.accounts.get(0)!.collateral[0], after.books.get(2)!.fees, sweep],
    [13n, 0n, { market: 2, amount: 12n, retires: false }],
  )
  assert.throws(() => applyCashBatch(makeState(SMALL, {}, books), [], context(), 2), { code: 'BATCH_UNPROVABLE' })
})

test('a batch of too many slots is unprovable: a transfer counts twice', () => {
  const state = makeState(SMALL, { 1: makeAccount(SMALL), 2: makeAccount(SMALL) })
  const transfer = message({ kind: 'TRANSFER_OUT', counterAccount: 2 })
  const sizes = { name: 'test', slots: 1 }
  assert.throws(() => applyCashBatch(state, [transfer], context({ sizes })), { details: { reason: 'SLOTS' } })
})

test('an amount that takes a collateral out of its width is unprovable', () => {
  const full = makeAccount(SMALL, { cash: (1n << 80n) - 1n })
  const deposit = { kind: 'DEPOSIT', account: 1, asset: 0, amount: 1n } as const
  assert.throws(() => apply(one(full), deposit), { details: { reason: 'WIDTH' } })
})

test('an amount of 2^80 lots or below 0 is unprovable', () => {
  const account = makeAccount(SMALL, { cash: 0n })
  for (const amount of [1n << 80n, -1n]) {
    const deposit = { kind: 'DEPOSIT', account: 1, asset: 0, amount } as const
    assert.throws(() => apply(one(account), deposit), refusedFor('AMOUNT'))
    assert.throws(() => apply(one(account), forced(amount)), refusedFor('AMOUNT'))
  }
})

test('a sweep that takes the house out of its width, or of fees beyond theirs, is unprovable', () => {
  const sweep = (cash: bigint, fees: bigint) =>
    applyCashBatch(makeState(SMALL, { 0: makeAccount(SMALL, { cash }) }, { 2: { fees } }), [], context(), 2)
  const most = (1n << 80n) - 1n
  assert.equal(sweep(most - 12n, 12n).after.accounts.get(0)!.collateral[0], most)
  assert.throws(() => sweep(most - 11n, 12n), { details: { reason: 'WIDTH' } })
  assert.throws(() => sweep(-12n, 1n << 80n), { details: { reason: 'WIDTH' } })
})

test('the word of a cash message holds each field in its place, and nothing wider', () => {
  const { message: plain } = message({ kind: 'TRANSFER_OUT', counterAccount: 2, asset: 1 })
  const word = packCashMessage(plain)
  assert.equal(word >> 240n, 9n)
  assert.equal((word >> 216n) & 0xffffffn, 1n)
  assert.equal((word >> 192n) & 0xffffffn, 2n)
  assert.equal((word >> 184n) & 0xffn, 1n)
  assert.equal((word >> 104n) & ((1n << 80n) - 1n), 10n)
  assert.equal((word >> 40n) & ((1n << 64n) - 1n), 1n)
  assert.equal(word & ((1n << 40n) - 1n), NOW)
  assert.throws(() => packCashMessage({ ...plain, amount: 1n << 80n }), { path: 'message.amount' })
})
