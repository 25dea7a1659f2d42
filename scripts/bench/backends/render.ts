import { bytes, milliseconds, number, perConstraint, table } from '../markdown.ts'
import { goals } from './goals.ts'
import { PARTS, type Part } from './native-parts.ts'
import type { CircuitResult, ScalingResult } from './results.ts'

const PART_NAMES: Readonly<Record<Part, string>> = {
  rows: 'A·w, B·w',
  ntt: 'NTT',
  a: 'A',
  b1: 'B1',
  b2: 'B2',
  c: 'C',
  h: 'H',
}

/** The proof alone: all backends side by side, the native one by parts, and the goals. */
export function renderBackends(results: readonly CircuitResult[], scaling: ScalingResult | undefined): string {
  return `### Backends side by side

The proof alone, from a witness in memory to three points; each was verified before the next one was made. In one run all
backends in turn prove the same witness under the same key, after one proof each to warm up. Each has a process of its own that
keeps the key in memory. CPU is the processor time of all threads together.${outsideNote(results)}

![Milliseconds of a proof by backend, on a logarithmic scale](benchmarks-backends.svg)

${results.map(renderCircuit).join('\n\n')}

### Where the time goes

Processor time of a native proof with one thread, by part: the rows of the constraint system times the witness, the NTTs,
and the five multi-exponentiations. The rest is splitting scalars into digits, and assembling the proof.

${table(
  ['', 'CPU', ...PARTS.map((part) => PART_NAMES[part]), 'rest'],
  results.flatMap(({ circuit, native }) =>
    native.map(({ path, cpu, parts }) => {
      const named = PARTS.map((part) => parts[part])
      const rest = Math.max(0, cpu - named.reduce((sum, part) => sum + part, 0))
      return [
        `${circuit}: ${path}`,
        `${number(Math.round(cpu))} ms`,
        ...[...named, rest].map((part) => `${((100 * part) / cpu).toFixed(0)} %`),
      ]
    }),
  ),
)}

### Several at once, loading, memory

Two proofs with one thread each, started together, beside one alone; loading the key, with all threads; and how much more
memory is resident while proving, with all threads, than before the key was loaded.

${table(
  ['', 'one proof', 'two at once', 'throughput', 'load key', '.zkey', 'memory', 'of .zkey'],
  results.flatMap(({ circuit, native, zkeyBytes }) =>
    native.map(({ path, oneProof, twoProofs, load, memoryGrowth }) => [
      `${circuit}: ${path}`,
      milliseconds(oneProof),
      milliseconds(twoProofs),
      `${((2 * oneProof.median) / twoProofs.median).toFixed(2)} times`,
      milliseconds(load),
      bytes(zkeyBytes),
      bytes(memoryGrowth),
      `${(memoryGrowth / zkeyBytes).toFixed(1)} times`,
    ]),
  ),
)}

### Goals

Measured is the worst of the circuits with a domain of 2^16 or more.

${table(
  ['', 'goal', 'measured', ''],
  goals(results, scaling).map(({ what, aim, measured, met }) => [what, aim, measured, met ? 'reached' : 'not reached']),
)}`
}

/** Cost for each constraint as a circuit grows. */
export function renderScaling({ circuit, threads, sizes }: ScalingResult): string {
  const paths = sizes[0]!.paths.map(({ path }) => path)
  const cells = (of: (ms: { wall: number; cpu: number }, constraints: number) => string[], index: number) => {
    const { constraints, paths: measured } = sizes[index]!
    return measured.flatMap(({ wall, cpu }) => of({ wall: wall.median, cpu: cpu.median }, constraints))
  }
  const growth = paths.flatMap((_, i) => {
    const cost = (of: 'wall' | 'cpu') =>
      [sizes.at(-1)!, sizes[0]!].map(({ paths: p, constraints }) => p[i]![of].median / constraints)
    return (['wall', 'cpu'] as const).map((of) => {
      const [largest, smallest] = cost(of)
      return `${(largest! / smallest!).toFixed(2)}`
    })
  })
  return `### From small circuits to large ones

The ${circuit}, in sizes that just fit their domains, with ${threads} threads; all sizes and paths in turn. Microseconds per
constraint.

![Processor time for each constraint by size](benchmarks-scaling.svg)

${table(
  ['constraints', ...paths.flatMap((path) => [`${path}, wall`, `${path}, CPU`])],
  [
    ...sizes.map(({ constraints, log }, i) => [
      `${number(constraints)} (2^${log})`,
      ...cells((ms, n) => [perConstraint(ms.wall, n), perConstraint(ms.cpu, n)], i),
    ]),
    ['largest / smallest', ...growth],
  ],
)}`
}

function renderCircuit({ circuit, constraints, log, backends }: CircuitResult): string {
  const snarkjs = backends.find(({ name }) => name === 'snarkjs')!
  return `${circuit}: ${number(constraints)} constraints, domain of 2^${log}.

${table(
  ['', 'wall', 'CPU', 'wall / constraint', 'CPU / constraint', 'peak memory', 'faster than snarkjs'],
  backends.map(({ name, wall, cpu, peakBytes }) => [
    name,
    milliseconds(wall),
    cpu ? milliseconds(cpu) : 'not measured',
    perConstraint(wall.median, constraints),
    cpu ? perConstraint(cpu.median, constraints) : '',
    peakBytes === undefined ? 'not measured' : bytes(peakBytes),
    `${(snarkjs.wall.median / wall.median).toFixed(1)} times`,
  ]),
)}`
}

function outsideNote(results: readonly CircuitResult[]): string {
  const isOurs = (name: string) => name === 'snarkjs' || name.startsWith('native ')
  const outside = [...new Set(results.flatMap(({ backends }) => backends.map(({ name }) => name)))].filter(
    (name) => !isOurs(name),
  )
  if (outside.length === 0) return ''
  return ` Outside provers (${outside.join(', ')}) start a process for
every proof, so reading the key counts for them.`
}
