/**
 * Proves one circuit again and again with the library's prover and prints what it took as JSON. A process of its own, so that
 * its peak memory is this circuit's and this backend's. Arguments: circuit, profile, backend (snarkjs, or a dispatch path of
 * the native one), runs.
 */
import process from 'node:process'
import { CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import type { ProfileName } from '../../protocol/profiles.ts'
import type { ProvingBackend } from '../../prover/backend.ts'
import { createProver } from '../../prover/create-prover.ts'
import { loadAddon, type NativePath } from '../../prover/native/addon.ts'
import { NativeBackend } from '../../prover/native/backend.ts'
import { SnarkjsBackend } from '../../prover/snarkjs-backend.ts'
import { benchJob } from './instance.ts'

/** Milliseconds. */
export interface ProvingTimes {
  readonly load: number
  readonly firstProof: number
  readonly witness: number[]
  readonly prove: number[]
  readonly proveCpu: number[]
  readonly verify: number[]
  readonly peakBytes: number
}

const [circuit, profile, path, runs] = process.argv.slice(2) as [CircuitName, ProfileName, string, string]
const job = benchJob(circuit, profile)
await using backend: ProvingBackend =
  path === 'snarkjs' ? new SnarkjsBackend() : new NativeBackend(loadAddon()!, { path: path as NativePath })
const started = performance.now()
await using prover = await createProver({ profile, circuits: [circuit], definitions: CIRCUITS, backend })
const load = performance.now() - started

/** Processor time is that from the end of the witness to the start of verifying. */
async function prove() {
  let before = process.cpuUsage()
  let used = { user: 0, system: 0 }
  const { timings } = await prover.prove(job.circuit, job.statement as never, job.witness as never, {
    onProgress: ({ stage, fraction }) => {
      if (stage === 'witness' && fraction === 1) before = process.cpuUsage()
      if (stage === 'verify' && fraction === 0) used = process.cpuUsage(before)
    },
  })
  return { ...timings, proveCpuMs: (used.user + used.system) / 1000 }
}

const first = performance.now()
await prove()
const firstProof = performance.now() - first
const times = { witness: [] as number[], prove: [] as number[], proveCpu: [] as number[], verify: [] as number[] }
for (let run = 0; run < Number(runs); run++) {
  const timings = await prove()
  times.witness.push(timings.witnessMs)
  times.prove.push(timings.proveMs)
  times.proveCpu.push(timings.proveCpuMs)
  times.verify.push(timings.verifyMs)
}
const result: ProvingTimes = { load, firstProof, ...times, peakBytes: process.resourceUsage().maxRSS * 1024 }
console.log(JSON.stringify(result))
