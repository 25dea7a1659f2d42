import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOMAIN, SMALL, type TestVenue } from '../../lab/instances/model.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { stateRoot } from '../../protocol/state.ts'
import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import { FlowReplay } from '../../venue/replay.ts'
import { nasdaqFlow, nasdaqVenue, skipNasdaq as skip } from '../support/nasdaq-flow.ts'

/** A window that holds every order of the file, and batches that never run out of steps or accounts. */
const EXCHANGE = { ...SMALL, window: 4096, messages: 1, steps: 512, accounts: 256, lightAccounts: 0 }

function replayDay(sizes: TestVenue, accounts: number, messageChain: boolean) {
  const flow = nasdaqFlow(accounts)
  const replay = new FlowReplay({ ...nasdaqVenue(sizes, accounts), domain: DOMAIN, sizes, messageChain })
  return { flow, replay, batches: replay.run(flow.intents) }
}

test('real order flow: the makers of 1,121 of 1,122 executions are those the exchange chose', { skip }, () => {
  const { flow, replay, batches } = replayDay(EXCHANGE, 200, false)
  const met = new Set<string>()
  for (const { trades } of batches) {
    for (const { takerOrder, makerOrder, price } of trades) met.add(`${takerOrder} met ${makerOrder} at ${price}`)
  }
  assert.equal(flow.executions.length, 1122)
  const others = flow.executions.filter(({ taker, maker, price }) => !met.has(`${taker} met ${maker} at ${price}`))
  // One sweep filled a younger order before an older one at the same price, and the older one's rest afterwards.
  assert.deepEqual(
    others.map(({ maker, size }) => [maker, size]),
    [['22325905', 64n]],
  )
  const { trades, lots, refused, evicted, withoutEffect, unsent, cancelsMissed } = replay.summary
  assert.deepEqual(
    { trades, lots, refused, evicted, withoutEffect, unsent, cancelsMissed },
    {
      trades: flow.executions.length,
      lots: flow.executions.reduce((sum, { size }) => sum + size, 0n),
      refused: {},
      evicted: 0,
      withoutEffect: 0,
      unsent: 0,
      cancelsMissed: 0,
    },
  )
})

test('real order flow in the small profile, hashed: batches chain from root to root, within their bounds', {
  skip,
}, () => {
  const { replay, batches } = replayDay(SMALL, 12, true)
  let root: bigint | undefined
  for (const { transition } of batches) {
    const { before, after, steps, touched } = transition
    const messages = messagesOf(transition)
    assert.ok(messages.length <= SMALL.messages && steps.length <= SMALL.steps && touched.length <= accountSlots(SMALL))
    if (root !== undefined) assert.equal(stateRoot(before), root)
    root = stateRoot(after)
  }
  assert.equal(root, stateRoot(replay.state))
  assert.ok(replay.summary.trades > 500 && replay.summary.evicted > 0 && replay.summary.carried > 0)
})

test('real order flow: how it is cut into batches changes neither accounts nor books', { skip }, () => {
  const endOf = (sizes: TestVenue) => {
    const { replay, batches } = replayDay(sizes, 12, false)
    const trades = [...batches].flatMap(({ trades }) => trades)
    return { books: [...replay.state.books.entries()], accounts: [...replay.state.accounts.entries()], trades }
  }
  assert.deepEqual(
    endOf(SMALL),
    endOf({ ...SMALL, messages: 32, signatures: 32, steps: 48, accounts: 12, lightAccounts: 0 }),
  )
})
