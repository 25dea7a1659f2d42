import type { Verdict } from '../../../audit/prove.ts'
import { table } from '../table.ts'

/** What scripts/audit.ts found of our circuits, small profile. */
export interface AuditData {
  readonly circuits: readonly {
    readonly circuit: string
    /** Without simplification: what is audited. */
    readonly constraints: number
    readonly shippedConstraints: number
    readonly counts: Readonly<Record<Verdict, number>>
    readonly rules: Readonly<Partial<Record<string, number>>>
    readonly lemmas: Readonly<Record<string, number>>
    /** The reviewed list of what may be free, and how many signals each of its patterns excuses. */
    readonly free: readonly { readonly pattern: string; readonly count: number; readonly reason: string }[]
    /** Verdict and name of signals that are not PROVEN and on no list. */
    readonly unexplained: readonly string[]
    /** Of one processor core, without compiling. */
    readonly auditSeconds: number
    readonly peakBytes: number
    /** The shipped circuit has the same solutions on the signals that it keeps. */
    readonly equivalent: boolean
    readonly equivalenceSeconds: number
  }[]
  readonly assumptions: readonly {
    readonly circuit: string
    readonly x: string
    readonly y: string
    readonly reason: string
  }[]
}

export function render({ circuits, assumptions }: AuditData): string {
  const rules = [...new Set(circuits.flatMap((one) => Object.keys(one.rules)))]
  const share = ({ counts }: AuditData['circuits'][number]) => {
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return `${((100 * counts.PROVEN) / all).toFixed(2)} %`
  }
  const free = Object.groupBy(
    circuits.flatMap((one) => one.free.map((entry) => ({ circuit: one.circuit, ...entry }))),
    ({ reason }) => reason,
  )
  const lemmas = circuits.flatMap((one) =>
    Object.entries(one.lemmas).map(([template, count]) => [one.circuit, template, count] as const),
  )
  return `## Our circuits under the audit

\`npm run audit:record\` asks of every signal of our circuits, small profile, compiled without simplification, whether the inputs
determine it ([audit](audit.md) has what the verdicts mean), and whether the shipped circuit, fully simplified, has the same
solutions on the signals that it keeps. Seconds are of one processor core, without compiling; memory is the most that was
resident during the audit.

${table(
  ['', ...circuits.map((one) => one.circuit)],
  [
    ['constraints audited', ...circuits.map((one) => one.constraints)],
    ...(['PROVEN', 'HARMLESS', 'FORGED', 'UNUSED', 'UNKNOWN'] as const).map((verdict) => [
      verdict,
      ...circuits.map((one) => one.counts[verdict]),
    ]),
    ['share PROVEN', ...circuits.map(share)],
    ['seconds', ...circuits.map((one) => one.auditSeconds.toFixed(1))],
    ['memory', ...circuits.map((one) => `${Math.round(one.peakBytes / 1e6)} MB`)],
    ['constraints shipped', ...circuits.map((one) => one.shippedConstraints)],
    ['shipped circuit is equivalent', ...circuits.map((one) => (one.equivalent ? 'yes' : 'NO'))],
    ['seconds of that check', ...circuits.map((one) => one.equivalenceSeconds.toFixed(1))],
  ],
)}

What determined the signals that are PROVEN:

${table(
  ['rule', ...circuits.map((one) => one.circuit)],
  rules.map((rule) => [rule, ...circuits.map((one) => one.rules[rule] ?? 0)]),
)}

Proved on paper; the arguments are in audit/lemmas/, each beside the fingerprint of its gadget:

${lemmas.map(([circuit, template, count]) => `- \`${template}\`, ${count} times in ${circuit}`).join('\n')}

Assumed:

${assumptions.map(({ circuit, x, y, reason }) => `- in ${circuit}, that (\`${x}\`, \`${y}\`) is a key: ${reason}`).join('\n')}

Free, according to the reviewed list in \`review.ts\` of the circuit's folder, which \`test/audit/own-circuits.test.ts\` checks:

${Object.entries(free)
  .map(
    ([reason, all]) =>
      `${table(
        ['circuit', 'signals', 'how many'],
        all!.map(({ circuit, pattern, count }) => [circuit, `\`${pattern}\``, count]),
        { left: true },
      )}\n\nThese are ${reason}.`,
  )
  .join('\n\n')}

The same file lists every input by its role. \`test/circuits/hints.test.ts\` gives false values to each input that is only a hint.
`
}
