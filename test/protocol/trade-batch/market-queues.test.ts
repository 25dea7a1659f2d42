import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DOMAIN, makeTable, NO_HASHES, NOW, order, richState, SMALL } from '../../../lab/instances/model.ts'
import type { SignedBundle } from '../../../protocol/bundle.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'
import { TradeBatchBuilder } from '../../../protocol/trade-batch/builder.ts'
import { MarketQueues } from '../../../protocol/trade-batch/market-queues.ts'

const context = { timestamp: NOW, domain: DOMAIN, riskTable: makeTable(SMALL), sizes: SMALL }
const options = { context, unchecked: NO_HASHES }
const start = richState(SMALL, 8)

/** Orders in that order of accounts and markets, each account's with rising nonces. */
function flow(list: readonly (readonly [account: number, market: number, sells: boolean])[]): SignedBundle[] {
  const nonces = new Map<number, bigint>()
  return list.map(([account, market, sells]) => {
    const nonce = (nonces.get(account) ?? 0n) + 1n
    nonces.set(account, nonce)
    return order(account, nonce, { market, side: sells ? 'sell' : 'buy' })
  })
}

const arbitraryFlow = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.nat(3), fc.boolean()), { minLength: 1, maxLength: 40 })
  .map(flow)

test('every message comes out once, in the order of its market and of its account, in batches that apply', () => {
  fc.assert(
    fc.property(arbitraryFlow, fc.nat(40), (messages, updatedAfter) => {
      const queues = new MarketQueues(start, options)
      const batches = messages.flatMap((signed, i) => [
        ...(i === updatedAfter ? queues.update({ ...context, timestamp: NOW + 1n }) : []),
        ...queues.push(signed),
      ])
      batches.push(...queues.finish())
      let state = start
      for (const batch of batches) {
        state = applyTradeBatchUnchecked(state, batch.bundles, batch.context, NO_HASHES).after
        assert.deepEqual([...state.accounts.entries()], [...batch.after.accounts.entries()])
      }
      assert.deepEqual([...state.accounts.entries()], [...queues.state.accounts.entries()])
      assert.deepEqual(queues.refused, [])
      const included = batches.flatMap((batch) => batch.bundles)
      assert.equal(included.length, messages.length)
      for (const by of ['market', 'account'] as const) {
        for (const key of new Set(messages.map((bundle) => bundle.messages[0]![by]))) {
          const those = (list: readonly SignedBundle[]) => list.filter((bundle) => bundle.messages[0]![by] === key)
          assert.deepEqual(those(included), those(messages), `${by} ${key}`)
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('two markets in turn fill batches, where the builder by itself makes one of each message', () => {
  const messages = flow(Array.from({ length: 16 }, (_, i) => [1 + (i % 4), i % 2, true]))
  const queues = new MarketQueues(start, options)
  const queued = [...messages.flatMap((signed) => queues.push(signed)), ...queues.finish()]
  const builder = new TradeBatchBuilder(start, options)
  const alone = [...messages.flatMap((signed) => builder.push(signed)), ...builder.finish()]
  assert.equal(alone.length, 16)
  assert.deepEqual(
    queued.map((batch) => batch.bundles.length),
    [4, 4, 4, 4],
  )
})

test('what a market waits for in another is worked off first', () => {
  // account 1 was in market 1 first: its order in market 0 stands before those that would fill a batch
  const messages = flow([
    [1, 1, true],
    [1, 0, true],
    [2, 0, true],
    [3, 0, true],
    [3, 0, true],
  ])
  const queues = new MarketQueues(start, options)
  const batches = [...messages.flatMap((signed) => queues.push(signed)), ...queues.finish()]
  assert.deepEqual(
    batches.map(({ context: { market }, bundles: list }) => [market, list.length]),
    [
      [1, 1],
      [0, 4],
    ],
  )
  assert.deepEqual(queues.refused, [])
})

test('of one market, queues change nothing', () => {
  const messages = flow([
    [1, 0, true],
    [2, 0, false],
    [3, 0, true],
    [4, 0, false],
    [5, 0, true],
    [1, 0, false],
  ])
  const queues = new MarketQueues(start, options)
  const queued = [...messages.flatMap((signed) => queues.push(signed)), ...queues.finish()]
  const builder = new TradeBatchBuilder(start, options)
  const alone = [...messages.flatMap((signed) => builder.push(signed)), ...builder.finish()]
  assert.deepEqual(
    queued.map((batch) => batch.bundles),
    alone.map((batch) => batch.bundles),
  )
  assert.equal(stateRoot(queues.state), stateRoot(builder.state))
})

test('what no batch may include is left out and named, whatever its market and account', () => {
  const queues = new MarketQueues(start, options)
  const wrong = [order(99, 1n), order(1, 1n, { market: 9 }), order(2, 1n, { price: 0n })]
  for (const signed of [...wrong, order(3, 1n)]) assert.deepEqual(queues.push(signed), [])
  assert.equal(queues.finish().length, 1)
  assert.equal(queues.refused.length, 3)
})
