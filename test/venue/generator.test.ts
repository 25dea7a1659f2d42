import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOMAIN, NOW, SMALL } from '../../lab/instances/model.ts'
import { meetsMargin } from '../../protocol/margin.ts'
import { Random } from '../../protocol/random.ts'
import { PROFILE_NAMES, venueShape } from '../../protocol/shape.ts'
import { genesisState } from '../../protocol/state.ts'
import { FlowReplay, generateFlow, sampleVenue } from '../../venue/index.ts'

const venue = sampleVenue({ shape: SMALL, seed: 1n, asOf: NOW })
const state = genesisState(venue.genesis, SMALL)

function replayed(seed: bigint, messages: number) {
  const replay = new FlowReplay({
    state,
    riskTable: venue.riskTable,
    domain: DOMAIN,
    sizes: SMALL,
    messageChain: false,
  })
  const intents = generateFlow({ venue, seed, messages })
  return { intents, summary: replay.summary, batches: [...replay.run(intents)] }
}

test('SplitMix64 gives its published first numbers', () => {
  const random = new Random(1234567n)
  const first = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n]
  assert.deepEqual([random.next(), random.next(), random.next()], first)
})

test('the same seed gives the same venue and flow, another seed another one', () => {
  assert.deepEqual(sampleVenue({ shape: SMALL, seed: 1n, asOf: NOW }), venue)
  assert.notDeepEqual(sampleVenue({ shape: SMALL, seed: 2n, asOf: NOW }).secrets, venue.secrets)
  assert.deepEqual(generateFlow({ venue, seed: 5n }), generateFlow({ venue, seed: 5n }))
  assert.notDeepEqual(generateFlow({ venue, seed: 6n }), generateFlow({ venue, seed: 5n }))
})

test('a sample venue fits every profile', () => {
  for (const shape of PROFILE_NAMES.map(venueShape)) {
    const { genesis } = sampleVenue({ shape, seed: 1n, asOf: NOW, makers: 2, takers: 1 })
    assert.equal([...genesisState(genesis, shape).accounts.entries()].length, 5)
  }
})

test('one account meets three quarters of maintenance and no more, and the other side of it meets initial margin', () => {
  const meets = (account: number, ratio: bigint) => meetsMargin(state.accounts.get(account)!, venue.riskTable, ratio)
  const { underMargined, wellMargined } = venue.roles
  assert.deepEqual(
    [7_500n, 7_501n, 10_000n].map((ratio) => meets(underMargined, ratio)),
    [true, false, false],
  )
  assert.ok(meets(wellMargined, venue.riskTable.initialMarginBps))
})

test('in the small profile every generated flow has a sweep that is carried, and makers enough', () => {
  for (let seed = 1n; seed <= 20n; seed++) {
    const { summary, batches } = replayed(seed, 40)
    assert.ok(summary.carried >= 1, `seed ${seed}`)
    const makers = new Set(batches.flatMap(({ trades }) => trades.map(({ maker }) => maker)))
    assert.ok(makers.size >= 4, `seed ${seed}`)
  }
})

test('a long flow has every kind of order and every kind of step, and margin mostly suffices', () => {
  const { intents, summary, batches } = replayed(1n, 600)
  const orders = intents.flatMap((intent) => (intent.kind === 'order' ? [intent] : []))
  for (const timeInForce of ['GTC', 'IOC', 'POST_ONLY']) assert.ok(orders.some((o) => o.timeInForce === timeInForce))
  assert.ok(orders.some(({ reduceOnly }) => reduceOnly))
  const kinds = new Set(batches.flatMap(({ transition }) => transition.steps.map(({ kind }) => kind)))
  assert.deepEqual([...kinds].toSorted(), [
    'cancel-missed',
    'cancelled',
    'dropped',
    'head-removed',
    'no-effect',
    'rested',
    'traded',
  ])
  assert.ok((summary.refused.MARGIN ?? 0) < 30)
  assert.ok(summary.trades > 100)
})
