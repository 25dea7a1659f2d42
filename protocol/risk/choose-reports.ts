import {
  oracleOf,
  type ReportRefusal,
  type ReportRules,
  reportRefusal,
  type TimeRefusal,
  timeRefusal,
} from './median.ts'
import type { SignedReport } from './report.ts'

/** Why a report is not in the chosen set: useless by itself, too far from the set's time, out of the window, or one too many. */
export type LeftOut = ReportRefusal | TimeRefusal | 'TOO_NEW' | 'TOO_OLD' | 'NOT_CHOSEN'

/** The times that the median may have: those at which whoever takes the table takes it. Default: any. */
export interface TimeWindow {
  readonly earliest?: bigint | undefined
  readonly latest?: bigint | undefined
}

export interface ChosenReports {
  /** At most one of each oracle, in the order of the oracles; usable together if there is a quorum of them. */
  readonly reports: readonly SignedReport[]
  /** Everything else, by its place in what was given. */
  readonly leftOut: readonly { readonly index: number; readonly reason: LeftOut }[]
}

/**
 * The largest set that may be used together, of whatever reports are at hand, also several of one oracle; of the largest, the
 * one with the newest median time. It may be smaller than the quorum, which `medianReport` says then.
 */
export function chooseReports(
  reports: readonly SignedReport[],
  rules: ReportRules,
  { earliest, latest }: TimeWindow = {},
): ChosenReports {
  const refusals = reports.map((signed) => reportRefusal(signed, rules))
  const usable = reports.filter((_, index) => refusals[index] === undefined)
  const isTooNew = (time: bigint) => latest !== undefined && time > latest
  const isTooOld = (time: bigint) => earliest !== undefined && time < earliest
  const times = [...new Set(usable.map(({ report }) => report.timestamp))].filter(
    (time) => !isTooNew(time) && !isTooOld(time),
  )
  let best: readonly SignedReport[] = []
  let asOf: bigint | undefined
  for (const time of times) {
    const set = largestAround(time, usable, rules)
    if (set.length < best.length || (set.length === best.length && asOf !== undefined && time < asOf)) continue
    best = set
    asOf = time
  }
  const reasonOf = (signed: SignedReport, index: number): LeftOut => {
    if (refusals[index] !== undefined) return refusals[index]
    if (asOf !== undefined) return timeRefusal(signed, asOf, rules) ?? 'NOT_CHOSEN'
    return isTooOld(signed.report.timestamp) ? 'TOO_OLD' : 'TOO_NEW'
  }
  const leftOut = [...reports.entries()]
    .filter(([, signed]) => !best.includes(signed))
    .map(([index, signed]) => ({ index, reason: reasonOf(signed, index) }))
  const inOrder = best.toSorted((a, b) => oracleOf(a.key, rules) - oracleOf(b.key, rules))
  return { reports: inOrder, leftOut }
}

/**
 * The largest set whose lower median time is `asOf`. An oracle's report of that very second never hurts, so it goes first; an
 * oracle with one on either side goes where there are fewer; what one side has too many is left out.
 */
function largestAround(asOf: bigint, usable: readonly SignedReport[], rules: ReportRules): SignedReport[] {
  const near = usable.filter((signed) => timeRefusal(signed, asOf, rules) === undefined)
  const at: SignedReport[] = []
  const before: SignedReport[] = []
  const after: SignedReport[] = []
  const either: [SignedReport, SignedReport][] = []
  for (let oracle = 0; oracle < rules.oracles.length; oracle++) {
    const own = near.filter(({ key }) => oracleOf(key, rules) === oracle)
    const here = own.find(({ report }) => report.timestamp === asOf)
    const earlier = newest(own.filter(({ report }) => report.timestamp < asOf))
    const later = newest(own.filter(({ report }) => report.timestamp > asOf))
    if (here !== undefined) at.push(here)
    else if (earlier !== undefined && later !== undefined) either.push([earlier, later])
    else if (earlier !== undefined) before.push(earlier)
    else if (later !== undefined) after.push(later)
  }
  for (const [earlier, later] of either) {
    if (before.length < after.length) before.push(earlier)
    else after.push(later)
  }
  // 2 * #(<= asOf) >= k and 2 * #(>= asOf) >= k + 1
  return [...at, ...before.slice(0, at.length + after.length - 1), ...after.slice(0, at.length + before.length)]
}

function newest(reports: readonly SignedReport[]): SignedReport | undefined {
  return reports.toSorted((a, b) => Number(b.report.timestamp - a.report.timestamp))[0]
}
