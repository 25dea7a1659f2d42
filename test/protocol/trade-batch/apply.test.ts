import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cancel,
  DOMAIN,
  makeContext,
  makeTable,
  NO_SIGNATURES,
  order,
  PRIVATE_KEY,
  richState,
  SMALL,
  unsigned,
  unsignedBundle,
} from '../../../lab/instances/model.ts'
import type { SignedBundle } from '../../../protocol/bundle.ts'
import { messagesOf } from '../../../protocol/bundle.ts'
import { poseidon } from '../../../protocol/hash.ts'
import { type Message, packMessage, signBundle } from '../../../protocol/index.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { applyTradeBatch, applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'

const CONTEXT = makeContext(SMALL)
const sign = ({ messages }: SignedBundle) => signBundle(messages, DOMAIN, PRIVATE_KEY)

test('a signed batch applies, and the old state stays as it was', () => {
  const state = richState(SMALL, 3)
  const root = stateRoot(state)
  const messages = [order(1, 1n, { side: 'sell' }), order(2, 4n)].map(sign)
  const batch = applyTradeBatch(state, messages, CONTEXT)
  assert.equal(stateRoot(batch.before), root)
  assert.notEqual(stateRoot(batch.after), root)
  assert.equal(batch.after.accounts.get(2)!.nonce, 4n)
  assert.deepEqual(
    batch.touched.map(({ index }) => index),
    [1, 2],
  )
})

const malformedBundles = { 'no message': [], 'messages of two accounts': [order(1, 1n), order(2, 1n)] }
for (const [name, bundles] of Object.entries(malformedBundles)) {
  test(`a bundle of ${name} cannot be included: MALFORMED`, () => {
    const bundle = unsignedBundle(messagesOf({ bundles }))
    assert.throws(() => applyTradeBatchUnchecked(richState(SMALL, 3), [bundle], CONTEXT, NO_SIGNATURES), {
      code: 'MESSAGE_REFUSED',
      details: { reason: 'MALFORMED', bundle: 0 },
    })
  })
}

const refused: Record<string, [reason: string, Message]> = {
  'a malformed message': ['MALFORMED', order(1, 1n, { reduceOnly: true }).messages[0]!],
  'a message from a negative account': ['MALFORMED', order(-1, 1n).messages[0]!],
  'a message for another market': ['OTHER_MARKET', order(1, 1n, { market: 1 }).messages[0]!],
  'a message from an empty leaf': ['UNKNOWN_ACCOUNT', order(9, 1n).messages[0]!],
  'a message from beyond the tree': ['UNKNOWN_ACCOUNT', order(256, 1n).messages[0]!],
  'a nonce of 0': ['OLD_NONCE', order(1, 0n).messages[0]!],
}
for (const [name, [reason, message]] of Object.entries(refused)) {
  test(`${name} cannot be included: ${reason}`, () => {
    assert.throws(() => applyTradeBatch(richState(SMALL, 3), [unsigned(message)], CONTEXT), {
      code: 'MESSAGE_REFUSED',
      details: { reason, bundle: 0 },
    })
  })
}

test('a nonce can be used once, also within one batch, and gaps are allowed', () => {
  const state = richState(SMALL, 3)
  const used = { code: 'MESSAGE_REFUSED', details: { reason: 'OLD_NONCE', bundle: 1 } }
  for (const nonces of [
    [5n, 5n],
    [5n, 4n],
  ]) {
    const messages = nonces.map((nonce) => order(1, nonce))
    assert.throws(() => applyTradeBatchUnchecked(state, messages, CONTEXT, NO_SIGNATURES), used)
  }
  applyTradeBatchUnchecked(state, [order(1, 5n), order(1, 9n)], CONTEXT, NO_SIGNATURES)
})

test('a bad signature cannot be included: BAD_SIGNATURE', () => {
  const state = richState(SMALL, 3)
  const bad = { code: 'MESSAGE_REFUSED', details: { reason: 'BAD_SIGNATURE', bundle: 0 } }
  const good = sign(order(1, 1n))
  assert.throws(() => applyTradeBatch(state, [{ ...good, messages: order(1, 2n).messages }], CONTEXT), bad)
  assert.throws(() => applyTradeBatch(state, [good], { ...CONTEXT, domain: DOMAIN + 1n }), bad)
})

test('a message that cannot be included is refused even if without effect otherwise', () => {
  const stale = makeContext(SMALL, { riskTable: makeTable(SMALL, { asOf: 0n, maxAge: 0n }) })
  assert.throws(() => applyTradeBatch(richState(SMALL, 3), [order(1, 1n)], stale), { code: 'MESSAGE_REFUSED' })
})

test('a batch holds at most N messages', () => {
  const messages = Array.from({ length: SMALL.messages + 1 }, (_, i) => cancel(1, BigInt(i + 1)))
  assert.throws(() => applyTradeBatchUnchecked(richState(SMALL, 3), messages, CONTEXT, NO_SIGNATURES), {
    code: 'BATCH_UNPROVABLE',
    details: { reason: 'MESSAGES' },
  })
})

