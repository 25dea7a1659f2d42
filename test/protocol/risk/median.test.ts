import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { makeReport, randomReport, reportRules, signedBy } from '../../../lab/instances/reports.ts'
import { Random } from '../../../protocol/random.ts'
import { lowerMedian, medianReport } from '../../../protocol/risk/median.ts'
import { type PriceReport, reportValues, type SignedReport } from '../../../protocol/risk/report.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
const rules = reportRules(5, 3, SMALL)
const reportOf = (oracle: number, change: Partial<PriceReport> = {}, offset = 0n) =>
  signedBy(oracle, makeReport(SMALL, change, offset), SMALL)
const three = [0, 1, 2].map((oracle) => reportOf(oracle, {}, BigInt(oracle)))

test('the lower median is the only value with 2 * #(<= m) >= k and 2 * #(>= m) >= k + 1', () => {
  const random = new Random(2n)
  for (let run = 0; run < 2000; run++) {
    const values = Array.from({ length: 1 + (run % 7) }, () => random.between(0n, 6n))
    const count = (fits: (value: bigint) => boolean) => values.filter(fits).length
    const medians = new Set(
      values.filter((m) => 2 * count((v) => v <= m) >= values.length && 2 * count((v) => v >= m) >= values.length + 1),
    )
    assert.deepEqual([...medians], [lowerMedian(values)], `${values}`)
  }
})

test('of two values it is the lower, of four the second, however they are ordered', () => {
  assert.equal(lowerMedian([9n, 4n]), 4n)
  assert.equal(lowerMedian([9n, 4n, 5n, 1n]), 4n)
  assert.equal(lowerMedian([7n]), 7n)
})

test('each value and the time has a median of its own', () => {
  const reports = [
    reportOf(0, { indices: [1n, 30n], timestamp: NOW + 9n }),
    reportOf(3, { indices: [2n, 20n], timestamp: NOW + 5n }),
    reportOf(4, { indices: [3n, 10n], timestamp: NOW + 7n }),
  ]
  const { asOf, indices, forwards } = medianReport(reports, rules)
  assert.deepEqual([asOf, indices], [NOW + 7n, [2n, 20n]])
  assert.deepEqual(forwards, makeReport(SMALL).forwards)
})

test('the order of the reports does not matter', () => {
  const random = new Random(3n)
  const reports = [0, 1, 2, 3].map((oracle) => signedBy(oracle, randomReport(random, SMALL), SMALL))
  const medians = medianReport(reports, rules)
  assert.deepEqual(medianReport(reports.toReversed(), rules), medians)
  assert.deepEqual(medianReport([...reports.slice(2), ...reports.slice(0, 2)], rules), medians)
})

const forged = reportOf(2, {}, 1n)
const refusals: Record<string, [reason: string, index: number, SignedReport]> = {
  'a value out of its range': ['MALFORMED', 2, { ...forged, report: makeReport(SMALL, { indices: [0n, 1n] }) }],
  'a market too few': ['MALFORMED', 2, { ...forged, report: makeReport({ underlyings: 2, markets: 3 }) }],
  'another feed set': ['WRONG_FEED_SET', 2, reportOf(2, { feedSet: 1n })],
  'the key of nobody': ['UNKNOWN_KEY', 2, reportOf(6)],
  'the second of the old table': ['NOT_NEWER', 2, reportOf(2, { timestamp: rules.oldAsOf })],
  "another report's signature": ['BAD_SIGNATURE', 2, { ...forged, report: makeReport(SMALL) }],
  "another oracle's signature": ['BAD_SIGNATURE', 2, { ...forged, signature: three[0]!.signature }],
  'an oracle twice': ['DUPLICATE_ORACLE', 2, reportOf(1, {}, 5n)],
  'a second too old for the median time': ['STALE', 2, reportOf(2, { timestamp: NOW - 61n })],
  'a second too new for it': ['FUTURE', 2, reportOf(2, { timestamp: NOW + 61n })],
}

for (const [what, [reason, report, third]] of Object.entries(refusals)) {
  test(`refuses ${what}, naming report and reason`, () => {
    const expected = { code: 'REPORT_REFUSED', path: `reports[${report}]` }
    assert.throws(
      () => medianReport([...three.slice(0, 2), third], rules),
      ({ code, path, details }) => {
        assert.deepEqual({ code, path }, expected)
        assert.deepEqual([details.reason, details.report], [reason, report])
        return true
      },
    )
  })
}

test('takes reports up to the ends of their time: the second after the old table, reportAge before and after the median', () => {
  assert.equal(medianReport(three, { ...rules, oldAsOf: NOW - 1n }).asOf, NOW)
  const spread = [NOW - 60n, NOW, NOW + 60n].map((timestamp, oracle) => reportOf(oracle, { timestamp }))
  assert.equal(medianReport(spread, rules).asOf, NOW)
})

test('refuses fewer reports than the quorum', () => {
  const expected = { code: 'REPORT_REFUSED', details: { reason: 'BELOW_QUORUM', given: 2, quorum: 3n } }
  assert.throws(() => medianReport(three.slice(1), rules), expected)
  assert.throws(() => medianReport([], { ...rules, quorum: 0n }), { code: 'REPORT_REFUSED' })
})

test('with quorum >= 2 f + 1 no f liars move a median out of the honest range, whichever reports are left out', () => {
  const random = new Random(4n)
  for (let run = 0; run < 60; run++) {
    const [oracles, quorum] = random.pick([
      [3, 3],
      [5, 3],
      [5, 4],
      [5, 5],
      [7, 5],
    ] as const)
    const liars = (quorum - 1) >> 1
    const isLiar = (oracle: number) => oracle < liars
    const all = Array.from({ length: oracles }, (_, oracle) => {
      const around = isLiar(oracle) ? random.between(-60n, 60n) : random.between(-5n, 5n)
      const report = isLiar(oracle) ? randomReport(random, SMALL) : makeReport(SMALL, {}, around)
      return signedBy(oracle, { ...report, timestamp: NOW + (around % 30n) }, SMALL)
    })
    // liars are never left out: that is the worst choice
    const honest = all.slice(liars).filter((_, i) => i < quorum - liars || random.chance(50))
    const used = [...all.slice(0, liars), ...honest]
    const medians = medianReport(used, { ...reportRules(oracles, quorum, SMALL), oldAsOf: NOW - 600n })
    const columns = [
      [medians.asOf, honest.map(({ report }) => report.timestamp)],
      ...reportValues(medians).map((median, v) => [median, honest.map(({ report }) => reportValues(report)[v]!)]),
    ] as [bigint, bigint[]][]
    for (const [median, values] of columns) {
      assert.ok(values.some((value) => value <= median) && values.some((value) => value >= median))
    }
  }
})
