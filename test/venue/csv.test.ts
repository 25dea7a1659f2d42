import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW, SMALL } from '../../lab/instances/model.ts'
import { FLOW_COLUMNS, formatFlowCsv, generateFlow, parseFlowCsv, sampleVenue } from '../../venue/index.ts'

const HEADER = FLOW_COLUMNS.join()
const ORDER = '1700000000,order,a,0,1,buy,1000,5,GTC,false,1700000600,'
const flow = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`

test('reads orders and cancels, in order', () => {
  assert.deepEqual(parseFlowCsv(flow(ORDER, '1700000001,cancel,a,,,,,,,,,')), [
    {
      kind: 'order',
      id: 'a',
      time: NOW,
      market: 0,
      account: 1,
      side: 'buy',
      price: 1000n,
      size: 5n,
      timeInForce: 'GTC',
      reduceOnly: false,
      expiry: NOW + 600n,
    },
    { kind: 'cancel', id: 'a', time: NOW + 1n },
  ])
})

test('what is written is read back, ids with commas, quotes and spaces too', () => {
  const venue = sampleVenue({ shape: SMALL, seed: 3n, asOf: NOW })
  const intents = generateFlow({ venue, seed: 3n, messages: 80 })
  assert.deepEqual(parseFlowCsv(formatFlowCsv(intents)), intents)
  const odd = [{ ...parseFlowCsv(flow(ORDER))[0]!, id: 'a, "b" c' }]
  assert.deepEqual(parseFlowCsv(formatFlowCsv(odd)), odd)
})

test('a file with a byte order mark, Windows line ends and blank lines reads the same', () => {
  const text = `\ufeff${HEADER}\r\n\r\n${ORDER}\r\n`
  assert.deepEqual(parseFlowCsv(text), parseFlowCsv(flow(ORDER)))
})

const change = (column: (typeof FLOW_COLUMNS)[number], cell: string) =>
  ORDER.split(',').with(FLOW_COLUMNS.indexOf(column), cell).join()
const wrongCells: Record<string, [column: (typeof FLOW_COLUMNS)[number], cell: string]> = {
  'a time of 2^40': ['time', String(2 ** 40)],
  'an unknown kind': ['kind', 'quote'],
  'no id': ['id', ''],
  'an id of 65 characters': ['id', 'x'.repeat(65)],
  'an id with a control character': ['id', 'a\u0007'],
  'a market of 256': ['market', '256'],
  'an account with a sign': ['account', '+1'],
  'an account that is no integer': ['account', '1.5'],
  'an unknown side': ['side', 'BUY'],
  'a price of 0': ['price', '0'],
  'a price with a leading zero': ['price', '01'],
  'a price in hex': ['price', '0x10'],
  'a price of a thousand digits': ['price', '9'.repeat(1000)],
  'a size of 0': ['size', '0'],
  'a negative size': ['size', '-1'],
  'a size of 2^48': ['size', String(2 ** 48)],
  'an unknown timeInForce': ['timeInForce', 'FOK'],
  'reduceOnly in capitals': ['reduceOnly', 'TRUE'],
  'reduceOnly with GTC': ['reduceOnly', 'true'],
  'no expiry': ['expiry', ''],
}
for (const [name, [column, cell]] of Object.entries(wrongCells)) {
  test(`${name} is refused, naming line and column ${column}`, () => {
    assert.throws(() => parseFlowCsv(flow(ORDER, change('id', 'b'), change(column, cell).replace(',a,', ',c,'))), {
      code: 'FLOW_INVALID',
      details: { line: 4, column },
      path: `flow line 4, column ${column}`,
    })
  })
}

const wrongLines: Record<string, [line: string, column: string]> = {
  'a time that goes back': [change('time', '1699999999').replace(',a,', ',b,'), 'time'],
  'an id used twice': [ORDER, 'id'],
  'a cancel of an order not yet placed': ['1700000000,cancel,zz,,,,,,,,,', 'id'],
  'a cancel of all with a name': ['1700000000,cancel-all,a,0,1,both,,,,,,', 'id'],
  'a cancel of all with a price': ['1700000000,cancel-all,,0,1,both,7,,,,,', 'price'],
  'a cancel of all of another side': ['1700000000,cancel-all,,0,1,all,,,,,,', 'side'],
  'a cancel with a price': ['1700000000,cancel,a,,,,7,,,,,', 'price'],
}
for (const [name, [line, column]] of Object.entries(wrongLines)) {
  test(`${name} is refused, naming line and column ${column}`, () => {
    assert.throws(() => parseFlowCsv(flow(ORDER, line)), { code: 'FLOW_INVALID', details: { line: 3, column } })
  })
}

const inBundle = (line: string) => `${line}b`
const second = change('id', 'c')

test('a cancel of all orders names a market, an account and a side, and reads back as it was written', () => {
  const text = flow(
    '1700000000,cancel-all,,0,1,both,,,,,,q',
    '1700000000,order,z,0,1,sell,1000,5,GTC,false,1700000600,q',
  )
  const [all] = parseFlowCsv(text)
  assert.deepEqual(all, { kind: 'cancel-all', time: NOW, market: 0, account: 1, side: 'both', bundle: 'q' })
  assert.equal(formatFlowCsv(parseFlowCsv(text)), text)
  const elsewhere = text.replace('both', 'buy').replace(',,0,1', ',,9,1')
  assert.throws(() => parseFlowCsv(elsewhere, { markets: 4 }), { details: { line: 2, column: 'market' } })
})

test('lines in a row with the same name are a bundle', () => {
  const text = flow(ORDER, inBundle('1700000000,cancel,a,,,,,,,,,'), inBundle(second))
  assert.deepEqual(
    parseFlowCsv(text).map(({ bundle }) => bundle),
    [undefined, 'b', 'b'],
  )
  assert.equal(formatFlowCsv(parseFlowCsv(text)), text)
  const venue = sampleVenue({ shape: SMALL, seed: 3n, asOf: NOW })
  const intents = generateFlow({ venue, seed: 3n, messages: 80, requotes: true })
  assert.ok(intents.filter(({ bundle }) => bundle !== undefined).length > 20)
  assert.deepEqual(parseFlowCsv(formatFlowCsv(intents)), intents)
})

const wrongBundles: Record<string, string[]> = {
  'of two accounts': [ORDER, second.replace(',0,1,', ',0,2,')],
  'of two markets': [ORDER, second.replace(',0,1,', ',1,1,')],
  'of two times': [ORDER, second.replace('1700000000,', '1700000001,')],
  'with a cancel of its own order': [ORDER, '1700000000,cancel,a,,,,,,,,,'],
  'of nine lines': [...'abcdefghi'].map((id) => change('id', id)),
}
for (const [name, lines] of Object.entries(wrongBundles)) {
  test(`a bundle ${name} is refused, naming its last line`, () => {
    const details = { line: 1 + lines.length, column: 'bundle' }
    assert.throws(() => parseFlowCsv(flow(...lines.map(inBundle))), { code: 'FLOW_INVALID', details })
    assert.equal(parseFlowCsv(flow(...lines)).length, lines.length)
  })
}

test('lines of one name that another line stands between are refused: they would not be one bundle', () => {
  const [first, between, last] = [inBundle(ORDER), change('id', 'x'), inBundle(second)] as const
  const details = { line: 4, column: 'bundle' }
  assert.throws(() => parseFlowCsv(flow(first, between, last)), { code: 'FLOW_INVALID', details })
  assert.equal(parseFlowCsv(flow(between, first, last)).length, 3)
})

test('a market that the venue does not have is refused, naming line and column', () => {
  const other = ORDER.replace(',a,0,', ',b,4,')
  assert.notEqual(other, ORDER)
  assert.equal(parseFlowCsv(flow(ORDER, other)).length, 2)
  assert.equal(parseFlowCsv(flow(ORDER, other), { markets: 5 }).length, 2)
  assert.throws(() => parseFlowCsv(flow(ORDER, other), { markets: 4 }), {
    code: 'FLOW_INVALID',
    message: "flow line 3, column market: is 4, but the venue's markets are 0 to 3",
  })
})

test('a file without messages is refused, with a header and without', () => {
  assert.throws(() => parseFlowCsv(flow()), { code: 'FLOW_INVALID', message: 'flow: holds no message' })
  assert.throws(() => parseFlowCsv(''), { code: 'FLOW_INVALID', message: /header must be/ })
})

test('another header, an empty file, a short line and an open quote are refused', () => {
  for (const text of [
    '',
    ORDER,
    `${HEADER},extra\n`,
    flow(`${ORDER},1`),
    flow('1700000000,order'),
    flow(`"${ORDER}`),
  ]) {
    assert.throws(() => parseFlowCsv(text), { code: 'FLOW_INVALID' })
  }
})
