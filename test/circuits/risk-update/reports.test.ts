import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { reportsShapes } from '../../../circuits/risk-update/reports-input.ts'
import type { CircuitInput } from '../../../circuits/types.ts'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks, type Rule } from '../../../lab/circuits/harness.ts'
import { NOW } from '../../../lab/instances/model.ts'
import {
  makeReport,
  ORACLE_KEYS,
  REPORT_RULES,
  REPORTED,
  randomReport,
  reportsProbeInput,
  signedBy,
  threeReports,
} from '../../../lab/instances/reports.ts'
import { sign } from '../../../protocol/crypto/eddsa.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { Random } from '../../../protocol/random.ts'
import { medianReport } from '../../../protocol/risk/median.ts'
import {
  hashReport,
  type PriceReport,
  packReportValues,
  reportValues,
  type SignedReport,
} from '../../../protocol/risk/report.ts'
import { tradingKey } from '../../../protocol/signature.ts'

const N = 5
const SHAPE = REPORTED
const SHAPES = {
  ...{ keyX: [N], keyY: [N], feedSet: [], quorum: [], reportAge: [], oldAsOf: [] },
  ...reportsShapes(N, SHAPE),
}
const probe = await gadget('ReportsProbe', [N, SHAPE.underlyings, SHAPE.markets], SHAPES, 'reports.circom')
const RULES = REPORT_RULES
const inputOf = reportsProbeInput

/** What a lying oracle signs, in its range or not. */
function signedAnyway(oracle: number, change: Partial<PriceReport>): SignedReport {
  const report = makeReport(SHAPE, change)
  const { R8, S } = sign(ORACLE_KEYS[oracle]!, hashReport(report))
  return { report, key: tradingKey(ORACLE_KEYS[oracle]!), signature: { R8x: R8.x, R8y: R8.y, S } }
}

const reportOf = (oracle: number, change: Partial<PriceReport> = {}, offset = 0n) =>
  signedBy(oracle, makeReport(SHAPE, change, offset), SHAPE)
const three = threeReports()
const honest = inputOf(three)
const outputs = ['asOf', 'median[0]', 'median[1]', 'median[2]', 'median[3]', 'median[4]', 'median[5]']
const withSlot = (input: CircuitInput, name: string, slot: number, value: bigint | readonly bigint[]) => ({
  ...input,
  [name]: (input[name] as readonly bigint[]).with(slot, value as bigint),
})

/** Constraints of a slot's signature. */
const signatureOf = (slot: number) => new RegExp(`main\\.gadget\\.report\\[${slot}\\]\\.signature\\.`)

function refuses(input: CircuitInput, rule: Rule): void {
  assertBreaks(probe.evaluate(input).broken, rule)
}

