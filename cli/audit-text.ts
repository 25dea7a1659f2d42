import { entryText } from '../audit/output/baseline.ts'
import type { JudgedFinding, Judgement } from '../audit/output/judgement.ts'
import type { KeyAssumption } from '../circuits/review.ts'
import { tableText } from './table.ts'

/** Findings shown one by one before the rest is only counted: with two lines each, the summary fits a screen. */
const MOST_SHOWN = 6
/** Stale entries, notes and such that are named one by one. */
const MOST_NAMED = 3

/** The summary of an audit, at most some twenty lines; the other formats have everything. */
export function judgementText(judgement: Judgement, keys: readonly KeyAssumption[]): string {
  const { report, findings, stale, policy, failed } = judgement
  const { counts, lemmas, notes, stopped, milliseconds, ranges } = report
  // What fails comes first.
  const ordered = findings.toSorted((a, b) => Number(b.fails) - Number(a.fails))
  const lines = ordered.slice(0, MOST_SHOWN).map(findingText)
  if (findings.length > MOST_SHOWN) {
    lines.push(`and ${findings.length - MOST_SHOWN} more: --format json, sarif or junit, or --html, lists all`)
  }
  lines.push(tableText([...Object.keys(counts), 'RANGE'], [[...Object.values(counts), ranges.length]]))
  const unasked = counts.UNKNOWN - report.targets.filter(({ verdict }) => verdict === 'UNKNOWN').length
  if (unasked > 0) lines.push(`${unasked} UNKNOWN of signals that were not asked for: --all decides every signal`)
  const argued = Object.entries(lemmas).map(([template, count]) => `${template} ${count} times`)
  if (argued.length > 0) lines.push(`argued on paper: ${argued.join(', ')}`)
  lines.push(
    ...some(keys.map(({ x, y, reason }) => `assumed to be a key: ${x}, ${y}: ${reason}`)),
    ...some(stale.map((entry) => `stale in the baseline: ${entryText(entry)} is no longer found`)),
    ...some(notes.map((note) => `note: ${note}`)),
  )
  if (stopped !== undefined) {
    lines.push(`stopped for lack of ${stopped}: raise ${stopped === 'time' ? '--timeout' : '--max-memory'}`)
  }
  if (report.targets.some(({ search }) => search === 'time')) {
    lines.push('searches for forgeries ran out of time: raise --timeout, or lower --effort')
  }
  const unreasoned = findings.filter((finding) => finding.isUnreasoned).length
  if (unreasoned > 0)
    lines.push('give a reason to what has none in the baseline: by a line without one nothing is known')
  const fresh = findings.filter((finding) => finding.fails && !finding.isUnreasoned).length
  const known = findings.filter((finding) => finding.known !== undefined).length
  const rest = findings.length - fresh - unreasoned - known
  const verdict = failed ? 'FAILED' : 'PASSED'
  const without = unreasoned === 0 ? '' : `${unreasoned} without a reason, `
  lines.push(
    `${verdict}: ${fresh} new, ${without}${known} known to the baseline, ${rest} allowed by --policy ${policy}; ` +
      `${seconds(milliseconds.prove)} proving, ${seconds(milliseconds.forge)} searching`,
  )
  return lines.join('\n')
}

function some(lines: readonly string[]): string[] {
  if (lines.length <= MOST_NAMED) return [...lines]
  return [...lines.slice(0, MOST_NAMED), `and ${lines.length - MOST_NAMED} more of these`]
}

function findingText({ kind, name, message, details, files, known, isUnreasoned }: JudgedFinding): string {
  const why = kind === 'UNKNOWN' ? ` (${message.split(': ').at(-1)})` : ''
  const head = `${kind} ${name}${why}`
  if (known !== undefined) return `${head}\n  known: ${known}`
  if (isUnreasoned) return `${head}\n  in the baseline without a reason`
  const more = kind === 'FORGED' ? `two witnesses: ${files.join(' and ')}` : (details[0] ?? message)
  const witness = kind === 'RANGE' && files.length > 0 ? `\n  witness: ${files.join()}` : ''
  return `${head}\n  ${more}${witness}`
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
