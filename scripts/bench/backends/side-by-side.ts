import { stat } from 'node:fs/promises'
import type { Report } from '../../demo/progress.ts'
import { spread } from '../spread.ts'
import type { ExternalProver } from './command-template.ts'
import { type Contestant, endContestants, startContestants, THREADS } from './contestants.ts'
import type { MeasuredCircuit } from './measured-circuit.ts'
import { PARTS, type Part } from './native-parts.ts'
import type { BackendResult, CircuitResult, NativeResult } from './results.ts'
import { proveInTurn } from './rounds.ts'

/**
 * Lets every backend of this machine and the outside provers prove one circuit in turn, after one proof each to warm up, then
 * measures the rest of the native backend. Every proof is verified. Throws PROOF_INVALID if one does not verify.
 */
export async function measureSideBySide(
  circuit: MeasuredCircuit,
  { runs, externals, report }: { runs: number; externals: readonly ExternalProver[]; report?: Report },
): Promise<CircuitResult> {
  const contestants = await startContestants(circuit, { snarkjs: true, threads: THREADS, externals })
  try {
    const entries = contestants.map((contestant) => ({ contestant, circuit }))
    const turns = await proveInTurn(entries, runs, (fraction, name) => report?.(0.8 * fraction, name))
    const backends: BackendResult[] = []
    for (const [i, { wall, cpu }] of turns.entries()) {
      const peakBytes = await contestants[i]!.peakBytes()
      const { name } = contestants[i]!
      backends.push({ name, wall, ...(cpu && { cpu }), ...(peakBytes !== undefined && { peakBytes }) })
    }
    report?.(0.8, 'native: two proofs at once, loading, memory')
    const { constraints, wires, log, name, files } = circuit
    const zkeyBytes = (await stat(files.zkey)).size
    const native = await measureNative(circuit, contestants, runs)
    return { circuit: name, constraints, wires, log, zkeyBytes, backends, native }
  } finally {
    await endContestants(contestants)
  }
}

async function measureNative(
  circuit: MeasuredCircuit,
  contestants: readonly Contestant[],
  runs: number,
): Promise<NativeResult[]> {
  const paths = contestants
    .filter(({ path, threads }) => path !== undefined && threads === 1)
    .map((single) => ({
      path: single.path!,
      name: single.name,
      single: single.resident!,
      full: contestants.findLast(({ path, threads }) => path === single.path && threads === THREADS.at(-1))!.resident!,
      times: { load: [] as number[], one: [] as number[], two: [] as number[], cpu: [] as number[] },
      parts: [] as Record<Part, number>[],
    }))
  // Before any other key is loaded in these processes, which could leave something behind.
  const growths: number[] = []
  for (const { full, name } of paths) {
    const { growth, proofs } = await full.ask('memory')
    for (const proof of proofs) await circuit.check(proof, name)
    growths.push(growth)
  }
  for (let run = 0; run < runs; run++) {
    for (const { single, full, times, parts, name } of paths) {
      times.load.push((await full.ask('load')).wall)
      const alone = await single.ask('parts')
      const both = await single.ask('prove', 2)
      for (const proof of [...alone.proofs, ...both.proofs]) await circuit.check(proof, name)
      times.one.push(alone.wall)
      times.two.push(both.wall)
      times.cpu.push(alone.cpu)
      parts.push(alone.parts)
    }
  }
  return paths.map(({ path, times, parts }, i) => ({
    path,
    load: spread(times.load),
    memoryGrowth: growths[i]!,
    oneProof: spread(times.one),
    twoProofs: spread(times.two),
    cpu: spread(times.cpu).median,
    parts: Object.fromEntries(PARTS.map((part) => [part, spread(parts.map((of) => of[part])).median])) as Record<
      Part,
      number
    >,
  }))
}
