import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LobsterOptions, lobsterAccounts, parseLobster } from '../../venue/index.ts'

const OPTIONS: LobsterOptions = { market: 0, makers: [1, 2, 3], takers: [4, 5], startOfDay: 1_000_000n }
const read = (...lines: string[]) => parseLobster(lines.join('\n'), OPTIONS)
const orders = (...lines: string[]) =>
  read(...lines).intents.map((intent) =>
    intent.kind === 'cancel'
      ? `cancel ${intent.id}`
      : `${intent.side} ${intent.size} at ${intent.price} ${intent.timeInForce}`,
  )

test('a new order becomes a limit order of the day, by the account that its id falls to', () => {
  assert.deepEqual(read('34202.000000001,1,10,18,33550000,-1').intents, [
    {
      kind: 'order',
      id: '10',
      time: 1_034_202n,
      market: 0,
      account: 2,
      side: 'sell',
      price: 3_355_000_000n,
      size: 18n,
      timeInForce: 'GTC',
      reduceOnly: false,
      expiry: 1_086_400n,
    },
  ])
})

test('a deletion becomes a cancel, partial cancels, hidden executions, crosses and halts nothing', () => {
  const flow = read(
    '34202.1,1,10,18,500,1',
    '34202.2,2,10,3,500,1',
    '34202.3,5,0,3,500,1',
    '34202.4,6,-1,3,500,1',
    '34202.5,7,0,3,-1,-1',
    '34202.6,3,10,15,500,1',
  )
  assert.deepEqual(
    flow.intents.map(({ kind }) => kind),
    ['order', 'cancel'],
  )
  assert.deepEqual(flow.skipped, { early: 0, unknown: 0, other: 4 })
})

test('an execution becomes an incoming IOC order of the other side, by a taker', () => {
  const flow = read('34202.1,1,10,18,500,1', '34202.2,4,10,7,500,1')
  assert.deepEqual(orders('34202.1,1,10,18,500,1', '34202.2,4,10,7,500,1'), [
    'buy 18 at 50000 GTC',
    'sell 7 at 50000 IOC',
  ])
  assert.deepEqual(flow.executions, [{ taker: 'sweep-1', maker: '10', price: 50_000n, size: 7n, passedOver: 0 }])
  assert.ok(flow.intents[1]!.kind === 'order' && OPTIONS.takers.includes(flow.intents[1]!.account))
})

test('executions in a row with one time stamp and direction are one sweep, at the worst of their prices', () => {
  const lines = ['34202.1,1,10,5,500,-1', '34202.1,1,11,5,501,-1', '34202.2,4,10,5,500,-1', '34202.2,4,11,3,501,-1']
  assert.deepEqual(orders(...lines).slice(2), ['buy 8 at 50100 IOC'])
  const later = lines.with(3, '34202.3,4,11,3,501,-1')
  assert.deepEqual(orders(...later).slice(2), ['buy 5 at 50000 IOC', 'buy 3 at 50100 IOC'])
})

test('an order still listed at a better price than an execution is cancelled before it', () => {
  const flow = ['34202.1,1,10,5,501,1', '34202.1,1,11,5,500,1', '34202.2,4,11,5,500,1']
  assert.deepEqual(orders(...flow).slice(2), ['cancel 10', 'sell 5 at 50000 IOC'])
  assert.equal(read(...flow).ghosts, 1)
})

test('an older order at the price of an execution is left for the engine to meet, and cancelled afterwards', () => {
  const flow = ['34202.1,1,10,5,500,1', '34202.1,1,11,5,500,1', '34202.2,4,11,5,500,1']
  assert.deepEqual(orders(...flow).slice(2), ['sell 5 at 50000 IOC', 'cancel 10', 'cancel 11'])
  assert.equal(read(...flow).executions[0]!.passedOver, 1)
})

test('what refers to an order of before the file, and what is earlier than `from`, is left out', () => {
  const flow = read('34201.9,1,10,5,500,1', '34202.1,4,10,5,500,1', '34202.2,3,99,5,500,1')
  assert.deepEqual([flow.intents, flow.skipped], [[], { early: 1, unknown: 2, other: 0 }])
})

test('the last quarter of the accounts take, the others make, and no account does both', () => {
  assert.deepEqual(lobsterAccounts([9, 1, 5, 3]), { makers: [1, 3, 5], takers: [9] })
  assert.deepEqual(lobsterAccounts([2, 1]), { makers: [1], takers: [2] })
  assert.deepEqual(lobsterAccounts([1, 2, 3, 4, 5, 6, 7, 8]), { makers: [1, 2, 3, 4, 5, 6], takers: [7, 8] })
  assert.throws(() => lobsterAccounts([1]), { code: 'FLOW_INVALID' })
})

test('a line that is not LOBSTER is refused with its number', () => {
  const good = '34202.1,1,10,18,500,1'
  for (const bad of [
    'time,type',
    '34202.1,1,10,18,500',
    '34202.1,8,10,18,500,1',
    '34202.1,1,10,18,500,2',
    '34202.1,1,-1,18,500,1',
    '34202.1,1,10,18,-500,1',
    '34202.1,1,10,18,99999999999999,1',
    'NaN,1,10,18,500,1',
  ]) {
    assert.throws(
      () => read(good, bad),
      (error: Error & { code: string; details: { line: number } }) => {
        assert.deepEqual([error.code, error.details.line], ['FLOW_INVALID', 2])
        return true
      },
    )
  }
})
