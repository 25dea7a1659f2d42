/**
 * Proves one circuit again and again with the library's prover and prints what it took as JSON. A process of its own, so that
 * its peak memory is this circuit's. Arguments: circuit, profile, runs.
 */
import process from 'node:process'
import { CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import type { ProfileName } from '../../protocol/profiles.ts'
import { createProver } from '../../prover/create-prover.ts'
import { type BenchJob, benchJob } from './instance.ts'

export interface ProvingTimes {
  readonly load: number
  readonly firstProof: number
  readonly witness: number[]
  readonly prove: number[]
  readonly verify: number[]
  readonly peakBytes: number
}

const [circuit, profile, runs] = process.argv.slice(2) as [CircuitName, ProfileName, string]
const job: BenchJob = benchJob(circuit, profile)
const started = performance.now()
await using prover = await createProver({ profile, circuits: [circuit], definitions: CIRCUITS })
const load = performance.now() - started
const prove = () => prover.prove(job.circuit, job.statement as never, job.witness as never)
const first = performance.now()
await prove()
const firstProof = performance.now() - first
const times = { load, firstProof, witness: [] as number[], prove: [] as number[], verify: [] as number[] }
for (let run = 0; run < Number(runs); run++) {
  const { timings } = await prove()
  times.witness.push(timings.witnessMs)
  times.prove.push(timings.proveMs)
  times.verify.push(timings.verifyMs)
}
const result: ProvingTimes = { ...times, peakBytes: process.resourceUsage().maxRSS * 1024 }
console.log(JSON.stringify(result))
