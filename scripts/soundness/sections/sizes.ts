import type { AuditReport } from '../../../audit/audit.ts'
import { table } from '../table.ts'

/** What the audit of one circuit took. */
export interface SizedRun {
  readonly constraints: number
  readonly counts: AuditReport['counts']
  /** Why the proof stopped early; empty if it did not. */
  readonly stopped: string
  /** Of one processor core: compiling, in a process of its own, and all the rest. */
  readonly compileSeconds: number
  readonly auditSeconds: number
  /** By the clock: everything, and compiling and reading alone. */
  readonly waitedSeconds: number
  readonly compileWaitedSeconds: number
  /** Of the process of the audit. */
  readonly peakBytes: number
}

export interface SizedRow extends SizedRun {
  readonly what: string
  /** Package and version. */
  readonly of: string
}

/** What scripts/soundness/sizes.ts measured. */
export interface SizesData {
  readonly processor: string
  readonly rows: readonly SizedRow[]
}

export function render({ processor, rows }: SizesData): string {
  const share = ({ counts }: SizedRow) => {
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return `${((100 * (counts.PROVEN + counts.HARMLESS)) / all).toFixed(2)} %`
  }
  const cells = (row: SizedRow) => [
    row.what,
    row.constraints,
    row.compileSeconds.toFixed(0),
    row.auditSeconds.toFixed(0),
    (row.waitedSeconds - row.compileWaitedSeconds).toFixed(0),
    `${Math.round(row.peakBytes / 1e6).toLocaleString('en-US')} MB`,
    share(row),
    row.stopped === '' ? 'no' : row.stopped,
  ]
  const packages = [...new Set(rows.map(({ of }) => of))].join(', ')
  return `## How long it takes

\`node scripts/soundness/sizes.ts FOLDER\` makes circuits of many sizes of public templates (${packages}), and asks of every signal
of them whether the inputs determine it, with the memory that the command has by default. Semaphores are chained: the scope of each is
the nullifier of the one before. "Audit" is all but compiling. Where its seconds by the clock are many more than those of a core, the machine had
other work. Processor: ${processor}. \`ProcessMessages\` of MACI multiplies points that are inputs and that no constraint checks
([elliptic curves](#elliptic-curves)): what it decrypts by them is UNKNOWN, and all that follows ([why](#what-stays-unknown-and-why)).

${table(
  [
    ...[
      'circuit',
      'constraints',
      'compiling, core s',
      'audit, core s',
      'audit, s',
      'audit, memory',
      'PROVEN or HARMLESS',
    ],
    'stopped early',
  ],
  rows.map(cells),
)}
`
}
