import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  DOMAIN,
  LATER,
  makeAccount,
  makeState,
  makeTable,
  NOW,
  PRIVATE_KEY,
  richState,
  SMALL,
} from '../../lab/instances/model.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import { FlowReplay, type Intent, type OrderIntent } from '../../venue/index.ts'

const riskTable = makeTable(SMALL)
const place = (id: string, account: number, overrides: Partial<OrderIntent> = {}): OrderIntent => ({
  kind: 'order',
  id,
  time: NOW,
  market: 0,
  account,
  side: 'sell',
  price: 1000n,
  size: 10n,
  timeInForce: 'GTC',
  reduceOnly: false,
  expiry: LATER,
  ...overrides,
})
const take = (id: string, account: number, overrides: Partial<OrderIntent> = {}) =>
  place(id, account, { side: 'buy', timeInForce: 'IOC', ...overrides })
const withdraw = (id: string, time = NOW): Intent => ({ kind: 'cancel', id, time })

function replayed(intents: readonly Intent[], options: Partial<ConstructorParameters<typeof FlowReplay>[0]> = {}) {
  const replay = new FlowReplay({
    state: richState(SMALL, 8),
    riskTable,
    domain: DOMAIN,
    sizes: SMALL,
    messageChain: false,
    ...options,
  })
  const batches = [...replay.run(intents)]
  return { replay, batches, trades: batches.flatMap(({ trades }) => trades) }
}

test('from a time on positions may only be closed: resting orders that would open make way, and new ones have no effect', () => {
  const flow = (time: bigint): Intent[] => [
    place('a', 1, { time: NOW }),
    place('b', 1, { time, price: 1001n }),
    take('c', 3, { time, size: 5n }),
  ]
  const { batches, trades, replay } = replayed(flow(NOW + 9n), { closingFrom: NOW + 10n })
  assert.deepEqual([trades.length, replay.summary.withoutEffect], [1, 0])
  assert.ok(batches.every(({ transition }) => transition.context.closingOnly === false))
  const closing = replayed(flow(NOW + 10n), { closingFrom: NOW + 10n })
  assert.deepEqual([closing.trades.length, closing.replay.summary.withoutEffect], [0, 2])
  assert.deepEqual(
    closing.batches.map(({ transition }) => transition.context.closingOnly),
    [false, true],
  )
})

test('trades name the two orders of the flow that met', () => {
  const { trades } = replayed([place('a', 1), place('b', 2), take('c', 3, { size: 15n })])
  assert.deepEqual(
    trades.map(({ takerOrder, makerOrder, size, time }) => [takerOrder, makerOrder, size, time]),
    [
      ['c', 'a', 10n, NOW],
      ['c', 'b', 5n, NOW],
    ],
  )
})

test('a cancel finds its order, in the same batch and in a later one', () => {
  for (const time of [NOW, NOW + 1n]) {
    const { replay } = replayed([place('a', 1), withdraw('a', time)])
    assert.deepEqual(replay.state.books.get(0)!.asks, [])
    assert.deepEqual([replay.summary.cancelsMissed, replay.summary.unsent], [0, 0])
  }
})

test('a cancel of an order that is gone is sent and misses; of one that never rested, it is not sent', () => {
  const { replay } = replayed([place('a', 1), take('b', 2), withdraw('a'), withdraw('b')])
  assert.deepEqual([replay.summary.cancelsMissed, replay.summary.unsent], [1, 1])
  assert.equal(replay.summary.messages, 3)
})

test('an order that rests only after its sweep was carried into another batch can be cancelled', () => {
  const makers = [1, 2, 3, 4].map((account) => place(`maker-${account}`, account))
  const { replay } = replayed([...makers, place('sweep', 8, { side: 'buy', size: 55n }), withdraw('sweep')])
  assert.ok(replay.summary.carried > 0)
  assert.deepEqual([replay.summary.trades, replay.summary.cancelsMissed], [4, 0])
  assert.deepEqual(replay.state.books.get(0)!.bids, [])
})

test('nonces go on from those of the state, and a refused message uses none up', () => {
  const state = makeState(SMALL, { 1: makeAccount(SMALL, { nonce: 41n }), 2: makeAccount(SMALL, { cash: 0n }) })
  const { replay, batches } = replayed([place('a', 1), place('b', 2), place('c', 1)], { state })
  const nonces = batches.flatMap(({ transition }) => messagesOf(transition).map(({ nonce }) => nonce))
  assert.deepEqual(nonces, [42n, 43n])
  assert.deepEqual(replay.summary.refused, { MARGIN: 1 })
})

test('each second begins new batches, unless the clock ticks more slowly', () => {
  const intents = [0n, 1n, 2n, 3n].map((after, i) => place(`o${i}`, 1, { time: NOW + after }))
  const times = (tickSeconds: bigint) =>
    replayed(intents, { tickSeconds }).batches.map(({ transition }) => transition.context.timestamp - NOW)
  assert.deepEqual(times(1n), [0n, 1n, 2n, 3n])
  assert.deepEqual(times(2n), [0n, 2n])
  assert.deepEqual(times(10n), [0n])
})

