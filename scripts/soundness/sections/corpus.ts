import type { BoundaryDirection } from '../../../audit/boundary.ts'
import type { Verdict } from '../../../audit/prove.ts'
import type { Evidence } from '../../../lab/corpus/corpus.ts'
import { table } from '../table.ts'

export type CorpusVerdict = Verdict | BoundaryDirection | 'AGREES' | 'VACUOUS' | 'USED' | 'RANGE' | 'IN RANGE'

/** What scripts/soundness/corpus.ts found, by pair. */
export interface CorpusData {
  readonly rows: readonly {
    readonly class: string
    readonly bug: string
    readonly twin: string
    readonly planted: string
    readonly shownBy: Evidence['by']
    readonly bugVerdict: CorpusVerdict
    readonly twinVerdict: CorpusVerdict
    /** Of one processor core, both circuits, without compiling. */
    readonly seconds: number
  }[]
  /** Inputs that the boundary tester tried on each circuit. */
  readonly cases: number
}

export function render({ rows, cases }: CorpusData): string {
  const missed = rows.filter(({ bugVerdict }) => bugVerdict === 'UNKNOWN').map(({ bug }) => bug)
  const found = rows.filter(({ bugVerdict }) => bugVerdict !== 'UNKNOWN')
  const counts = Object.entries(Object.groupBy(found, ({ shownBy }) => shownBy))
  const summary = counts.map(([shownBy, all]) => `${all!.length} by ${shownBy}`).join(', ')
  return `## Corpus

\`lab/corpus/circuits\` has ${2 * rows.length} small circuits of our own: ${rows.length} with a planted bug, each beside its corrected twin. Where the bug is a
free signal, the audit forges two witnesses, or sees that no constraint mentions it, and proves the twin; where a gadget meets numbers
beyond its range, it finds a witness of that. Where it is another wrong answer, the boundary tester, on ${cases} inputs each, finds a
difference from the model, and none in the twin. A public input without a constraint shows in the compiled system. Bugs found:
${summary}; not found, and not proved either: ${missed.length === 0 ? 'none' : missed.join(', ')}. \`node scripts/soundness/corpus.ts\` writes this table.

${table(
  ['class', 'bug', 'planted', 'verdict', 'twin', 'its verdict', 'core s'],
  rows.map((row) => [
    row.class,
    row.bug,
    row.planted,
    row.bugVerdict,
    row.twin,
    row.twinVerdict,
    row.seconds.toFixed(2),
  ]),
  { left: true },
)}
`
}
