import { table } from '../table.ts'

/** A rule, a kind of what is noted beside rules, or a lemma, and what is lost without it. */
export interface AblatedPart {
  readonly kind: 'rule' | 'note' | 'lemma'
  readonly name: string
  /** Signals that the rule determined, in all templates. */
  readonly signals: number
  /** How often the lemma's gadget was found, in all templates. */
  readonly gadgets: number
  /** Templates in which it had a say. */
  readonly templates: number
  /** Templates that were proved again without it. */
  readonly tried: number
  /** Signals of these that were PROVEN or HARMLESS with it, and are not without. */
  readonly lost: number
  /** Where most of them are; null if none was lost. */
  readonly most: { readonly template: string; readonly signals: number } | null
}

/** What scripts/soundness/ablation.ts found. */
export interface AblationData {
  readonly libraries: readonly { readonly name: string; readonly version: string; readonly templates: number }[]
  /** Of the templates that were proved again, but for those without which a part would have none. */
  readonly mostConstraints: number
  readonly parts: readonly AblatedPart[]
}

const NOTE_TEXT: Readonly<Record<string, string>> = {
  bounds: 'bounds of signals',
  strides: 'strides: what any two values differ by a multiple of',
  factors: 'forms that are never 0',
  implications: 'implications between bits',
  points: 'points of Baby Jubjub, their orders and multiples',
}

export function render({ libraries, mostConstraints, parts }: AblationData): string {
  const lost = ['templates without it', 'signals lost', 'most of them in']
  const lostOf = ({ tried, lost, most }: AblatedPart) => [
    ...[tried, lost],
    most === null ? '' : `${most.template}: ${most.signals.toLocaleString('en-US')}`,
  ]
  const of = (kind: AblatedPart['kind']) =>
    parts
      .filter((part) => part.kind === kind)
      .toSorted((a, b) => b.lost - a.lost || b.signals - a.signals || b.gadgets - a.gadgets)
  const count = libraries.reduce((sum, { templates }) => sum + templates, 0)
  return `## What each rule and lemma adds

\`node scripts/soundness/ablation.ts FOLDER\` proves the ${count} templates of ${libraries.map(({ name, version }) => `${name} ${version}`).join(', ')}
once with all that the audit has, and those of at most ${mostConstraints.toLocaleString('en-US')} constraints again without each part
that had a say in them; a part that has a say in larger ones alone is left out of the smallest of these. A signal is lost if it is PROVEN
or HARMLESS with the part and neither without. What one rule finds another one often would have found as well, and what hangs
on a signal is lost with it: so these numbers are not those of the signals that a rule determined, and do not add up.

${table(
  ['rule', 'signals that it determined', 'in templates', ...lost],
  of('rule').map((part) => [part.name, part.signals, part.templates, ...lostOf(part)]),
)}

What is noted beside the rules:

${table(
  ['noted', ...lost],
  of('note').map((part) => [NOTE_TEXT[part.name] ?? part.name, ...lostOf(part)]),
)}

Lemmas, each of which was left out alone:

${table(
  ['gadget', 'found', 'in templates', ...lost],
  of('lemma').map((part) => [part.name, part.gadgets, part.templates, ...lostOf(part)]),
)}
`
}
