import type { AuditReport } from '../audit.ts'
import type { SourceLocation } from '../source-locations.ts'
import { type BaselineEntry, entryFor, isReasoned, staleEntries } from './baseline.ts'
import { type Finding, findingsOf } from './finding.ts'
import { fails, type Policy } from './policy.ts'

/** A finding, and what a policy and a baseline say of it. */
export interface JudgedFinding extends Finding {
  /** The reason in the baseline; undefined if it is new, or stands there without a reason. */
  readonly known: string | undefined
  /** Whether it stands in the baseline without a reason. */
  readonly isUnreasoned: boolean
  /** Whether the audit fails for it: it is not known, and the policy does not allow it. */
  readonly fails: boolean
  /** Undefined where nothing but the circuit as a whole is known. */
  readonly location: SourceLocation | undefined
  /** Files that show it: witnesses. */
  readonly files: readonly string[]
}

/** A report as its formats show it. */
export interface Judgement {
  readonly circuit: string
  /** Of zkclear. */
  readonly version: string
  readonly report: AuditReport
  readonly policy: Policy
  /** The worst first. */
  readonly findings: readonly JudgedFinding[]
  /** Entries of the baseline that know no finding any more. */
  readonly stale: readonly BaselineEntry[]
  /** Entries of signals that this audit was not about. */
  readonly unasked: readonly BaselineEntry[]
  readonly failed: boolean
}

export interface JudgeOptions {
  readonly circuit: string
  readonly version: string
  readonly policy: Policy
  readonly baseline: readonly BaselineEntry[]
  /** Whether the baseline was written of this very report, so that nobody can have given reasons yet. */
  readonly isBeingWritten?: boolean
  /** Whether every signal was audited, or the targets of the report alone. */
  readonly isWhole: boolean
  readonly locate: (name: string) => SourceLocation | undefined
  readonly filesOf: (finding: Finding) => readonly string[]
}

/** Says which findings of a report are new, and whether the audit fails for them. */
export function judge(report: AuditReport, options: JudgeOptions): Judgement {
  const { circuit, version, policy, baseline, isBeingWritten = false, isWhole, locate, filesOf } = options
  const plain = findingsOf(report)
  const findings = plain.map((finding): JudgedFinding => {
    const entry = entryFor(finding, baseline)
    const isUnreasoned = entry !== undefined && !isReasoned(entry)
    const known = isUnreasoned ? undefined : entry?.reason
    const isFailure = known === undefined && fails(finding, policy) && !(isUnreasoned && isBeingWritten)
    return {
      ...finding,
      known,
      isUnreasoned,
      fails: isFailure,
      location: locate(finding.name),
      files: filesOf(finding),
    }
  })
  const audited = new Set(report.targets.map(({ name }) => name))
  // Ranges and public inputs are looked at whatever the targets are.
  const isAudited = ({ kind, name }: BaselineEntry) =>
    isWhole || kind === 'RANGE' || audited.has(name) || report.unusedPublicInputs.includes(name)
  return {
    circuit,
    version,
    report,
    policy,
    findings,
    stale: staleEntries(baseline, plain, isAudited),
    unasked: baseline.filter((entry) => !isAudited(entry)),
    failed: findings.some((finding) => finding.fails),
  }
}
