import { ZkclearError } from '../../protocol/errors.ts'
import { FINDING_KINDS, type Finding, type FindingKind } from './finding.ts'

/** A finding that somebody has looked at. */
export interface BaselineEntry {
  readonly kind: FindingKind
  readonly name: string
  /** Whether it is of an output or a public input. */
  readonly isPublic: boolean
  /** Why it is all right, or what will be done about it. */
  readonly reason: string
}

/** The reason of entries that nobody has given one. */
const NO_REASON = 'no reason yet'

/** Whether somebody has said why it is all right: else nobody has looked at it. */
export function isReasoned({ reason }: BaselineEntry): boolean {
  return reason !== NO_REASON
}

/** A constraint that nothing satisfies is never all right. */
const LISTED: readonly FindingKind[] = FINDING_KINDS.filter((kind) => kind !== 'CONTRADICTION')

/** Stands behind the names of outputs and public inputs. */
const PUBLIC = '(public)'
const LINE = new RegExp(`^(${LISTED.join('|')}) +(\\S.*?)( +\\(public\\))? +# *(\\S.*?) *$`)

/**
 * Reads a baseline: a line `KIND signal # reason` for each known finding, with `(public)` behind the names of outputs and
 * public inputs; empty lines and those that begin with # count for nothing. Throws INPUT_INVALID, with the line, for anything else, an entry without a reason and one that stands twice.
 */
export function parseBaseline(text: string, path: string): BaselineEntry[] {
  const entries = new Map<string, BaselineEntry>()
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, kind, name, mark, reason] = LINE.exec(line) ?? []
    if (kind === undefined || name === undefined || reason === undefined) {
      const message = `line ${at + 1} is no entry: need a kind (${LISTED.join(', ')}), a signal, and # with a reason`
      throw new ZkclearError('INPUT_INVALID', message, { path })
    }
    if (entries.has(`${kind} ${name}`)) {
      throw new ZkclearError('INPUT_INVALID', `line ${at + 1} gives ${kind} ${name} once more`, { path })
    }
    entries.set(`${kind} ${name}`, { kind: kind as FindingKind, name, isPublic: mark !== undefined, reason })
  }
  return [...entries.values()]
}

/** The text of a baseline that knows all these findings and keeps some entries; reasons that were given before are kept. */
export function baselineText(
  findings: readonly Finding[],
  before: readonly BaselineEntry[],
  kept: readonly BaselineEntry[],
): string {
  const listed = findings.filter(({ kind }) => LISTED.includes(kind))
  const entries = listed.map((finding) => {
    const { kind, name, isPublic } = finding
    return entryFor(finding, before) ?? { kind, name, isPublic, reason: NO_REASON }
  })
  const lines = [...entries, ...kept].map((entry) => `${entryText(entry)} # ${entry.reason}`)
  return ['# zkclear audit: findings that are known, each with a reason', ...new Set(lines.toSorted()), ''].join('\n')
}

/** An entry without its reason. */
export function entryText({ kind, name, isPublic }: Pick<BaselineEntry, 'kind' | 'name' | 'isPublic'>): string {
  return `${kind} ${name}${isPublic ? ` ${PUBLIC}` : ''}`
}

/**
 * The entry that knows a finding. What was found of a signal inside is not known of one that verifiers see. An entry FORGED knows UNKNOWN as well: whether a forgery is found may hang on the time that
 * the search had. Nothing else stands for something else.
 */
export function entryFor(
  { kind, name, isPublic }: Finding,
  entries: readonly BaselineEntry[],
): BaselineEntry | undefined {
  const isCovered = (entry: BaselineEntry) => entry.kind === kind || (entry.kind === 'FORGED' && kind === 'UNKNOWN')
  return entries.find((entry) => entry.name === name && (entry.isPublic || !isPublic) && isCovered(entry))
}

/** Entries of what was audited that know no finding any more. */
export function staleEntries(
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  isAudited: (entry: BaselineEntry) => boolean,
): BaselineEntry[] {
  const used = new Set(findings.map((finding) => entryFor(finding, entries)))
  return entries.filter((entry) => !used.has(entry) && isAudited(entry))
}
