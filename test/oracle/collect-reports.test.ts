import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { makeReport, reportRules, signedBy } from '../../lab/instances/reports.ts'
import { collectReports, serveReports } from '../../oracle/index.ts'
import { chooseReports } from '../../protocol/risk/choose-reports.ts'
import { medianReport } from '../../protocol/risk/median.ts'
import type { SignedReport } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { encodeReport } from '../../venue/index.ts'
import { serverOf } from '../support/json-server.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SHAPE = venueShape('small')
const [one, two, three] = [0, 1, 2].map((oracle) => signedBy(oracle, makeReport(SHAPE), SHAPE)) as [
  SignedReport,
  SignedReport,
  SignedReport,
]

test('reports come from servers and files, in the order of the places, and what is left out is said', async () => {
  await using folder = await temporaryDirectory()
  const file = folder.file('report.json')
  const forged = folder.file('forged.json')
  await writeFile(file, JSON.stringify(encodeReport(two, 'small')))
  await writeFile(forged, JSON.stringify(encodeReport({ ...one, key: two.key }, 'small')))
  await using server = await serveReports({ sign: async () => one, profile: 'small' })
  await using silent = await serverOf(() => undefined)
  await using other = await serverOf((_, response) => response.end('{"version":1}'))
  const places = [server.url, forged, silent.url, file, other.url, folder.file('missing')]
  const { reports, leftOut } = await collectReports(places, { profile: 'small', timeoutMs: 300 })
  assert.deepEqual(reports, [
    { place: server.url, signed: one },
    { place: file, signed: two },
  ])
  assert.deepEqual(
    leftOut.map(({ place, code }) => [place, code]),
    [
      [forged, 'REPORT_REFUSED'],
      [silent.url, 'SOURCE_UNAVAILABLE'],
      [other.url, 'INPUT_INVALID'],
      [folder.file('missing'), 'SOURCE_UNAVAILABLE'],
    ],
  )
  assert.match(leftOut[1]!.message, /gives nothing within 0.3 s/)
})

test('what is collected makes medians', async () => {
  await using folder = await temporaryDirectory()
  const places = await Promise.all(
    [one, two, three].map(async (signed, i) => {
      await writeFile(folder.file(`${i}`), JSON.stringify(encodeReport(signed, 'small')))
      return folder.file(`${i}`)
    }),
  )
  const { reports } = await collectReports(places, { profile: 'small' })
  const rules = reportRules(3, 2, SHAPE)
  const chosen = chooseReports(
    reports.map(({ signed }) => signed),
    rules,
  )
  const { feedSet: _, timestamp, ...values } = one.report
  assert.deepEqual(medianReport(chosen.reports, rules), { asOf: timestamp, ...values })
})

test('an address that is none is refused, and the caller can stop waiting', async () => {
  await assert.rejects(collectReports(['ftp://a/report'], { profile: 'small' }), { code: 'INPUT_INVALID', path: 'url' })
  await using silent = await serverOf(() => undefined)
  const controller = new AbortController()
  const waiting = collectReports([silent.url], { profile: 'small', signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(waiting, { message: 'enough' })
})

test('what is said of an address leaves out its query, and one with a password is refused without it', async () => {
  await using server = await serveReports({ sign: async () => one, profile: 'small' })
  await using other = await serverOf((_, response) => response.end('{"version":1}'))
  const places = [server.url, other.url].map((url) => `${url.replace('http', 'HTTP')}?token=s3cret`)
  const { reports, leftOut } = await collectReports(places, { profile: 'small' })
  assert.deepEqual(
    [reports, leftOut].map((results) => results.map(({ place }) => place)),
    [[server.url], [other.url]],
  )
  assert.doesNotMatch(leftOut[0]!.message, /s3cret/)
  const refused = {
    code: 'INPUT_INVALID',
    message: `url: got "${server.url}", need an address without user and password`,
  }
  await assert.rejects(collectReports([server.url.replace('//', '//user:s3cret@')], { profile: 'small' }), refused)
})
