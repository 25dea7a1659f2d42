/**
 * Proves one circuit again and again with the library's prover and prints what it took as JSON. A process of its own, so that
 * its peak memory is this circuit's and this backend's. Arguments: circuit, profile, backend (snarkjs, or a dispatch path of
 * the native one), runs.
 */
import process from 'node:process'
import { CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { createProver } from '../../prover/create-prover.ts'
import { ownPeak } from './process-usage.ts'

/** Milliseconds. */
export interface ProvingTimes {
  readonly load: number
  readonly firstProof: number
  readonly witness: number[]
  readonly witnessCpu: number[]
  readonly prove: number[]
  readonly proveCpu: number[]
  readonly verify: number[]
  readonly peakBytes: number
}

const [circuit, profile, path, runs] = process.argv.slice(2) as [CircuitName, ProfileName, string, string]
const job = CIRCUITS[circuit].example(profile)
// The prover chooses it, as everybody's does, and with it what computes witnesses.
process.env.ZKCLEAR_NATIVE = path === 'snarkjs' ? 'off' : path
const started = performance.now()
await using prover = await createProver({ profile, circuits: [circuit], definitions: CIRCUITS })
const load = performance.now() - started

/** Processor time of the witness is that between its start and its end; of the proof, from there to the start of verifying. */
async function prove() {
  let before = process.cpuUsage()
  const milliseconds = { witness: 0, prove: 0 }
  const lap = (stage: 'witness' | 'prove') => {
    const { user, system } = process.cpuUsage(before)
    milliseconds[stage] = (user + system) / 1000
    before = process.cpuUsage()
  }
  const { timings } = await prover.prove(circuit, job.statement as never, job.witness as never, {
    onProgress: ({ stage, fraction }) => {
      if (stage === 'witness' && fraction === 0) before = process.cpuUsage()
      if (stage === 'witness' && fraction === 1) lap('witness')
      if (stage === 'verify' && fraction === 0) lap('prove')
    },
  })
  return { ...timings, witnessCpuMs: milliseconds.witness, proveCpuMs: milliseconds.prove }
}

const first = performance.now()
await prove()
const firstProof = performance.now() - first
const list = (): number[] => []
const times = { witness: list(), witnessCpu: list(), prove: list(), proveCpu: list(), verify: list() }
for (let run = 0; run < Number(runs); run++) {
  const timings = await prove()
  times.witness.push(timings.witnessMs)
  times.witnessCpu.push(timings.witnessCpuMs)
  times.prove.push(timings.proveMs)
  times.proveCpu.push(timings.proveCpuMs)
  times.verify.push(timings.verifyMs)
}
const result: ProvingTimes = { load, firstProof, ...times, peakBytes: ownPeak() }
console.log(JSON.stringify(result))
