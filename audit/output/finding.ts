import type { AuditedSignal, AuditReport } from '../audit.ts'

/** What a finding is: a verdict that is neither PROVEN nor HARMLESS, or a constraint that nothing satisfies. */
export type FindingKind = 'FORGED' | 'RANGE' | 'UNUSED' | 'UNKNOWN' | 'CONTRADICTION'

/** The kinds, the worst first. */
export const FINDING_KINDS: readonly FindingKind[] = ['CONTRADICTION', 'FORGED', 'RANGE', 'UNUSED', 'UNKNOWN']

/** One thing of a report that a person has to look at. Holds no values. */
export interface Finding {
  readonly kind: FindingKind
  /** The signal, or `constraint 5`. No two findings of a kind have the same. */
  readonly name: string
  readonly message: string
  /** What else is known of it, a line each. */
  readonly details: readonly string[]
  /** Whether it is of a signal that verifiers see: an output or a public input. */
  readonly isPublic: boolean
}

/** All findings of a report, the worst first. */
export function findingsOf(report: AuditReport): Finding[] {
  const found = [
    ...report.contradictions.map(contradiction),
    ...[...report.targets, ...report.ancestors].flatMap(ofSignal),
    ...report.ranges.map(({ signal, assumption, shown }) => {
      return { ...INNER, kind: 'RANGE' as const, name: signal, message: assumption, details: [shown] }
    }),
    ...report.unusedPublicInputs.map(unusedInput),
  ]
  return found.sort((a, b) => FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind))
}

const INNER = { details: [], isPublic: false }

function contradiction(constraint: number): Finding {
  const message = `no witness satisfies constraint ${constraint}: nothing can be proved, and PROVEN says nothing`
  return { ...INNER, kind: 'CONTRADICTION', name: `constraint ${constraint}`, message }
}

function unusedInput(name: string): Finding {
  const message = `no constraint mentions the public input ${name}: a proof holds for any value of it`
  return { kind: 'UNUSED', name, message, details: [], isPublic: true }
}

function ofSignal({ name, verdict, isOutput, search, ...why }: AuditedSignal): Finding[] {
  const { freeAncestors = [], stuckAt = [], uncheckedPoints = [] } = why
  const kind = verdict
  const points = uncheckedPoints.length > 0 ? [pointsText(uncheckedPoints)] : []
  if (kind === 'PROVEN' || kind === 'HARMLESS') return []
  if (kind === 'FORGED') {
    const message = `the inputs do not determine ${name}: two witnesses with equal inputs differ in it`
    return [{ kind, name, message, details: points, isPublic: isOutput }]
  }
  if (kind === 'UNUSED') {
    const message = isOutput
      ? `no constraint mentions the output ${name}: a proof holds for any value of it`
      : `no constraint mentions ${name}: whatever is assigned to it counts for nothing`
    return [{ kind, name, message, details: [], isPublic: isOutput }]
  }
  const message = `the inputs are not known to determine ${name}: ${SEARCHES[search ?? 'none']}`
  const follows = freeAncestors.length > 0 ? [`follows from what is FORGED: ${freeAncestors.join(', ')}`] : []
  return [{ kind, name, message, details: [...follows, ...points, ...stuckAt.map(stuckText)], isPublic: isOutput }]
}

/** Why nothing was found against an UNKNOWN signal. */
const SEARCHES = {
  work: 'no forgery found',
  time: 'the search ran out of time',
  none: 'no forgery was looked for',
} as const

/** Unknown signals that are named of one constraint. */
const MOST_NAMED = 6

/** Points that are named of one signal. */
const MOST_POINTS = 3

function pointsText(points: NonNullable<AuditedSignal['uncheckedPoints']>): string {
  const named = points.slice(0, MOST_POINTS).map((names) => `(${names.join(', ')})`)
  const more = points.length > MOST_POINTS ? ` and ${points.length - MOST_POINTS} more` : ''
  return `hangs on points that no constraint checks to be on the curve: ${named.join(', ')}${more}`
}

function stuckText({ constraint, components, unknown }: NonNullable<AuditedSignal['stuckAt']>[number]): string {
  const more = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : ''
  return `stuck at constraint ${constraint} of ${components.join(', ')}: ${unknown.slice(0, MOST_NAMED).join(', ')}${more}`
}
