import { reportsInput } from '../../circuits/risk-update/reports-input.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import type { Random } from '../../protocol/random.ts'
import type { ReportRules } from '../../protocol/risk/median.ts'
import { type PriceReport, type ReportShape, type SignedReport, signReport } from '../../protocol/risk/report.ts'
import { tradingKey } from '../../protocol/signature.ts'
import { NOW } from './model.ts'

const FEED_SET = 0x5eedn

/** The private keys of seven oracles; whoever needs fewer takes the first. */
export const ORACLE_KEYS = Array.from({ length: 7 }, (_, i) => new Uint8Array(32).fill(101 + i))
const PUBLIC_KEYS = ORACLE_KEYS.map(tradingKey)

/** Rules for that many oracles, a minute around the median time. */
export function reportRules(oracles: number, quorum: number, shape: ReportShape): ReportRules {
  return {
    ...{ feedSet: FEED_SET, oracles: PUBLIC_KEYS.slice(0, oracles), quorum: BigInt(quorum) },
    ...{ reportAge: 60n, oldAsOf: NOW - 600n, shape },
  }
}

/** A report of NOW in which each value is another: from 1000 on, plus `offset`. */
export function makeReport(shape: ReportShape, change: Partial<PriceReport> = {}, offset = 0n): PriceReport {
  const from = (start: bigint, length: number) => Array.from({ length }, (_, i) => start + 10n * BigInt(i) + offset)
  return {
    ...{ feedSet: FEED_SET, timestamp: NOW },
    indices: from(1000n, shape.underlyings),
    forwards: from(2000n, shape.markets),
    volatilities: from(3000n, shape.markets),
    ...change,
  }
}

/** A random report in range; of few values, so that ties are frequent, or of all that there are. */
export function randomReport(random: Random, shape: ReportShape): PriceReport {
  const top = random.chance(50) ? 3n : undefined
  const list = (length: number, least: bigint, bits: bigint) =>
    Array.from({ length }, () => random.between(least, top ?? (1n << bits) - 1n))
  return {
    ...{ feedSet: FEED_SET, timestamp: NOW + random.between(-20n, 20n) },
    indices: list(shape.underlyings, 1n, 47n),
    forwards: list(shape.markets, 1n, 47n),
    volatilities: list(shape.markets, 0n, 24n),
  }
}

export function signedBy(oracle: number, report: PriceReport, shape: ReportShape): SignedReport {
  return signReport(report, shape, ORACLE_KEYS[oracle]!)
}

/** The venue of ReportsProbe: five oracles of which three must report. */
export const REPORTED: ReportShape = { underlyings: 2, markets: 2 }
export const REPORT_RULES = reportRules(5, 3, REPORTED)

/** The inputs of ReportsProbe. */
export function reportsProbeInput(reports: readonly SignedReport[], rules = REPORT_RULES): CircuitInput {
  const { oracles, feedSet, quorum, reportAge, oldAsOf } = rules
  const keys = { keyX: oracles.map(({ x }) => x), keyY: oracles.map(({ y }) => y) }
  return { ...keys, feedSet, quorum, reportAge, oldAsOf, ...reportsInput(reports, oracles, REPORTED) }
}

/** The reports of three oracles of five, each of other values. */
export const threeReports = (): SignedReport[] =>
  [0, 1, 3].map((oracle) => signedBy(oracle, makeReport(REPORTED, {}, BigInt(oracle)), REPORTED))

/** One report, of a time that is hardly later than 0, before which there is no table. */
export const earliestReport = (): CircuitInput =>
  reportsProbeInput([signedBy(2, makeReport(REPORTED, { timestamp: 7n }), REPORTED)], {
    ...REPORT_RULES,
    ...{ quorum: 1n, oldAsOf: 0n },
  })