test('a batch whose messages outrun its steps or accounts is unprovable: STEPS', () => {
  const makers = [1, 2, 3].map((account) => order(account, 1n, { side: 'sell' }))
  const state = applyTradeBatchUnchecked(richState(SMALL, 5), makers, CONTEXT, NO_SIGNATURES).after
  const steps = { code: 'BATCH_UNPROVABLE', details: { reason: 'STEPS' } }
  const sweep = order(4, 1n, { size: 30n })
  assert.throws(
    () => applyTradeBatchUnchecked(state, [sweep, order(5, 1n, { price: 900n })], CONTEXT, NO_SIGNATURES),
    steps,
  )
})

test('a message cannot follow an order that stays in hand', () => {
  const makers = [1, 2, 3].map((account) => order(account, 1n, { side: 'sell' }))
  const context = { ...CONTEXT, sizes: { ...SMALL, accounts: 3, lightAccounts: 0 } }
  const first = applyTradeBatchUnchecked(richState(SMALL, 5), makers, context, NO_SIGNATURES).after
  const batch = applyTradeBatchUnchecked(first, [order(4, 1n, { size: 30n })], context, NO_SIGNATURES)
  assert.equal(batch.after.books.get(0)!.hand?.remaining, 10n)
  assert.equal(batch.after.accounts.get(4)!.positions[0]!.openBuy, 10n)
  assert.throws(
    () => applyTradeBatchUnchecked(first, [order(4, 1n, { size: 30n }), cancel(4, 2n)], context, NO_SIGNATURES),
    { code: 'BATCH_UNPROVABLE', details: { reason: 'STEPS' } },
  )
})

test('a market that does not exist is refused', () => {
  for (const market of [-1, SMALL.markets, 1.5]) {
    assert.throws(() => applyTradeBatch(richState(SMALL, 1), [], { ...CONTEXT, market }), { code: 'INPUT_INVALID' })
  }
})

test('the message chain runs over the words of all messages, in order', () => {
  const messages = [order(1, 1n), order(2, 1n), cancel(1, 2n)]
  const { after } = applyTradeBatchUnchecked(richState(SMALL, 3), messages, CONTEXT, NO_SIGNATURES)
  const chain = messagesOf({ bundles: messages }).reduce(
    (sum, message) => poseidon('CHAIN', [sum, packMessage(message)]),
    0n,
  )
  assert.equal(after.books.get(0)!.messageChain, chain)
  assert.equal(after.books.get(1)!.messageChain, 0n)
})

test('an empty batch on an idle book changes nothing', () => {
  const state = richState(SMALL, 2)
  const batch = applyTradeBatch(state, [], CONTEXT)
  assert.equal(stateRoot(batch.after), stateRoot(state))
  assert.deepEqual([batch.steps, batch.touched], [[], []])
})

test('margin is checked at the end of the batch only: a message may lean on one that follows it', () => {
  const table = makeTable(SMALL, { initialMarginBps: 10_000n })
  const context = makeContext(SMALL, { riskTable: table })
  let state = richState(SMALL, 3)
  state = applyTradeBatchUnchecked(state, [order(2, 1n)], context, NO_SIGNATURES).after
  const thin = { ...state.accounts.get(1)!, collateral: [0n, 0n] }
  state = { ...state, accounts: state.accounts.set(1, thin) }
  const resting = order(1, 1n, { side: 'sell', price: 1050n })
  const lacking = { code: 'BATCH_UNPROVABLE', details: { reason: 'MARGIN', account: 1, breaches: ['ORDER_LEFT'] } }
  assert.throws(() => applyTradeBatchUnchecked(state, [resting], context, NO_SIGNATURES), lacking)
  const back = cancel(1, 2n, { side: 'sell', price: 1050n, sequence: 1n })
  const batch = applyTradeBatchUnchecked(state, [resting, back], context, NO_SIGNATURES)
  assert.deepEqual(
    batch.touched.map(({ margin }) => margin?.rule),
    ['initial'],
  )
})

test('a maker whose order is filled needs no margin', () => {
  const context = makeContext(SMALL)
  let state = applyTradeBatchUnchecked(richState(SMALL, 3), [order(1, 1n)], context, NO_SIGNATURES).after
  const broke = { ...state.accounts.get(1)!, collateral: [-1_000_000n, 0n] }
  state = { ...state, accounts: state.accounts.set(1, broke) }
  const batch = applyTradeBatchUnchecked(state, [order(2, 1n, { side: 'sell' })], context, NO_SIGNATURES)
  assert.deepEqual(
    batch.touched.map(({ index, margin }) => [index, margin?.rule]),
    [
      [1, undefined],
      [2, 'initial'],
    ],
  )
})
