import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  makeAccount,
  makeContext,
  makeState,
  makeTable,
  NO_SIGNATURES,
  order,
  SMALL,
} from '../../../lab/instances/model.ts'
import type { LimitOrder } from '../../../protocol/message.ts'
import type { State } from '../../../protocol/state.ts'
import { applyTradeBatchUnchecked } from '../../../protocol/trade-batch/apply.ts'

const WIDE = { ...SMALL, messages: 8, signatures: 8, steps: 20, accounts: 6, lightAccounts: 0 }

/** Accounts of these sizes, and what rests: account, side, lots. */
function stateOf(sizes: readonly bigint[], ...resting: [number, 'buy' | 'sell', bigint][]): State {
  const accounts = sizes.map((size, i) => [i + 1, makeAccount(WIDE, { positions: { 0: { size } } })])
  const state = makeState(WIDE, Object.fromEntries(accounts))
  const orders = resting.map(([account, side, size], i) => order(account, BigInt(i + 1), { side, size }))
  return applyTradeBatchUnchecked(state, orders, makeContext(WIDE), NO_SIGNATURES).after
}

function send(state: State, cap: bigint, account: number, wish: Partial<LimitOrder>, steps = WIDE.steps) {
  const riskTable = makeTable(WIDE, {}, { maxOpenInterest: cap })
  const context = makeContext(WIDE, { riskTable, sizes: { ...WIDE, steps } })
  const { nonce } = state.accounts.get(account)!
  const { after, steps: done } = applyTradeBatchUnchecked(
    state,
    [order(account, nonce + 1n, wish)],
    context,
    NO_SIGNATURES,
  )
  // of one side, as the cap is
  return { after, kinds: done.map(({ kind }) => kind), openInterest: after.openInterest[0]! / 2n }
}

suite('protocol.md#open-interest-cap', () => {
  test('an order may open up to the cap, and not a lot more', () => {
    const state = stateOf([0n, 0n, 4n, -4n], [1, 'sell', 20n])
    assert.deepEqual(send(state, 10n, 2, { size: 6n }).openInterest, 10n)
    assert.deepEqual(send(state, 10n, 2, { size: 7n }).kinds, ['no-effect'])
  })

  test('counts what the taker could open, though the maker closes', () => {
    const state = stateOf([10n, 0n, -10n], [1, 'sell', 5n])
    assert.equal(send(state, 15n, 2, { size: 5n }).openInterest, 10n)
    assert.deepEqual(send(state, 14n, 2, { size: 5n }).kinds, ['no-effect'])
  })

  test('closing works at the cap and beyond it, reduceOnly or not, against whoever rests', () => {
    for (const cap of [0n, 9n, 10n]) {
      const state = stateOf([10n, -10n, 0n], [3, 'buy', 20n])
      assert.equal(send(state, cap, 1, { side: 'sell', size: 10n }).openInterest, 10n, 'handed on')
      const both = stateOf([10n, -10n], [2, 'buy', 10n])
      assert.equal(send(both, cap, 1, { side: 'sell', size: 10n }).openInterest, 0n, 'closed')
      const reducing = { side: 'sell', size: 50n, timeInForce: 'IOC', reduceOnly: true } as const
      assert.equal(send(both, cap, 1, reducing).openInterest, 0n)
      assert.deepEqual(send(state, cap, 1, { side: 'sell', size: 11n }).kinds, ['no-effect'], 'and opens')
      assert.deepEqual(send(state, cap, 1, { side: 'buy', size: 1n }).kinds, ['no-effect'])
    }
  })

  test('lots of an order beyond the position need room, those within it do not', () => {
    const state = stateOf([10n, -10n, 0n], [3, 'buy', 20n])
    assert.equal(send(state, 12n, 1, { side: 'sell', size: 12n }).openInterest, 12n)
    assert.deepEqual(send(state, 12n, 1, { side: 'sell', size: 13n }).kinds, ['no-effect'])
  })

  test('POST_ONLY rests at the cap, and trades with who closes alone', () => {
    const full = stateOf([10n, -10n, 0n, 0n])
    const { after, kinds } = send(full, 10n, 3, { size: 8n, timeInForce: 'POST_ONLY' })
    assert.deepEqual(kinds, ['rested'])
    assert.deepEqual(send(after, 10n, 4, { side: 'sell', size: 8n }).kinds, ['no-effect'])
    assert.equal(send(after, 10n, 1, { side: 'sell', size: 8n }).openInterest, 10n)
  })

  test('what is in hand goes on under a lower cap, up to the old one', () => {
    const state = stateOf([0n, 0n, 0n], [1, 'sell', 4n], [2, 'sell', 4n])
    const first = send(state, 8n, 3, { size: 8n }, 1)
    assert.equal(first.openInterest, 4n)
    const riskTable = makeTable(WIDE, {}, { maxOpenInterest: 0n })
    const rest = applyTradeBatchUnchecked(first.after, [], makeContext(WIDE, { riskTable }), NO_SIGNATURES)
    assert.equal(rest.after.openInterest[0], 16n)
  })
})