suite('risk-update/reports', () => {
  test('comes to the model’s medians, over random reports of random sets of oracles, of even numbers too', () => {
    const random = new Random(31n)
    for (let run = 0; run < 10; run++) {
      const places = [0, 1, 2, 3, 4].filter((oracle) => oracle === run % 5 || random.chance(60))
      const reports = places.map((oracle) => signedBy(oracle, randomReport(random, SHAPE), SHAPE))
      const rules = { ...RULES, quorum: BigInt(places.length) }
      const { accepted, signal } = probe.evaluate(inputOf(reports, rules))
      assert.ok(accepted)
      const medians = medianReport(reports, rules)
      assert.deepEqual(outputs.map(signal), [medians.asOf, ...reportValues(medians)])
      assert.deepEqual([signal('words[0]'), signal('words[1]')], packReportValues(medians))
    }
  })

  test('takes equal reports of all oracles, and values at both ends of their ranges', () => {
    const top = (1n << 47n) - 1n
    const highest = { indices: [top, 1n], forwards: [1n, top], volatilities: [(1n << 24n) - 1n, 0n] }
    for (const change of [{}, highest]) {
      const reports = [0, 1, 2, 3, 4].map((oracle) => reportOf(oracle, change))
      const { accepted, signal } = probe.evaluate(inputOf(reports))
      assert.ok(accepted)
      assert.deepEqual(outputs.map(signal), [NOW, ...reportValues(reports[0]!.report)])
    }
  })

  test('what stands in a slot that is not used changes nothing', () => {
    const expected = outputs.map(probe.evaluate(honest).signal)
    const garbage: [string, bigint | readonly bigint[]][] = [
      ['values', [1n, 2n, (1n << 47n) - 1n, 0n, 5n, 6n]],
      ['timestamp', NOW + 999n],
      ['timestamp', 1n],
      ['R8x', 5n],
      ['R8y', 6n],
      ['keyX', 0n],
      ['keyY', 0n],
    ]
    for (const [name, value] of garbage) {
      const { accepted, signal } = probe.evaluate(withSlot(honest, name, 2, value))
      assert.ok(accepted, name)
      assert.deepEqual(outputs.map(signal), expected)
    }
  })

  test('asks for the quorum: one report fewer is refused, and none at all', () => {
    assert.ok(probe.evaluate(honest).accepted)
    refuses({ ...honest, quorum: 4n }, /Num2Bits/)
    refuses(inputOf(three.slice(1)), /Num2Bits/)
    assert.ok(probe.evaluate(inputOf(three.slice(2), { ...RULES, quorum: 1n })).accepted)
    refuses(inputOf([], { ...RULES, quorum: 0n }), /OneHot/)
  })

  test('a slot is used or not: 2, -1 and a half are refused', () => {
    for (const used of [2n, FIELD - 1n, (FIELD + 1n) / 2n]) {
      for (const slot of [3, 4]) {
        const { broken } = probe.evaluate(withSlot(honest, 'used', slot, used))
        assert.ok(
          broken.some((constraint) => /AssertBinary/.test(constraint)),
          `${used}`,
        )
      }
    }
  })

  test('an oracle’s report has no second place: in the slot of another its signature does not hold', () => {
    const copy = { ...three[0]!, key: tradingKey(ORACLE_KEYS[4]!) }
    refuses(inputOf([...three.slice(0, 2), copy]), signatureOf(4))
    refuses(inputOf([three[0]!, { ...three[1]!, signature: three[0]!.signature }, three[2]!]), signatureOf(1))
  })

  test('what was not signed is refused: another feed set, time or value, values in another order', () => {
    const { indices, forwards, volatilities } = three[2]!.report
    const changes: Partial<PriceReport>[] = [
      { timestamp: NOW + 1n },
      { indices: [indices[0]! + 1n, indices[1]!] },
      { indices: [indices[1]!, indices[0]!] },
      { forwards: [forwards[0]!, forwards[1]! - 1n] },
      { volatilities: [volatilities[0]! + 1n, volatilities[1]!] },
      { forwards: volatilities, volatilities: forwards },
    ]
    for (const change of changes) {
      const forged = { ...three[2]!, report: { ...three[2]!.report, ...change } }
      refuses(inputOf([...three.slice(0, 2), forged]), signatureOf(3))
    }
    refuses(inputOf([...three.slice(0, 2), reportOf(3, { feedSet: 1n })]), signatureOf(3))
    refuses({ ...honest, feedSet: 1n }, [signatureOf(0), signatureOf(1), signatureOf(3)])
  })

  test('values of which the signed words are made, but for a carry from field to field, are refused', () => {
    const { indices, ...rest } = three[2]!.report
    const carried = { ...rest, indices: [indices[0]! + (1n << 48n), indices[1]! - 1n] }
    const words = inputOf([...three.slice(0, 2), three[2]!])
    const forged = withSlot(words, 'values', 3, reportValues(carried))
    assert.equal(
      reportValues(carried)
        .slice(0, 5)
        .reduce((word, value, f) => word + (value << BigInt(48 * f)), 0n),
      packReportValues(three[2]!.report)[0],
    )
    const { broken } = probe.evaluate(forged)
    assert.ok(broken.length > 0 && broken.every((constraint) => !signatureOf(3).test(constraint)))
  })

  test('a report whose values are out of range is refused although it is signed, and the set holds without it', () => {
    const wrong: Partial<PriceReport>[] = [
      { indices: [0n, 1n] },
      { indices: [1n, 1n << 47n] },
      { forwards: [1n, 0n] },
      { forwards: [1n << 47n, 1n] },
      { volatilities: [1n << 24n, 0n] },
      { timestamp: (1n << 40n) + NOW },
    ]
    for (const change of wrong) {
      const all = [...three, signedAnyway(4, change)]
      assert.ok(!probe.evaluate(inputOf(all)).accepted)
      assert.throws(() => medianReport(all, RULES), { code: 'REPORT_REFUSED' })
      assert.ok(probe.evaluate(inputOf(three)).accepted)
    }
  })

  test('times are taken up to the second after the old table, and reportAge before and after the median', () => {
    const spread = (...seconds: bigint[]) =>
      inputOf(seconds.map((second, oracle) => reportOf(oracle, { timestamp: NOW + second })))
    assert.ok(probe.evaluate({ ...honest, oldAsOf: NOW - 1n }).accepted)
    refuses({ ...honest, oldAsOf: NOW }, /Num2Bits/)
    for (const times of [spread(-60n, 0n, 60n), spread(-60n, -60n, 0n), spread(-60n, 0n, 0n, 60n)]) {
      assert.ok(probe.evaluate(times).accepted)
    }
    for (const times of [spread(-61n, 0n, 0n), spread(0n, 0n, 61n), spread(-61n, 0n, 0n, 60n)]) {
      refuses(times, /Num2Bits/)
    }
    assert.ok(probe.evaluate({ ...spread(0n, 0n, 0n), reportAge: 0n }).accepted)
    refuses({ ...spread(0n, 0n, 1n), reportAge: 0n }, /Num2Bits/)
    const first = [1n, 2n, 3n].map((timestamp, oracle) => reportOf(oracle, { timestamp }))
    assert.ok(probe.evaluate(inputOf(first, { ...RULES, oldAsOf: 0n })).accepted)
  })

  test('times of 41 bits are refused, all of them lies: what follows relies on 40', () => {
    const reports = [0, 1, 2].map((oracle) => signedAnyway(oracle, { timestamp: 1n << 40n }))
    refuses(inputOf(reports), /report\[\d\]\.AssertBits/)
    const last = [0, 1, 2].map((oracle) => reportOf(oracle, { timestamp: (1n << 40n) - 1n }))
    assert.equal(probe.evaluate(inputOf(last)).signal('asOf'), (1n << 40n) - 1n)
    assert.ok(probe.evaluate(inputOf(last)).accepted)
  })

  test('no other number stands for a median or asOf: one quantum more or less', () => {
    const { signal } = probe.evaluate(honest)
    for (const name of ['asOf', 'median[0]', 'median[5]', 'words[1]']) {
      for (const by of [1n, -1n]) {
        const value = signal(name) + by
        assert.ok(!probe.evaluate(honest, { [name]: value, [`gadget.${name}`]: value }).accepted)
      }
    }
  })
})
