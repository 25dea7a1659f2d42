import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cancel,
  DOMAIN,
  makeContext,
  makeTable,
  NO_HASHES,
  NO_SIGNATURES,
  NOW,
  order,
  PRIVATE_KEY,
  richState,
  SMALL,
  TRADING_KEY,
  unsignedBundle,
} from '../../../lab/instances/model.ts'
import { hashBundle, messagesOf, type SignedBundle } from '../../../protocol/bundle.ts'
import { poseidon } from '../../../protocol/hash.ts'
import { packMessage } from '../../../protocol/message.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { isSignatureValid, signBundle } from '../../../protocol/signature.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { applyTradeBatch, applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'
import { TradeBatchBuilder } from '../../../protocol/trade-batch/builder.ts'
import { MarketQueues } from '../../../protocol/trade-batch/market-queues.ts'

const CONTEXT = makeContext(SMALL)
const state = richState(SMALL, 6)

/** One bundle of the messages of several. */
const together = (...bundles: SignedBundle[]) => unsignedBundle(messagesOf({ bundles }))
const signed = ({ messages }: SignedBundle) => signBundle(messages, DOMAIN, PRIVATE_KEY)
const ask = (account: number, nonce = 1n) => order(account, nonce, { side: 'sell' })
const apply = (...bundles: SignedBundle[]) => applyTradeBatchUnchecked(state, bundles, CONTEXT, NO_SIGNATURES)
const refuses = (reason: string, ...bundles: SignedBundle[]) =>
  assert.throws(() => apply(...bundles), {
    code: 'MESSAGE_REFUSED',
    details: { reason, bundle: bundles.length - 1 },
  })

test('what is signed chains the words behind the domain; of one message it is its hash', () => {
  const { messages } = together(order(1, 1n), cancel(1, 2n), ask(1, 3n))
  const chain = messages.reduce((digest, message) => poseidon('MESSAGE', [digest, packMessage(message)]), DOMAIN)
  assert.equal(hashBundle(messages, DOMAIN), chain)
  assert.equal(hashBundle(messages.slice(0, 1), DOMAIN), poseidon('MESSAGE', [DOMAIN, packMessage(messages[0]!)]))
})

test('a signature holds for the whole bundle, and for no part, extension or rearrangement of it', () => {
  const { messages, signature } = signed(together(order(1, 1n), cancel(1, 2n), ask(1, 3n)))
  const holds = (list: typeof messages) => isSignatureValid({ messages: list, signature }, DOMAIN, TRADING_KEY)
  assert.ok(holds(messages))
  const [a, b, c] = messages
  for (const list of [[a, b], [b, c], [a], [c], [b, a, c], [a, c, b], [a, b, c, c], [a, a, b, c], []]) {
    assert.ok(!holds(list as typeof messages), JSON.stringify(list.map((one) => messages.indexOf(one!))))
  }
})

test('messages of a bundle are applied in order: a cancel makes room for what replaces it', () => {
  const first = apply(order(1, 1n)).after
  const replace = signed(together(cancel(1, 2n), order(1, 3n, { price: 990n })))
  const { after, steps } = applyTradeBatch(first, [replace], CONTEXT)
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['cancelled', 'rested'],
  )
  assert.equal(after.accounts.get(1)!.nonce, 3n)
})

test('a bundle comes to the state to which its messages come by themselves', () => {
  const messages = [order(1, 1n), ask(1, 2n), cancel(1, 9n), order(1, 10n, { price: 990n })]
  assert.equal(stateRoot(apply(together(...messages)).after), stateRoot(apply(...messages).after))
})

test('every message of a bundle has a nonce above the one before it, and the first above the account', () => {
  const used = apply(order(1, 5n)).after
  const late =
    (...bundles: SignedBundle[]) =>
    () =>
      applyTradeBatchUnchecked(used, [together(...bundles)], CONTEXT, NO_SIGNATURES)
  const old = { code: 'MESSAGE_REFUSED', details: { reason: 'OLD_NONCE', bundle: 0 } }
  late(order(1, 6n), order(1, 7n))()
  for (const [first, second] of [
    [6n, 6n],
    [7n, 6n],
    [5n, 6n],
    [4n, 7n],
  ] as const) {
    assert.throws(late(order(1, first), order(1, second)), old)
  }
})

test('once a bundle is in, neither it nor any of its messages comes in again', () => {
  const bundle = signed(together(order(1, 1n), order(1, 2n)))
  const { after } = applyTradeBatch(state, [bundle], CONTEXT)
  for (const again of [bundle, ...bundle.messages.map((message) => signed(unsignedBundle([message])))]) {
    assert.throws(() => applyTradeBatch(after, [again], CONTEXT), { details: { reason: 'OLD_NONCE', bundle: 0 } })
  }
})

test('a bundle is refused whole for what is wrong with one of its messages', () => {
  refuses('MALFORMED', together(order(1, 1n), order(1, 2n, { price: 0n })))
  refuses('MALFORMED', together(order(1, 1n), order(2, 2n)))
  refuses('MALFORMED', together(order(1, 1n), order(1, 2n, { market: 1 })))
  refuses('MALFORMED', ask(2), together(...Array.from({ length: 9 }, (_, i) => cancel(1, BigInt(i + 1)))))
  refuses('OTHER_MARKET', together(order(1, 1n, { market: 1 }), order(1, 2n, { market: 1 })))
  const bad = { ...signed(together(order(1, 1n), order(1, 2n))), messages: order(1, 1n).messages }
  assert.throws(() => applyTradeBatch(state, [bad], CONTEXT), { details: { reason: 'BAD_SIGNATURE', bundle: 0 } })
})