test('two markets in turn fill batches, and what waits does not outlast the second', () => {
  const intents = Array.from({ length: 12 }, (_, i) =>
    place(`o${i}`, 1 + (i % 4), { market: i % 2, time: i < 10 ? NOW : NOW + 1n }),
  )
  const { batches } = replayed(intents)
  assert.deepEqual(
    batches.map(({ transition: { context, bundles } }) => [context.market, bundles.length, context.timestamp - NOW]),
    [
      [0, 4, 0n],
      [1, 4, 0n],
      [0, 1, 0n],
      [1, 1, 0n],
      [0, 1, 1n],
      [1, 1, 1n],
    ],
  )
})

const arbitraryLine = fc.record({
  ...{ market: fc.nat(2), account: fc.integer({ min: 1, max: 8 }), sells: fc.boolean(), takes: fc.boolean() },
  ...{ price: fc.integer({ min: 996, max: 1004 }), size: fc.integer({ min: 1, max: 30 }) },
  ...{ cancels: fc.option(fc.nat(30), { nil: undefined }), later: fc.boolean() },
})

/** Orders in several markets, and cancels of any of them, rested or not. */
const arbitraryFlow = fc.array(arbitraryLine, { minLength: 1, maxLength: 30 }).map((lines) => {
  let time = NOW
  return lines.map(({ market, account, sells, takes, cancels, later, ...terms }, i): Intent => {
    if (later && i % 8 === 7) time += 1n
    if (cancels !== undefined && cancels < i) return withdraw(`o${cancels}`, time)
    const [price, size] = [BigInt(terms.price), BigInt(terms.size)]
    const kind = { side: sells ? 'sell' : 'buy', timeInForce: takes ? 'IOC' : 'GTC' } as const
    return place(`o${i}`, account, { ...kind, market, price, size, time })
  })
})

test('however markets are queued and batches cut, each market and account comes to the same', () => {
  fc.assert(
    fc.property(arbitraryFlow, (intents) => {
      const one = replayed(intents, { messageChain: true })
      const again = replayed(intents, { messageChain: true })
      assert.deepEqual(
        again.batches.map(({ transition }) => messagesOf(transition)),
        one.batches.map(({ transition }) => messagesOf(transition)),
      )
      const alone = replayed(intents, { messageChain: true, maxMessages: 1 })
      assert.equal(stateRoot(alone.replay.state), stateRoot(one.replay.state))
      for (const key of ['unsent', 'cancelsMissed', 'messages', 'trades', 'lots'] as const) {
        assert.equal(alone.replay.summary[key], one.replay.summary[key], key)
      }
    }),
    { numRuns: 60 },
  )
})

test('the summary counts what happened', () => {
  const { replay } = replayed([
    place('a', 1),
    take('b', 2, { size: 4n }),
    place('c', 3, { price: 1n }),
    place('d', 99),
    withdraw('a'),
    withdraw('a'),
  ])
  assert.deepEqual(replay.summary, {
    intents: 6,
    messages: 5,
    unsent: 0,
    refused: { UNKNOWN_ACCOUNT: 1 },
    withoutEffect: 1,
    cancelsMissed: 1,
    trades: 1,
    lots: 4n,
    evicted: 0,
    batches: 2,
    carried: 0,
  })
})

test('with keys, every batch is signed: the model takes it with all its checks', () => {
  const keys = new Map([1, 2].map((account) => [account, PRIVATE_KEY]))
  const state = richState(SMALL, 2)
  const { batches } = replayed([place('a', 1), take('b', 2), withdraw('a')], { state, keys, messageChain: true })
  const [{ transition }] = batches as [(typeof batches)[number]]
  const again = applyTradeBatch(state, transition.bundles, transition.context)
  assert.equal(stateRoot(again.after), stateRoot(transition.after))
})

test("a key that is missing or not the account's is refused, and never repeated", () => {
  const wrong = new Uint8Array(32).fill(9)
  for (const keys of [new Map<number, Uint8Array>(), new Map([[1, wrong]])]) {
    assert.throws(
      () => replayed([place('a', 1)], { keys }),
      (error: Error & { code: string }) => {
        assert.equal(error.code, 'INPUT_INVALID')
        assert.doesNotMatch(error.message, /09|9,9/)
        return true
      },
    )
  }
})

test('a flow that goes back in time or uses an order id twice is refused', () => {
  assert.throws(() => replayed([place('a', 1), place('b', 1, { time: NOW - 1n })]), {
    code: 'FLOW_INVALID',
    path: 'flow[1].time',
  })
  assert.throws(() => replayed([place('a', 1), place('a', 1)]), { code: 'FLOW_INVALID', path: 'flow[1].id' })
})
