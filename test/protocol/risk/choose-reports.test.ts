import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { makeReport, reportRules, signedBy } from '../../../lab/instances/reports.ts'
import { Random } from '../../../protocol/random.ts'
import { chooseReports } from '../../../protocol/risk/choose-reports.ts'
import { medianReport } from '../../../protocol/risk/median.ts'
import type { SignedReport } from '../../../protocol/risk/report.ts'

const SHAPE = { underlyings: 1, markets: 1 }
const rules = { ...reportRules(5, 3, SHAPE), reportAge: 2n }
const reportAt = (oracle: number, seconds: number) =>
  signedBy(oracle, makeReport(SHAPE, { timestamp: NOW + BigInt(seconds) }), SHAPE)
const timesOf = (reports: readonly SignedReport[]) => reports.map(({ report }) => Number(report.timestamp - NOW))

test('takes all that fit together, in the order of the oracles', () => {
  const { reports, leftOut } = chooseReports([reportAt(4, 1), reportAt(0, 0), reportAt(2, -1)], rules)
  assert.deepEqual(timesOf(reports), [0, -1, 1])
  assert.deepEqual(leftOut, [])
})

test('leaves out the useless, the distant and the surplus, and says why', () => {
  const given = [
    reportAt(0, 0),
    reportAt(1, 1),
    reportAt(2, 2),
    reportAt(3, -9),
    reportAt(4, 9),
    reportAt(0, 1),
    reportAt(6, 1),
    reportAt(1, -600),
    { ...reportAt(4, 1), signature: reportAt(3, 1).signature },
  ]
  const { reports, leftOut } = chooseReports(given, rules)
  assert.deepEqual(timesOf(reports), [1, 1, 2])
  assert.deepEqual(
    leftOut.map(({ index, reason }) => [index, reason]),
    [
      [0, 'NOT_CHOSEN'],
      [3, 'STALE'],
      [4, 'FUTURE'],
      [6, 'UNKNOWN_KEY'],
      [7, 'NOT_NEWER'],
      [8, 'BAD_SIGNATURE'],
    ],
  )
})

test('of the largest sets takes the newest whose median time is not above the latest', () => {
  const given = [-9, -8, -7, 0, 1, 2].map((seconds, i) => reportAt(i % 3, seconds))
  assert.deepEqual(timesOf(chooseReports(given, rules).reports), [0, 1, 2])
  assert.deepEqual(timesOf(chooseReports(given, rules, { latest: NOW + 1n }).reports), [0, 1, 2])
  assert.deepEqual(timesOf(chooseReports(given, rules, { latest: NOW - 1n }).reports), [-9, -8, -7])
  const { reports, leftOut } = chooseReports(given, rules, { latest: NOW - 10n })
  assert.deepEqual([reports, leftOut.map(({ reason }) => reason)], [[], Array(6).fill('TOO_NEW')])
})

test('takes a smaller set before a larger one whose median time is too early, and says what is too old', () => {
  const given = [...[-9, -8, -7].map((seconds, i) => reportAt(i, seconds)), reportAt(0, 3), reportAt(1, 4)]
  const window = { earliest: NOW + 3n }
  assert.deepEqual(timesOf(chooseReports(given, rules, window).reports), [3, 4])
  const { reports, leftOut } = chooseReports(given, rules, { earliest: NOW + 5n })
  assert.deepEqual([reports, leftOut.map(({ reason }) => reason)], [[], Array(5).fill('TOO_OLD')])
})

test('no set is larger than the chosen one, of all that there are; and medianReport takes it', () => {
  const random = new Random(5n)
  const single = { ...rules, quorum: 1n }
  const drawn = Array.from({ length: 5 }, (_, oracle) => Array.from({ length: 9 }, (_, i) => reportAt(oracle, i - 4)))
  for (let run = 0; run < 25; run++) {
    const given = Array.from({ length: 1 + (run % 7) }, () => random.pick(random.pick(drawn)))
    const chosen = chooseReports(given, single).reports
    medianReport(chosen, single)
    for (let mask = 1; mask < 1 << given.length; mask++) {
      const subset = given.filter((_, i) => (mask >> i) & 1)
      if (subset.length > chosen.length) assert.throws(() => medianReport(subset, single), { code: 'REPORT_REFUSED' })
    }
  }
})
