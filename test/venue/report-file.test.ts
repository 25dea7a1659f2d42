import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeReport, signedBy } from '../../lab/instances/reports.ts'
import { isReportValid } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { decodePrices, decodeReport, encodePrices, encodeReport } from '../../venue/index.ts'

const SMALL = venueShape('small')
const signed = signedBy(0, makeReport(SMALL), SMALL)
const { indices, forwards, volatilities } = signed.report
const fileOf = (change: object) => ({ ...(encodeReport(signed, 'small') as object), ...change })
const throughText = (value: unknown) => JSON.parse(JSON.stringify(value))

test('a report comes back from its file, signature and all', () => {
  const back = decodeReport(throughText(encodeReport(signed, 'small')), 'small')
  assert.deepEqual(back, signed)
  assert.ok(isReportValid(back, SMALL))
})

test('prices come back from their file, with the time that they are of and without', () => {
  for (const prices of [
    { indices, forwards, volatilities },
    { timestamp: 5n, indices, forwards, volatilities },
  ]) {
    assert.deepEqual(decodePrices(throughText(encodePrices(prices, 'small')), 'small'), prices)
  }
})

const wrong: Record<string, [path: string, change: object]> = {
  'another version': ['report.version', { version: 2 }],
  'another profile': ['report.profile', { profile: 'standard' }],
  'a field that no report has': ['report', { price: '1' }],
  'a feed set of 2^248': ['report.feedSet', { feedSet: `${1n << 248n}` }],
  'a number that is no text': ['report.timestamp', { timestamp: 5 }],
  'an index of 0': ['report.indices[1]', { indices: ['1', '0'] }],
  'an index of 2^47': ['report.indices[0]', { indices: [`${1n << 47n}`, '1'] }],
  'an index too many': ['report.indices', { indices: ['1', '1', '1'] }],
  'a forward too few': ['report.forwards', { forwards: ['1', '1', '1'] }],
  'a volatility of 2^24': ['report.volatilities[3]', { volatilities: ['0', '0', '0', `${1 << 24}`] }],
  'a key without y': ['report.key.y', { key: { x: '1' } }],
  'a signature that is none': ['report.signature', { signature: '0x' }],
}

for (const [what, [path, change]] of Object.entries(wrong)) {
  test(`a report file with ${what} is refused, naming the field`, () => {
    assert.throws(() => decodeReport(fileOf(change), 'small'), { code: 'INPUT_INVALID', path })
  })
}

test('prices out of range are refused, naming the field', () => {
  const prices = encodePrices({ indices, forwards, volatilities }, 'small') as object
  const refused = (path: string) => ({ code: 'INPUT_INVALID', path })
  assert.throws(
    () => decodePrices({ ...prices, forwards: ['1', '1', '0', '1'] }, 'small'),
    refused('prices.forwards[2]'),
  )
  assert.throws(() => decodePrices({ ...prices, timestamp: '-1' }, 'small'), refused('prices.timestamp'))
  assert.throws(() => decodePrices(prices, 'standard'), refused('prices.profile'))
})
