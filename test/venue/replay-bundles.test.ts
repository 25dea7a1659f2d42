import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TRADE_BATCH_SIZES } from '../../circuits/trade-batch/index.ts'
import { DOMAIN, LATER, makeTable, NOW, PRIVATE_KEY, richState, SMALL } from '../../lab/instances/model.ts'
import { venueShape } from '../../protocol/shape.ts'
import { genesisState, stateRoot } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import { decodeState, encodeState } from '../../venue/files/state-file.ts'
import { decodeTradeBatch, encodeTradeBatch } from '../../venue/files/trade-batch-file.ts'
import { FlowReplay, generateFlow, type Intent, type OrderIntent, sampleVenue } from '../../venue/index.ts'

const place = (id: string, account: number, overrides: Partial<OrderIntent> = {}): OrderIntent => ({
  ...{ kind: 'order', id, time: NOW, market: 0, account, side: 'sell', price: 1000n, size: 10n },
  ...{ timeInForce: 'GTC', reduceOnly: false, expiry: LATER },
  ...overrides,
})
const withdraw = (id: string, bundle?: string): Intent => ({
  ...{ kind: 'cancel', id, time: NOW },
  ...(bundle !== undefined && { bundle }),
})

function replayed(intents: readonly Intent[], accounts = 4) {
  const state = richState(SMALL, accounts)
  const keys = new Map(Array.from({ length: accounts }, (_, i) => [i + 1, PRIVATE_KEY]))
  const replay = new FlowReplay({ state, riskTable: makeTable(SMALL), domain: DOMAIN, sizes: SMALL, keys })
  return { state, replay, batches: [...replay.run(intents)] }
}

const lengths = ({ batches }: ReturnType<typeof replayed>) =>
  batches.map(({ transition }) => transition.bundles.map(({ messages }) => messages.length))

const REPLACED = [
  place('a', 1),
  place('b', 2),
  withdraw('a', 'quote'),
  place('c', 1, { price: 1001n, bundle: 'quote' }),
  place('d', 1, { side: 'buy', price: 990n, bundle: 'quote' }),
]

test('lines of a bundle are signed as one, and come into one batch', () => {
  const made = replayed(REPLACED)
  assert.deepEqual(lengths(made), [[1, 1], [3]])
  const [first, second] = made.batches.map(({ transition }) => transition)
  const again = applyTradeBatch(first!.after, second!.bundles, second!.context)
  assert.equal(stateRoot(again.after), stateRoot(made.replay.state))
  assert.deepEqual(
    second!.steps.map(({ kind }) => kind),
    ['cancelled', 'rested', 'rested'],
  )
  const { messages, unsent } = made.replay.summary
  assert.deepEqual([messages, unsent], [5, 0])
})

test('a cancel of all orders and new quotes are one bundle; one that is cut stands in the files of state and batch', () => {
  const cancelAll = (side: 'sell' | 'both', bundle?: string): Intent => {
    const named = bundle !== undefined && { bundle }
    return { kind: 'cancel-all', time: NOW, market: 0, account: 1, side, ...named }
  }
  const quotes = [place('c', 1, { bundle: 'q' }), place('d', 1, { side: 'buy', price: 990n, bundle: 'q' })]
  const asks = [...'efghijk'].map((id, i) => place(id, 1, { price: 1002n + BigInt(i) }))
  const made = replayed([place('a', 1), place('b', 1), cancelAll('both', 'q'), ...quotes, ...asks, cancelAll('sell')])
  assert.deepEqual(made.replay.summary.cancelsMissed, 0)
  const { openBuy, openSell } = made.replay.state.accounts.get(1)!.positions[0]!
  assert.deepEqual([openBuy, openSell], [10n, 0n])
  const cut = made.batches.find(({ transition }) => transition.after.books.get(0)!.hand !== undefined)!
  const { after } = cut.transition
  assert.deepEqual(after.books.get(0)!.hand, { account: 1, side: 'sell', remaining: 0n })
  const text = JSON.stringify(encodeState(after, 'small'))
  assert.deepEqual(decodeState(JSON.parse(text), 'small').books.get(0)!.hand, after.books.get(0)!.hand)
  for (const batch of made.batches) {
    const file = JSON.parse(JSON.stringify(encodeTradeBatch(batch, 'small')))
    const { transition } = decodeTradeBatch(file, 'small', TRADE_BATCH_SIZES.small)
    assert.deepEqual(transition.steps, batch.transition.steps)
  }
})

test('a batch file gives bundles back as they were signed', () => {
  const [, batch] = replayed(REPLACED).batches
  const file = JSON.parse(JSON.stringify(encodeTradeBatch(batch!, 'small')))
  const { transition } = decodeTradeBatch(file, 'small', TRADE_BATCH_SIZES.small)
  assert.deepEqual(transition.bundles, batch!.transition.bundles)
  const cut = structuredClone(file)
  cut.bundles[0].messages.pop()
  assert.throws(() => decodeTradeBatch(cut, 'small', TRADE_BATCH_SIZES.small), {
    code: 'MESSAGE_REFUSED',
    details: { reason: 'BAD_SIGNATURE', bundle: 0 },
  })
})

test('a bundle of which nothing can be sent is left out, and of any other the rest is sent', () => {
  const ioc = { timeInForce: 'IOC' } as const
  const gone = [place('a', 1, ioc), place('b', 2, ioc), withdraw('a', 'one'), withdraw('b', 'two')]
  const made = replayed([...gone, place('c', 2, { bundle: 'two' })])
  assert.deepEqual([lengths(made), made.replay.summary.unsent], [[[1, 1, 1]], 2])
})

test('a bundle that is refused uses no nonce up, and counts all its messages', () => {
  const long = ['a', 'b', 'c', 'd', 'e'].map((id) => place(id, 1, { bundle: 'long' }))
  const made = replayed([...long, place('f', 1)])
  assert.deepEqual(made.replay.summary.refused, { MESSAGES: 5 })
  assert.deepEqual(
    made.batches.flatMap(({ transition }) => transition.bundles.map(({ messages }) => messages[0]!.nonce)),
    [1n],
  )
})

test('lines that are no bundle are refused', () => {
  const wrong: Intent[][] = [
    [place('a', 1, { bundle: 'x' }), place('b', 2, { bundle: 'x' })],
    [place('a', 1, { bundle: 'x' }), place('b', 1, { bundle: 'x', market: 1 })],
    [place('a', 1, { bundle: 'x' }), place('b', 1, { bundle: 'x', time: NOW + 1n })],
    [place('a', 1, { bundle: 'x' }), withdraw('a', 'x')],
  ]
  for (const intents of wrong) {
    assert.throws(() => replayed(intents), { code: 'FLOW_INVALID', path: 'flow[1].bundle' })
  }
})

test('makers who requote fill batches with few signatures', () => {
  const shape = venueShape('standard')
  const venue = sampleVenue({ shape, seed: 1n, asOf: NOW, makers: 8 })
  const flow = generateFlow({ venue, seed: 1n, messages: 200, messagesPerSecond: 100, requotes: true })
  const run = (signatures: number) => {
    const sizes = { ...TRADE_BATCH_SIZES.standard, signatures }
    const state = genesisState(venue.genesis, shape)
    const options = { state, riskTable: venue.riskTable, domain: DOMAIN, sizes, messageChain: false }
    return [...new FlowReplay(options).run(flow)].map(({ transition }) => transition.bundles)
  }
  const batches = run(12)
  assert.ok(batches.every((bundles) => bundles.length <= 12))
  assert.ok(batches.some((bundles) => bundles.flatMap(({ messages }) => messages).length >= 24))
})
