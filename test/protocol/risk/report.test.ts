import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeReport, ORACLE_KEYS, randomReport, signedBy } from '../../../lab/instances/reports.ts'
import { hashWords } from '../../../protocol/hash.ts'
import { Random } from '../../../protocol/random.ts'
import {
  hashReport,
  isReportValid,
  type PriceReport,
  packReportValues,
  reportValues,
  signReport,
  unpackReportValues,
} from '../../../protocol/risk/report.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { tradingKey } from '../../../protocol/signature.ts'

const SMALL = venueShape('small')
const STANDARD = venueShape('standard')
const report = makeReport(SMALL)
const signed = signedBy(0, report, SMALL)

test('values stand five to a word, the first lowest, and come back', () => {
  const one = { indices: [1n, 2n], forwards: [3n, 4n, 5n, 6n], volatilities: [7n, 8n, 9n, 10n] }
  const field = (i: number) => 1n << BigInt(48 * i)
  assert.deepEqual(packReportValues(one), [
    1n + 2n * field(1) + 3n * field(2) + 4n * field(3) + 5n * field(4),
    6n + 7n * field(1) + 8n * field(2) + 9n * field(3) + 10n * field(4),
  ])
  const random = new Random(1n)
  for (const shape of [SMALL, STANDARD, { underlyings: 1, markets: 1 }]) {
    for (let run = 0; run < 50; run++) {
      const { feedSet: _, timestamp: __, ...values } = randomReport(random, shape)
      assert.deepEqual(unpackReportValues(packReportValues(values), shape), values)
    }
  }
})

test('words that no values make are refused: one too few, and a field beyond the last value', () => {
  const words = packReportValues(report)
  assert.throws(() => unpackReportValues(words.slice(1), SMALL), { code: 'INPUT_INVALID', path: 'words' })
  const three = { underlyings: 1, markets: 1 }
  assert.throws(() => unpackReportValues([1n << 144n], three), { code: 'INPUT_INVALID', path: 'words[0]' })
})

test('what is signed is the hash of feed set, time and words, of as many as the shape has', () => {
  assert.equal(hashReport(report), hashWords('REPORT', [report.feedSet, report.timestamp, ...packReportValues(report)]))
  assert.equal(packReportValues(report).length, 2)
  assert.equal(packReportValues(makeReport(STANDARD)).length, 8)
})

test('a signature holds for its report and key, and for no other value, time, feed set or key', () => {
  assert.ok(isReportValid(signed, SMALL))
  const { indices, forwards, volatilities } = report
  const changes: Partial<PriceReport>[] = [
    { feedSet: report.feedSet + 1n },
    { timestamp: report.timestamp + 1n },
    { indices: indices.with(1, indices[1]! + 1n) },
    { forwards: forwards.with(3, forwards[3]! - 1n) },
    { volatilities: volatilities.with(0, 0n) },
    { forwards: [forwards[1]!, forwards[0]!, ...forwards.slice(2)] },
    { forwards: volatilities, volatilities: forwards },
  ]
  for (const change of changes) assert.ok(!isReportValid({ ...signed, report: { ...report, ...change } }, SMALL))
  assert.ok(!isReportValid({ ...signed, key: tradingKey(ORACLE_KEYS[1]!) }, SMALL))
})

const wrong: Record<string, [path: string, change: Partial<PriceReport>]> = {
  'a feed set of 2^248': ['feedSet', { feedSet: 1n << 248n }],
  'a time of 2^40': ['timestamp', { timestamp: 1n << 40n }],
  'an index of 0': ['indices[1]', { indices: [1n, 0n] }],
  'an index of 2^47': ['indices[0]', { indices: [1n << 47n, 1n] }],
  'an index too few': ['indices', { indices: [1n] }],
  'a forward of 0': ['forwards[3]', { forwards: [1n, 1n, 1n, 0n] }],
  'a forward of 2^47': ['forwards[2]', { forwards: [1n, 1n, 1n << 47n, 1n] }],
  'a forward too many': ['forwards', { forwards: [1n, 1n, 1n, 1n, 1n] }],
  'a volatility of 2^24': ['volatilities[0]', { volatilities: [1n << 24n, 0n, 0n, 0n] }],
  'a negative volatility': ['volatilities[1]', { volatilities: [0n, -1n, 0n, 0n] }],
}

for (const [what, [path, change]] of Object.entries(wrong)) {
  test(`no oracle signs ${what}, and such a report is not valid`, () => {
    const bad = { ...report, ...change }
    assert.throws(() => signReport(bad, SMALL, ORACLE_KEYS[0]!), { code: 'INPUT_INVALID', path: `report.${path}` })
    assert.ok(!isReportValid({ ...signed, report: bad }, SMALL))
  })
}

test('takes each range up to its ends', () => {
  const low = { indices: [1n, 1n], forwards: [1n, 1n, 1n, 1n], volatilities: [0n, 0n, 0n, 0n], timestamp: 0n }
  const top = (1n << 47n) - 1n
  const high = { indices: [top, top], forwards: [top, top, top, top], volatilities: Array(4).fill((1n << 24n) - 1n) }
  for (const change of [low, high]) assert.ok(isReportValid(signedBy(2, makeReport(SMALL, change), SMALL), SMALL))
  assert.equal(reportValues(makeReport(SMALL, high)).length, 10)
})