test('an unsigned cancel is in no bundle, and takes no signature slot where it stands alone', () => {
  const riskTable = makeTable(SMALL, {}, { phase: PHASES.SETTLED, lastTradeTime: 0n })
  const context = { ...CONTEXT, riskTable, sizes: { ...SMALL, signatures: 1 } }
  const run = (...bundles: SignedBundle[]) => applyTradeBatchUnchecked(state, bundles, context, NO_SIGNATURES)
  assert.equal(run(cancel(1, 0n), cancel(2, 0n), order(3, 1n)).bundles.length, 3)
  const old = { code: 'MESSAGE_REFUSED', details: { reason: 'OLD_NONCE', bundle: 0 } }
  assert.throws(() => run(together(cancel(1, 0n), cancel(1, 1n))), old)
  assert.throws(() => run(together(cancel(1, 1n), cancel(1, 0n))), old)
})

test('a batch holds at most G signed bundles, and counts messages whatever bundles they are in', () => {
  const sizes = { ...SMALL, signatures: 2 }
  const run = (...bundles: SignedBundle[]) =>
    applyTradeBatchUnchecked(state, bundles, { ...CONTEXT, sizes }, NO_SIGNATURES)
  assert.equal(run(together(ask(1), ask(1, 2n), ask(1, 3n)), ask(2)).steps.length, 4)
  assert.throws(() => run(ask(1), ask(2), ask(3)), { code: 'BATCH_UNPROVABLE', details: { reason: 'SIGNATURES' } })
  const five = together(...[1n, 2n, 3n, 4n, 5n].map((nonce) => ask(1, nonce)))
  assert.throws(() => run(five), { code: 'BATCH_UNPROVABLE', details: { reason: 'MESSAGES' } })
})

test('only the last order of a bundle may stay in hand', () => {
  const makers = [1, 2, 3].map((account) => ask(account))
  const { after } = apply(...makers)
  const context = { ...CONTEXT, sizes: { ...SMALL, accounts: 2 } }
  const run = (bundle: SignedBundle) => applyTradeBatchUnchecked(after, [bundle], context, NO_SIGNATURES)
  const sweep = order(4, 2n, { size: 30n })
  const batch = run(together(order(4, 1n, { price: 900n }), sweep))
  assert.equal(batch.after.books.get(0)!.hand?.remaining, 10n)
  assert.throws(() => run(together(sweep, order(4, 3n, { price: 900n }))), {
    code: 'BATCH_UNPROVABLE',
    details: { reason: 'STEPS' },
  })
})

const terms = { timestamp: NOW, domain: DOMAIN, riskTable: makeTable(SMALL), sizes: SMALL }

test('the builder begins another batch rather than cut a bundle, and leaves out what no batch can hold', () => {
  const builder = new TradeBatchBuilder(state, { context: terms, unchecked: NO_HASHES })
  const pair = (account: number) => together(ask(account), ask(account, 2n))
  const long = together(...[1n, 2n, 3n, 4n, 5n].map((nonce) => ask(6, nonce)))
  const batches = [pair(1), ask(2), pair(3), long, ask(4)].flatMap((bundle) => builder.push(bundle))
  batches.push(...builder.finish())
  assert.deepEqual(
    batches.map(({ bundles }) => bundles.map(({ messages }) => messages.length)),
    [
      [2, 1],
      [2, 1],
    ],
  )
  assert.deepEqual(
    builder.refused.map(({ bundle, reason }) => [bundle === long, reason]),
    [[true, 'MESSAGES']],
  )
  assert.equal(builder.state.accounts.get(6)!.nonce, 0n)
})

test('the builder begins another batch when all signatures are used', () => {
  const context = { ...terms, sizes: { ...SMALL, signatures: 2 } }
  const builder = new TradeBatchBuilder(state, { context, unchecked: NO_HASHES })
  const batches = [1, 2, 3].flatMap((account) => builder.push(ask(account)))
  assert.deepEqual(
    [...batches, ...builder.finish()].map(({ bundles }) => bundles.length),
    [2, 1],
  )
})

test('a longer bundle than maxMessages has a batch of its own', () => {
  const builder = new TradeBatchBuilder(state, { context: terms, unchecked: NO_HASHES, maxMessages: 2 })
  const three = together(ask(2), ask(2, 2n), ask(2, 3n))
  const batches = [ask(1), three, ask(3)].flatMap((bundle) => builder.push(bundle))
  assert.deepEqual(
    [...batches, ...builder.finish()].map((batch) => messagesOf(batch).length),
    [1, 3, 1],
  )
})

test('queues of markets keep bundles whole, and work them off when signatures or messages fill a batch', () => {
  const context = { ...terms, sizes: { ...SMALL, signatures: 2 } }
  const queues = new MarketQueues(state, { context, unchecked: NO_HASHES })
  const elsewhere = (account: number) => together(...[1n, 2n].map((nonce) => order(account, nonce, { market: 1 })))
  const batches = [ask(1), elsewhere(2), ask(3), elsewhere(4)].flatMap((bundle) => queues.push(bundle))
  assert.deepEqual(queues.push({ messages: [], signature: { R8x: 0n, R8y: 0n, S: 0n } }), [])
  assert.deepEqual(
    [...batches, ...queues.finish()].map((batch) => [batch.context.market, messagesOf(batch).length]),
    [
      [0, 2],
      [1, 4],
    ],
  )
  assert.deepEqual(
    queues.refused.map(({ reason }) => reason),
    ['MALFORMED'],
  )
})
