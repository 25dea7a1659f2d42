import { CIRCUIT_NAMES, CIRCUITS, TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import { PROFILE_NAMES } from '../../protocol/shape.ts'
import { bytes, milliseconds, number, seconds, table } from './markdown.ts'
import type { BackendTimes, Measurements, Proving } from './measurements.ts'
import type { Spread } from './spread.ts'

/** What each circuit claims and what its constraints are spent on. */
export function renderCircuits({ circuits }: Measurements): string {
  return CIRCUIT_NAMES.map((name) => {
    const definition = CIRCUITS[name]
    const profiles = PROFILE_NAMES.filter((profile) => circuits[profile]?.[name] !== undefined)
    const counts = profiles.map((profile) => circuits[profile][name]!.counts)
    const sections = [...new Set(counts.flatMap((of) => Object.keys(of.sections)))]
    const row = (label: string, of: (index: number) => number | string) => {
      const cells = counts.map((_, i) => of(i))
      return [label, ...cells.map((cell) => (typeof cell === 'number' ? number(cell) : cell))]
    }
    const perMessage = row('Constraints per message', (i) =>
      Math.round(counts[i]!.total / TRADE_BATCH_SIZES[profiles[i]!].messages),
    )
    const rows = [
      ...sections.map((section) => row(section, (i) => counts[i]!.sections[section] ?? 0)),
      row('**Constraints**', (i) => `**${number(counts[i]!.total)}**`),
      row('Budget', (i) => CIRCUITS[name].review.budget[profiles[i]!]),
      row('linear, non-linear', (i) => `${number(counts[i]!.linear)}, ${number(counts[i]!.nonLinear)}`),
      row('Witness length', (i) => counts[i]!.wires),
      ...(name === 'trade-batch' ? [perMessage] : []),
    ]
    return `## ${name}

Claim: ${definition.claim}

Public inputs, in order: ${definition.publicSignals.map((signal) => `\`${signal}\``).join(', ')}.

${table(['', ...profiles], rows)}`
  }).join('\n\n')
}

/** Compiling and making keys. */
export function renderBuilding(measurements: Measurements): string {
  return `### Building

${table(
  ['', 'constraints', 'compile', "compiler's peak memory", 'dev key', '.zkey', '.wasm', '.r1cs'],
  measuredCircuits(measurements).flatMap(({ label, counts, building: b }) =>
    b === undefined
      ? []
      : [
          [
            label,
            number(counts.total),
            seconds(b.compile),
            bytes(b.compilePeakBytes),
            b.key ? seconds(b.key) : 'not measured',
            b.zkeyBytes ? bytes(b.zkeyBytes) : '',
            bytes(b.wasmBytes),
            bytes(b.r1csBytes),
          ],
        ],
  ),
)}`
}

/** From the witness to a verified proof, with the library's prover and with snarkjs as it comes. */
export function renderWhole(measurements: Measurements): string {
  const proved = measuredCircuits(measurements).flatMap(({ label, proving }) => (proving ? [{ label, proving }] : []))
  const { snarkjsPreparation: preparation } = measurements
  return `### From a witness to a verified proof

A warm prover of the library: circuits and keys are in memory, threads are running. The batch uses every message, step and
account slot of its profile. "All" is witness, proof and verifying. The last column is the processor time of the witness
as a share of the proof's.

${table(
  ['', 'backend', 'load', 'first proof', 'witness', "witness's CPU", 'verify', 'all', 'peak memory', 'witness / proof'],
  proved.flatMap(({ label, proving }) =>
    Object.entries(proving.backends).map(([backend, times]) => [
      label,
      backend,
      milliseconds(times.load),
      milliseconds(times.firstProof),
      milliseconds(times.witness),
      milliseconds(times.witnessCpu),
      milliseconds(times.verify),
      whole(times),
      bytes(times.peakBytes),
      `${Math.round((100 * times.witnessCpu.median) / times.proveCpu.median)} %`,
    ]),
  ),
)}

Settling takes, in gas of the whole transaction: ${proved.flatMap(({ label, proving: { gas } }) => (gas === undefined ? [] : `${number(gas)} for ${label}`)).join(', ')}
(\`Settlement.settle\`, \`Exits.recordClaim\` and \`MarginGate.admit\`).

${renderWitnesses(proved)}### Beside snarkjs as it comes

\`groth16.fullProve\` on the same files, witness and proof together, in a process of its own. It reads the key and compiles
the witness program at every call, and does not verify what it made; the library's prover does.

${table(
  ['', 'fullProve, first call', 'fullProve, later calls', 'peak memory', 'library, all', 'faster by'],
  proved.map(({ label, proving: p }) => {
    const best = Object.values(p.backends)[0]!
    return [
      label,
      milliseconds(p.fullProveFirst),
      milliseconds(p.fullProve),
      bytes(p.fullProvePeakBytes),
      whole(best),
      `${(p.fullProve.median / wholeMilliseconds(best)).toFixed(1)} times`,
    ]
  }),
)}
${
  preparation === undefined
    ? ''
    : `
Keys: before snarkjs can set up a circuit it prepares powers of tau, which takes ${(preparation.milliseconds / 1000).toFixed(0)} s for 2^${preparation.power} constraints and about
twice as long for each power more; the small trade-batch needs 2^16. A dev key is made without them.`
}`
}

/** The witness alone, by each generator; nothing before it was measured. */
function renderWitnesses(
  proved: readonly { readonly label: string; readonly proving: Pick<Proving, 'witnesses'> }[],
): string {
  const measured = proved.flatMap(({ label, proving: { witnesses } }) => (witnesses ? [{ label, witnesses }] : []))
  if (measured.length === 0) return ''
  const generators = [...new Set(measured.flatMap(({ witnesses }) => Object.keys(witnesses)))]
  const cell = (of?: Spread) => (of === undefined ? '' : milliseconds(of))
  return `### Witnesses

Processor time of the example's witness, from the input's values, by circom's calculator and by the circuit's own program on each
path; all give the same, which is compared before anything is timed.

${table(
  ['', ...generators],
  measured.map(({ label, witnesses }) => [label, ...generators.map((generator) => cell(witnesses[generator]))]),
)}

`
}

function measuredCircuits({ circuits }: Measurements) {
  return PROFILE_NAMES.flatMap((profile) =>
    CIRCUIT_NAMES.flatMap((name) => {
      const measured = circuits[profile]?.[name]
      return measured === undefined ? [] : [{ label: `${name}, ${profile}`, ...measured }]
    }),
  )
}

function whole(times: BackendTimes): string {
  return `${number(Math.round(wholeMilliseconds(times)))} ms`
}

function wholeMilliseconds({ witness, prove, verify }: BackendTimes): number {
  return witness.median + prove.median + verify.median
}
