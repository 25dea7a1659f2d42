import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LobsterOptions, lobsterAccounts, parseLobster } from '../../venue/index.ts'

const OPTIONS: LobsterOptions = { market: 0, makers: [1, 2, 3], takers: [4, 5], startOfDay: 1_000_000n }
const read = (...lines: string[]) => parseLobster(lines.join('\n'), OPTIONS)
const orders = (...lines: string[]) =>
  read(...lines).intents.map((intent) =>
    intent.kind === 'order'
      ? `${intent.side} ${intent.size} at ${intent.price} ${intent.timeInForce}`
      : `cancel ${intent.kind === 'cancel' && intent.id}`,
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

test('a deletion becomes a cancel, hidden executions, crosses and halts nothing', () => {
  const flow = read(
    '34202.1,1,10,18,500,1',
    '34202.3,5,0,3,500,1',
    '34202.4,6,-1,3,500,1',
    '34202.5,7,0,0,-1,-1',
    '34202.6,7,0,0,1,-1',
    '34202.7,3,10,18,500,1',
  )
  assert.deepEqual(
    flow.intents.map(({ kind }) => kind),
    ['order', 'cancel'],
  )
  assert.deepEqual(flow.skipped, { early: 0, unknown: 0, ghost: 0, other: 4 })
})

test('a partial cancel makes its order smaller from the start, so that it keeps its place in time and what follows fits', () => {
  const lines = ['34202.1,1,10,5,500,1', '34202.1,1,11,5,500,1', '34202.2,2,10,3,500,1', '34202.3,4,10,2,500,1']
  const next = '34202.4,4,11,5,500,1'
  assert.deepEqual(orders(...lines, next), [
    'buy 2 at 50000 GTC',
    'buy 5 at 50000 GTC',
    'sell 2 at 50000 IOC',
    'sell 5 at 50000 IOC',
  ])
  assert.deepEqual(
    read(...lines, next).executions.map(({ maker, passedOver }) => [maker, passedOver]),
    [
      ['10', 0],
      ['11', 0],
    ],
  )
})

test('a partial cancel of all that is left is a deletion', () => {
  assert.deepEqual(orders('34202.1,1,10,5,500,1', '34202.2,4,10,2,500,1', '34202.3,2,10,3,500,1'), [
    'buy 5 at 50000 GTC',
    'sell 2 at 50000 IOC',
    'cancel 10',
  ])
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

test('an older order at the price of an execution is cancelled before it, and counted as passed over', () => {
  const flow = ['34202.1,1,10,5,500,1', '34202.1,1,11,5,500,1', '34202.2,4,11,5,500,1']
  assert.deepEqual(orders(...flow).slice(2), ['cancel 10', 'sell 5 at 50000 IOC'])
  assert.equal(read(...flow).executions[0]!.passedOver, 1)
  assert.equal(read(...flow).ghosts, 1)
})

test('an order that a sweep meets later is no ghost where it meets a younger one first', () => {
  const flow = ['34202.1,1,10,5,500,1', '34202.1,1,11,5,500,1', '34202.2,4,11,5,500,1', '34202.2,4,10,2,500,1']
  assert.deepEqual(orders(...flow).slice(2), ['sell 7 at 50000 IOC'])
  assert.equal(read(...flow).ghosts, 0)
})

test('a new order first cancels those of the other side that it would meet: the exchange had them no more', () => {
  const flow = ['34660.1,1,101,10,33900000,1', '34660.2,1,105,5,33890000,-1', '34660.3,4,105,5,33890000,-1']
  assert.deepEqual(orders(...flow), [
    'buy 10 at 3390000000 GTC',
    'cancel 101',
    'sell 5 at 3389000000 GTC',
    'buy 5 at 3389000000 IOC',
  ])
  assert.equal(read(...flow).ghosts, 1)
  assert.equal(read(flow[0]!, '34660.2,1,105,5,33900000,-1').ghosts, 1, 'at the same price')
  assert.equal(read(flow[0]!, '34660.2,1,105,5,33900001,-1').ghosts, 0, 'one unit away')
  assert.equal(read('34660.1,1,1,5,500,-1', '34660.2,1,2,5,500,1').ghosts, 1, 'a buy')
  assert.equal(read('34660.1,1,1,5,500,-1', '34660.2,1,2,5,499,1').ghosts, 0, 'a buy below')
  assert.equal(read('34660.1,1,1,5,500,1', '34660.2,1,2,5,501,1').ghosts, 0, 'the same side')
})

test('what refers to an order that was taken for a ghost is left out and counted', () => {
  const flow = read('34202.1,1,10,5,501,1', '34202.1,1,11,5,500,1', '34202.2,4,11,5,500,1', '34202.3,3,10,5,501,1')
  assert.deepEqual(flow.skipped, { early: 0, unknown: 0, ghost: 1, other: 0 })
})

test('resting orders are spread over all makers alike, whatever their ids have in common', () => {
  for (const step of [1, 2, 3, 4, 8]) {
    const lines = Array.from({ length: 400 }, (_, i) => `34202.1,1,${1 + i * step},5,${500 - i},1`)
    const counts = new Map<number, number>()
    for (const intent of parseLobster(lines.join('\n'), { ...OPTIONS, makers: [1, 2, 3, 4], takers: [5] }).intents) {
      if (intent.kind === 'order') counts.set(intent.account, (counts.get(intent.account) ?? 0) + 1)
    }
    for (const maker of [1, 2, 3, 4]) assert.ok((counts.get(maker) ?? 0) > 70, `${[...counts]} with step ${step}`)
  }
})

test('an order that replaces one of its side in the same instant is of the same account', () => {
  const accounts = (...lines: string[]) =>
    read('34202.1,1,10,18,500,1', ...lines).intents.flatMap((one) => (one.kind === 'order' ? [one.account] : []))
  const ids = Array.from({ length: 12 }, (_, i) => 11 + i)
  const others = ids.filter((id) => accounts(`34202.2,1,${id},18,501,1`)[1] !== 2)
  assert.ok(others.length > 4)
  for (const id of others) {
    assert.deepEqual(accounts('34202.2,3,10,18,500,1', `34202.20,1,${id},18,501,1`), [2, 2])
    const [, later] = accounts('34202.2,3,10,18,500,1', `34202.21,1,${id},18,501,1`)
    const [, opposite] = accounts('34202.2,3,10,18,500,1', `34202.2,1,${id},18,502,-1`)
    const [, , second] = accounts('34202.2,3,10,18,500,1', '34202.2,1,99,18,501,1', `34202.2,1,${id},18,501,1`)
    assert.ok(later !== 2 && opposite !== 2 && second !== 2)
  }
})

test('a header, a column of participants, long decimals, a byte order mark and Windows line ends read the same', () => {
  const lines = ['34202.1,1,10,18,500,1', '34202.2,4,10,18,500,1']
  const plain = read(...lines)
  const header = 'Time,Event Type,Order ID,Size,Price,Direction'
  assert.deepEqual(read(header, ...lines), plain)
  assert.deepEqual(read('timestamp,type,order_id,volume,price,side', ...lines), plain)
  assert.deepEqual(read(`${header},MPID`, `${lines[0]},GSCO`, `${lines[1]},null`), plain)
  assert.deepEqual(read(`${lines[0]},`, `${lines[1]},`), plain)
  assert.deepEqual(parseLobster(`\ufeff${header}\r\n\r\n${lines.join('\r\n')}\r\n`, OPTIONS), plain)
  assert.deepEqual(read('34202.100000000000001,1,10,18,500,1', '34202.2,4,10,18,500,1'), plain)
})

test('times compare as numbers: zeros at the end do not part a sweep, and 0.1 is later than 0.09', () => {
  const sweep = ['34202.1,1,10,5,500,1', '34202.2,4,10,2,500,1', '34202.200,4,10,2,500,1']
  assert.equal(read(...sweep).intents.length, 2)
  assert.equal(read('34202.09,1,10,5,500,1', '34202.1,1,11,5,500,1').intents.length, 2)
})

test('what refers to an order of before the file, and what is earlier than `from`, is left out', () => {
  const flow = read('34201.9,1,10,5,500,1', '34202.1,4,10,5,500,1', '34202.2,3,99,5,500,1')
  assert.deepEqual([flow.intents, flow.skipped], [[], { early: 1, unknown: 2, ghost: 0, other: 0 }])
})

test('the last quarter of the accounts take, the others make, and no account does both', () => {
  assert.deepEqual(lobsterAccounts([9, 1, 5, 3]), { makers: [1, 3, 5], takers: [9] })
  assert.deepEqual(lobsterAccounts([2, 1]), { makers: [1], takers: [2] })
  assert.deepEqual(lobsterAccounts([1, 2, 3, 4, 5, 6, 7, 8]), { makers: [1, 2, 3, 4, 5, 6], takers: [7, 8] })
  assert.throws(() => lobsterAccounts([1]), { code: 'FLOW_INVALID' })
})

const GOOD = '34202.1,1,10,18,500,1'
const wrongLines: Record<string, [line: string, column: string | undefined]> = {
  'a line that is text': ['halt', undefined],
  'five columns': ['34202.1,1,11,18,500', undefined],
  'eight columns': ['34202.1,1,11,18,500,1,GSCO,1', undefined],
  'a second header': ['Time,Type,OrderID,Size,Price,Direction', 'time'],
  'a time that is no number': ['NaN,1,11,18,500,1', 'time'],
  'a time in exponents': ['3.42021e4,1,11,18,500,1', 'time'],
  'a time after the day': ['86400,1,11,18,500,1', 'time'],
  'a time that goes back': ['34202.09,1,11,18,500,1', 'time'],
  'a time that goes back where lines are left out': ['34201,5,0,18,500,1', 'time'],
  'an unknown type': ['34202.1,8,11,18,500,1', 'type'],
  'an order without id': ['34202.1,1,-1,18,500,1', 'order id'],
  'an id used twice': ['34202.2,1,10,18,500,1', 'order id'],
  'an id used twice, with a zero before it': ['34202.2,1,010,18,500,1', 'order id'],
  'a new order of size 0': ['34202.1,1,11,0,500,1', 'size'],
  'a partial cancel of size 0': ['34202.1,2,10,0,500,1', 'size'],
  'a deletion of size 0': ['34202.1,3,10,0,500,1', 'size'],
  'an execution of size 0': ['34202.1,4,10,0,500,1', 'size'],
  'a size that is no integer': ['34202.1,1,11,18.0,500,1', 'size'],
  'a negative price': ['34202.1,1,11,18,-500,1', 'price'],
  'a price above the largest': ['34202.1,1,11,18,99999999999999,1', 'price'],
  'a direction of 2': ['34202.1,1,11,18,500,2', 'direction'],
  'a participant with a blank': ['34202.1,1,11,18,500,1,G S', 'MPID'],
  'a partial cancel of more than is left': ['34202.2,2,10,19,500,1', 'size'],
  'a deletion of more than is left': ['34202.2,3,10,19,500,1', 'size'],
  'an execution of more than is left': ['34202.2,4,10,19,500,1', 'size'],
  'a partial cancel at another price': ['34202.2,2,10,1,501,1', 'price'],
  'a deletion at another price': ['34202.2,3,10,18,501,1', 'price'],
  'an execution at another price': ['34202.2,4,10,18,501,1', 'price'],
  'a partial cancel of the other side': ['34202.2,2,10,1,500,-1', 'direction'],
  'a deletion of the other side': ['34202.2,3,10,18,500,-1', 'direction'],
  'an execution of the other side': ['34202.2,4,10,18,500,-1', 'direction'],
}
for (const [name, [line, column]] of Object.entries(wrongLines)) {
  test(`${name} is refused, naming the line${column === undefined ? '' : ` and column ${column}`}`, () => {
    const path = column === undefined ? 'flow line 3' : `flow line 3, column ${column}`
    assert.throws(() => read(GOOD, '', line), { code: 'FLOW_INVALID', path, details: { line: 3, column } })
  })
}

test('executions of one sweep that come to more than is left are refused', () => {
  const lines = [GOOD, '34202.2,4,10,10,500,1', '34202.2,4,10,9,500,1']
  assert.throws(() => read(...lines), { path: 'flow line 3, column size' })
})

test('a sweep that no message can hold is refused', () => {
  const most = '99999999999999'
  const orders = Array.from({ length: 3 }, (_, i) => `34202.1,1,${i},${most},500,1`)
  const sweep = Array.from({ length: 3 }, (_, i) => `34202.2,4,${i},${most},500,1`)
  assert.throws(() => read(...orders, ...sweep), { path: 'flow line 6, column size' })
})

test('a header whose columns are others, or in another order, is refused', () => {
  const header = 'Time,Type,OrderID,Price,Size,Direction'
  assert.throws(() => read(header, GOOD), { path: 'flow line 1, column size', message: /"Price" in its place/ })
  assert.throws(() => read('Time,Type', GOOD), { path: 'flow line 1', message: /has 2 columns/ })
})

test('a file without messages is refused, with a header and without', () => {
  const header = 'Time,Type,OrderID,Size,Price,Direction'
  for (const text of ['', '\n\n', header]) {
    assert.throws(() => parseLobster(text, OPTIONS), { code: 'FLOW_INVALID', message: 'flow: holds no message' })
  }
})

test('malformed options are refused', () => {
  const refused = (changes: Partial<LobsterOptions>, path: string) =>
    assert.throws(() => parseLobster(GOOD, { ...OPTIONS, ...changes }), { code: 'INPUT_INVALID', path })
  refused({ makers: [] }, 'options.makers')
  refused({ takers: [] }, 'options.takers')
  refused({ takers: [3, 4] }, 'options.takers')
  refused({ startOfDay: -1n }, 'options.startOfDay')
  refused({ startOfDay: 2n ** 40n - 86_400n }, 'options.startOfDay')
  refused({ quantaPerUnit: 0n }, 'options.quantaPerUnit')
})
