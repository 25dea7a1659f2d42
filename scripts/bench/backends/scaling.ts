import type { Report } from '../../demo/progress.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type Contestant, endContestants, startContestants, THREADS } from './contestants.ts'
import { chainCircuit } from './measured-circuit.ts'
import { largestChain } from './power-chain.ts'
import type { ScalingResult } from './results.ts'
import { type Entry, proveInTurn } from './rounds.ts'

/** log2 of the domains whose fullest chains are proved. */
const SCALING_LOGS = [14, 15, 16, 17, 18] as const

/** Share of making keys in the time of it all, for the progress. */
const KEYS_SHARE = 0.4

/** What the native paths take as a circuit grows: all sizes and paths in turn, every proof verified. */
export async function measureScaling({
  runs,
  logs = SCALING_LOGS,
  report,
}: {
  runs: number
  logs?: readonly number[]
  report?: Report
}): Promise<ScalingResult> {
  await using folder = await temporaryFolder()
  const threads = THREADS.at(-1)!
  const entries: Entry[] = []
  const contestants: Contestant[] = []
  try {
    for (const [i, log] of logs.entries()) {
      report?.((KEYS_SHARE * 2 ** i) / 2 ** logs.length, `key of 2^${log}`)
      const circuit = await chainCircuit(largestChain(log), folder.path)
      const started = await startContestants(circuit, { snarkjs: false, threads: [threads], externals: [] })
      contestants.push(...started)
      entries.push(...started.map((contestant) => ({ contestant, circuit })))
    }
    const inTurn: Report = (fraction, name) => report?.(KEYS_SHARE + (1 - KEYS_SHARE) * fraction, name)
    const turns = await proveInTurn(entries, runs, inTurn)
    const circuits = [...new Set(entries.map(({ circuit }) => circuit))]
    const sizes = circuits.map((circuit) => ({
      constraints: circuit.constraints,
      log: circuit.log,
      paths: entries.flatMap((entry, i) => {
        if (entry.circuit !== circuit) return []
        const { wall, cpu } = turns[i]!
        return [{ path: entry.contestant.path!, wall, cpu: cpu! }]
      }),
    }))
    return { circuit: circuits[0]!.name, threads, sizes }
  } finally {
    await endContestants(contestants)
  }
}
