import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlowReplay } from '../../../protocol/flow/replay.ts'
import { DOMAIN, SMALL } from '../../support/model.ts'
import { nasdaqFlow, nasdaqVenue, skipNasdaq } from '../../support/nasdaq-flow.ts'

/** A window that holds every order of the file, and batches that never run out of steps or accounts. */
const EXCHANGE = { ...SMALL, window: 4096, messages: 1, steps: 512, accounts: 256 }
const ACCOUNTS = 200

test('real order flow: the makers of at least 1,099 of 1,122 executions are those the exchange chose', {
  skip: skipNasdaq,
}, () => {
  const flow = nasdaqFlow(ACCOUNTS)
  assert.equal(flow.executions.length, 1122)
  const replay = new FlowReplay({ ...nasdaqVenue(EXCHANGE, ACCOUNTS), domain: DOMAIN, messageChain: false })
  const met = new Set<string>()
  for (const { trades } of replay.run(flow.intents)) {
    for (const { takerOrder, makerOrder, price } of trades) met.add(`${takerOrder} ${makerOrder} ${price}`)
  }
  const same = flow.executions.filter(({ taker, maker, price }) => met.has(`${taker} ${maker} ${price}`))
  console.log(
    flow.skipped,
    flow.ghosts,
    replay.summary,
    same.length,
    flow.executions.filter((e) => e.passedOver > 0).length,
  )
  assert.ok(same.length >= 1099, `only ${same.length} makers are those the exchange chose`)
  assert.deepEqual([replay.summary.refused, replay.summary.evicted], [{}, 0])
})
