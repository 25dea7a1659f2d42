import type { ProofSystemRun } from '../proof-system-child.ts'
import { table } from '../table.ts'

/** What scripts/soundness/proof-systems.ts measured, by proof system. */
export interface ProofSystemsData {
  readonly systems: Readonly<
    Record<
      string,
      Omit<ProofSystemRun, 'proof' | 'publicSignals'> & {
        readonly verifyGas: number
        readonly deployGas: number
        readonly codeBytes: number
      }
    >
  >
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const seconds = (value: number) => `${value.toFixed(1)} s`

export function render({ systems }: ProofSystemsData): string {
  const columns = Object.values(systems)
  type Column = (typeof columns)[number]
  const row = (name: string, cell: (column: Column) => string | number) => [name, ...columns.map(cell)]
  return `## Proof systems

The small \`margin-sufficiency\` in every proof system, proved by snarkjs. Processor time is that of all threads together; it
says more than wall-clock time, which depends on what else the machine is doing. [proof-systems.md](proof-systems.md) says what
each is for and what the verifiers check.

${table(
  ['', ...Object.keys(systems)],
  [
    row('constraints', ({ constraints }) => constraints),
    row('rows with public signals, or gates', ({ rows }) => rows),
    row('domain', ({ domainLog }) => `2^${domainLog}`),
    row('proving key', ({ zkeyBytes }) => megabytes(zkeyBytes)),
    row('build, processor time', ({ buildSeconds }) => seconds(buildSeconds)),
    row('proof, processor time', ({ proveSeconds }) => seconds(median(proveSeconds))),
    row('memory of proving', ({ provePeakBytes }) => megabytes(provePeakBytes)),
    row('verification here', ({ verifyMilliseconds }) => `${Math.round(median(verifyMilliseconds))} ms`),
    row('gas of a transaction that verifies', ({ verifyGas }) => verifyGas),
    row('gas of deployment', ({ deployGas }) => deployGas),
    row('creation code in bytes', ({ codeBytes }) => codeBytes),
  ],
)}
`
}
