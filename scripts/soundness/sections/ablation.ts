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
  /** Of the templates that were proved again without each part that had a say in them. */
  readonly mostConstraints: number
  /** Of a template that was proved again without what no smaller one needs. */
  readonly mostOfAny: number
  readonly parts: readonly AblatedPart[]
}

const NOTE_TEXT: Readonly<Record<string, string>> = {
  bounds: 'bounds of signals',
  strides: 'strides: what any two values differ by a multiple of',
  factors: 'forms that are never 0',
  implications: 'implications between bits',
  points: 'points of Baby Jubjub, their orders and multiples',
}

export function render({ libraries, mostConstraints, mostOfAny, parts }: AblationData): string {
  const lost = ['templates without it', 'signals lost', 'most of them in']
  const lostOf = ({ tried, lost, most }: AblatedPart) => [
    ...[tried, lost],
    most === null ? '' : `${most.template}: ${number(most.signals)}`,
  ]
  const of = (kind: AblatedPart['kind']) =>
    parts
      .filter((part) => part.kind === kind)
      .toSorted((a, b) => b.lost - a.lost || b.signals - a.signals || b.gadgets - a.gadgets)
  const count = libraries.reduce((sum, { templates }) => sum + templates, 0)
  const packages = libraries.map(({ name, version }) => `${name} ${version}`).join(', ')
  return `## What each rule and lemma adds

\`node scripts/soundness/ablation.ts FOLDER\` proves ${count} templates of others once with all that the audit has (those above, of ${packages}),
and those of at most ${number(mostConstraints)} constraints again without each part that had a say in them. A part that has no say in any of these is left
out of the smallest template in which it has one, and one that none of these needs out of the largest, up to ${number(mostOfAny)} constraints. A signal is lost
if it is PROVEN or HARMLESS with the part and neither without. What hangs on a signal is lost with it, and what one part shows another
often shows as well: so what is lost is not what a rule determined, and does not add up. Rules that are not listed determined nothing there: they are for circuits
of other kinds, such as [ours](#our-circuits-under-the-audit).

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

function number(value: number): string {
  return value.toLocaleString('en-US')
}
