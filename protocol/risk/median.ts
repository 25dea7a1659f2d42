import type { TradingKey } from '../account.ts'
import { ZkclearError } from '../errors.ts'
import { isSignedBy } from '../signature.ts'
import { hashReport, isReport, type ReportShape, type ReportValues, type SignedReport } from './report.ts'

/** What reports must meet: from the risk parameters, but for the last two. */
export interface ReportRules {
  readonly feedSet: bigint
  readonly oracles: readonly TradingKey[]
  readonly quorum: bigint
  /** Seconds by which a report may differ from the median time. */
  readonly reportAge: bigint
  /** asOf of the table before, 0 if there was none. */
  readonly oldAsOf: bigint
  readonly shape: ReportShape
}

/** The medians of some reports, each of its own. */
export interface MedianReport extends ReportValues {
  /** Median of the timestamps. */
  readonly asOf: bigint
}

/** Why a report cannot be used, whatever other reports there are. */
export type ReportRefusal = 'MALFORMED' | 'WRONG_FEED_SET' | 'UNKNOWN_KEY' | 'NOT_NEWER' | 'BAD_SIGNATURE'

/** Why it cannot be used in a set of some median time. */
export type TimeRefusal = 'STALE' | 'FUTURE'

/** The reason to refuse a report by itself, or undefined. */
export function reportRefusal(signed: SignedReport, rules: ReportRules): ReportRefusal | undefined {
  const { report, key, signature } = signed
  if (!isReport(report, rules.shape)) return 'MALFORMED'
  if (report.feedSet !== rules.feedSet) return 'WRONG_FEED_SET'
  if (oracleOf(key, rules) === -1) return 'UNKNOWN_KEY'
  if (report.timestamp <= rules.oldAsOf) return 'NOT_NEWER'
  if (!isSignedBy(hashReport(report), signature, key)) return 'BAD_SIGNATURE'
  return undefined
}

/** The place among the oracles of whoever has the key; -1 if nobody has. */
export function oracleOf(key: TradingKey, { oracles }: Pick<ReportRules, 'oracles'>): number {
  return oracles.findIndex(({ x, y }) => x === key.x && y === key.y)
}

/**
 * The lower median: the only one of the values with 2 * #(<= m) >= k and 2 * #(>= m) >= k + 1 (protocol.md#oracle-reports).
 * @param values at least one
 */
export function lowerMedian(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return sorted[(sorted.length - 1) >> 1]!
}

/**
 * The medians of reports that may be used together. Throws REPORT_REFUSED, whose details name the report and the reason, for a set
 * that no proof accepts.
 */
export function medianReport(reports: readonly SignedReport[], rules: ReportRules): MedianReport {
  const seen = new Map<number, number>()
  for (const [index, signed] of reports.entries()) {
    const reason = reportRefusal(signed, rules)
    if (reason !== undefined) throw refused(index, signed, reason, rules)
    const oracle = oracleOf(signed.key, rules)
    if (seen.has(oracle)) throw refused(index, signed, 'DUPLICATE_ORACLE', rules)
    seen.set(oracle, index)
  }
  if (BigInt(reports.length) < rules.quorum || reports.length === 0) {
    const message = `got ${reports.length} reports, need those of at least ${rules.quorum} oracles; collect more`
    const details = { reason: 'BELOW_QUORUM', given: reports.length, quorum: rules.quorum }
    throw new ZkclearError('REPORT_REFUSED', message, { path: 'reports', details })
  }
  const asOf = lowerMedian(reports.map(({ report }) => report.timestamp))
  for (const [index, signed] of reports.entries()) {
    const reason = timeRefusal(signed, asOf, rules)
    if (reason !== undefined) throw refused(index, signed, reason, rules, asOf)
  }
  const medians = (name: keyof ReportValues) =>
    reports[0]!.report[name].map((_, i) => lowerMedian(reports.map(({ report }) => report[name][i]!)))
  return { asOf, indices: medians('indices'), forwards: medians('forwards'), volatilities: medians('volatilities') }
}

/** The reason to refuse a report in a set of that median time, or undefined. */
export function timeRefusal(
  { report }: SignedReport,
  asOf: bigint,
  { reportAge }: Pick<ReportRules, 'reportAge'>,
): TimeRefusal | undefined {
  if (report.timestamp < asOf - reportAge) return 'STALE'
  if (report.timestamp > asOf + reportAge) return 'FUTURE'
  return undefined
}

function refused(
  index: number,
  { report, key }: SignedReport,
  reason: ReportRefusal | TimeRefusal | 'DUPLICATE_ORACLE',
  rules: ReportRules,
  asOf?: bigint,
): ZkclearError {
  const { feedSet, reportAge, oldAsOf, shape } = rules
  const messages: Record<ReportRefusal | TimeRefusal | 'DUPLICATE_ORACLE', string> = {
    MALFORMED: `must have ${shape.underlyings} indices and ${shape.markets} forwards in [1, 2^47), as many volatilities in [0, 2^24)`,
    WRONG_FEED_SET: `is of feed set ${report.feedSet}, and the parameters ask for ${feedSet}`,
    UNKNOWN_KEY: 'is signed with a key that is no oracle of the parameters',
    NOT_NEWER: `is of second ${report.timestamp}, and the table before of ${oldAsOf}; a report must be newer`,
    BAD_SIGNATURE: 'has a signature that does not hold for its oracle and values',
    DUPLICATE_ORACLE: 'is of an oracle that has another report in the set; give one of each',
    STALE: `is of second ${report.timestamp}, over ${reportAge} s before the median time ${asOf}; leave it out`,
    FUTURE: `is of second ${report.timestamp}, over ${reportAge} s after the median time ${asOf}; leave it out`,
  }
  const details = { reason, report: index, oracle: oracleOf(key, rules) }
  return new ZkclearError('REPORT_REFUSED', messages[reason], { path: `reports[${index}]`, details })
}
