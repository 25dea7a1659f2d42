import { availableParallelism } from 'node:os'
import { loadAddon, type NativePath } from '../../../prover/native/addon.ts'
import type { Groth16Proof } from '../../../verifier/index.ts'
import type { ExternalProver } from './command-template.ts'
import { runExternal } from './external.ts'
import type { MeasuredCircuit } from './measured-circuit.ts'
import { Resident } from './resident.ts'

/** One who proves a circuit, with its key, ready. */
export interface Contestant extends AsyncDisposable {
  /** As in the tables: `native ifma, 2 threads`. */
  readonly name: string
  /** Of a native one. */
  readonly path?: NativePath
  readonly threads?: number
  /** Absent for an outside prover. */
  readonly resident?: Resident
  /** One proof, not verified yet. */
  prove(): Promise<{ wall: number; cpu: number | undefined; proof: Groth16Proof }>
  /** Most memory that was resident of its process so far; undefined if the system does not say. */
  peakBytes(): Promise<number | undefined>
}

export interface ContestantOptions {
  snarkjs: boolean
  /** Thread counts of the native backend. */
  threads: readonly number[]
  externals: readonly ExternalProver[]
}

/** Thread counts that are measured: one, and two where the machine runs two at once. */
export const THREADS: readonly number[] = availableParallelism() > 1 ? [1, 2] : [1]

/** The name of a native contestant. */
export function nativeName(path: NativePath, threads: number): string {
  return `native ${path}, ${threads} thread${threads === 1 ? '' : 's'}`
}

/** Starts all who can prove on this machine, the fastest path first. Their keys are loaded when this resolves. */
export async function startContestants(circuit: MeasuredCircuit, options: ContestantOptions): Promise<Contestant[]> {
  const started: Contestant[] = []
  try {
    for (const path of loadAddon()?.paths() ?? []) {
      for (const threads of options.threads.toReversed()) {
        const name = nativeName(path, threads)
        started.push({ ...(await startResident(name, path, threads, circuit)), path, threads })
      }
    }
    if (options.snarkjs) started.push(await startResident('snarkjs', 'snarkjs', 1, circuit))
    started.push(...options.externals.map((external) => outside(external, circuit)))
    return started
  } catch (error) {
    await endContestants(started)
    throw error
  }
}

export async function endContestants(contestants: readonly Contestant[]): Promise<void> {
  await Promise.all(contestants.map((contestant) => contestant[Symbol.asyncDispose]()))
}

async function startResident(
  name: string,
  kind: string,
  threads: number,
  circuit: MeasuredCircuit,
): Promise<Contestant> {
  const resident = new Resident(name, kind, threads, circuit)
  try {
    await resident.ask('load')
  } catch (error) {
    await resident[Symbol.asyncDispose]()
    throw error
  }
  return {
    name,
    resident,
    async prove() {
      const { proofs, ...elapsed } = await resident.ask('prove', 1)
      return { ...elapsed, proof: proofs[0]! }
    },
    peakBytes: async () => (await resident.ask('peak')).bytes,
    [Symbol.asyncDispose]: () => resident[Symbol.asyncDispose](),
  }
}

/** Starts a process for every proof, so what it does to begin with counts. */
function outside(external: ExternalProver, circuit: MeasuredCircuit): Contestant {
  let peak: number | undefined
  return {
    name: external.name,
    async prove() {
      const { peakBytes, ...run } = await runExternal(external, circuit)
      if (peakBytes !== undefined) peak = Math.max(peak ?? 0, peakBytes)
      return run
    },
    peakBytes: async () => peak,
    [Symbol.asyncDispose]: async () => undefined,
  }
}
