import type { AuditReport } from '../../../audit/audit.ts'
import { table } from '../table.ts'

/** What scripts/soundness/libraries.ts found, by package and template. */
export interface LibrariesData {
  readonly libraries: readonly {
    readonly name: string
    readonly version: string
    readonly templates: readonly {
      /** With its arguments. */
      readonly template: string
      readonly constraints: number
      readonly counts: AuditReport['counts']
      /** Outputs that are neither PROVEN nor HARMLESS. */
      readonly openOutputs: number
      readonly ranges: number
      readonly lemmas: AuditReport['lemmas']
      /** Of one processor core, without compiling. */
      readonly seconds: number
    }[]
  }[]
  /** Of the usual work of the search for forgeries. */
  readonly effort: number
}

export type Template = LibrariesData['libraries'][number]['templates'][number]

export function render({ libraries, effort }: LibrariesData): string {
  const head = [
    ...['template', 'constraints', 'PROVEN', 'HARMLESS', 'FORGED', 'UNUSED', 'UNKNOWN', 'RANGE', 'open outputs'],
    ...['gadgets argued', 'core s'],
  ]
  const cells = ({ template, constraints, counts, openOutputs, ranges, lemmas, seconds }: Template) => [
    template,
    constraints,
    ...[counts.PROVEN, counts.HARMLESS, counts.FORGED, counts.UNUSED, counts.UNKNOWN, ranges, openOutputs],
    Object.values(lemmas).reduce((sum, count) => sum + count, 0),
    seconds.toFixed(1),
  ]
  const all = libraries.flatMap(({ templates }) => templates)
  const whole = all.filter(({ counts }) => counts.FORGED + counts.UNUSED + counts.UNKNOWN === 0)
  return `## Circuits that others wrote

\`node scripts/soundness/libraries.ts FOLDER\` audits public templates of packages of the npm registry, each by itself, and writes these tables:
${all.length} templates, of which ${whole.length} are PROVEN in every signal (but for HARMLESS ones). Searches for forgeries had
${effort} times their usual work. "Gadgets argued" counts those that lemmas cover; seconds are of one processor core, without compiling.

**A row that is not all PROVEN is no bug report.** Templates ask things of their inputs that they leave to their caller to check: that they are bits
(\`Pedersen\`), numbers of few bits (comparisons), limbs of a size (\`FpMul\`: a column may wrap around r), points of the curve
(\`EscalarMulAny\`, \`Ecdh\`, the verifiers of EdDSA, \`MessageToCommand\`, and what is made of them, such as \`ProcessMessages\`), or two points that
differ (\`MontgomeryAdd\`). By themselves they are FORGED, UNKNOWN, or beyond their range, and rightly so. With the usual work all 15 outputs of
\`MessageToCommand\`, the command that a vote is decrypted to, are FORGED: by a key that is no point, and that has order 7 on another curve.

${libraries
  .filter(({ templates }) => templates.length > 0)
  .map(({ name, version, templates }) => `### ${name} ${version}\n\n${table(head, templates.map(cells))}`)
  .join('\n\n')}
`
}
