/**
 * Builds the small margin-sufficiency circuit for one proof system into a directory, proves it again and again, and prints
 * what it took as JSON. A process of its own, so that peak memory is this system's. Arguments: proof system, directory, runs.
 */
import process from 'node:process'
import { readR1cs } from '../../circom/r1cs.ts'
import { marginSufficiency, type ProofSystem } from '../../circuits/index.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { countGates, kzgDomainLog } from '../../keys/dev/gates.ts'
import { domainLog } from '../../keys/dev/qap.ts'
import { createProver } from '../../prover/create-prover.ts'
import { SnarkjsBackend } from '../../prover/snarkjs-backend.ts'
import { writeProof } from '../../verifier/index.ts'
import { childrenCpu, ownPeak } from '../bench/process-usage.ts'

/** Seconds are of processor time over all threads, but for those that say otherwise. */
export interface ProofSystemRun {
  readonly constraints: number
  readonly rows: number
  readonly domainLog: number
  readonly zkeyBytes: number
  readonly buildSeconds: number
  readonly proveSeconds: readonly number[]
  readonly proveWallSeconds: readonly number[]
  readonly verifyMilliseconds: readonly number[]
  readonly provePeakBytes: number
  /** The last proof, as snarkjs writes it, and its public signals. */
  readonly proof: unknown
  readonly publicSignals: readonly string[]
}

const [system, directory, runs] = process.argv.slice(2) as [ProofSystem, string, string]

function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

if (runs === '0') {
  await buildArtifacts({
    ...{ circuits: [marginSufficiency], profile: 'small', proofSystem: system, buildDirectory: directory },
  })
  console.log(JSON.stringify({ buildSeconds: cpu() + (childrenCpu() ?? 0) / 1000 }))
} else {
  await using backend = new SnarkjsBackend(system)
  await using prover = await createProver({
    ...{ profile: 'small', circuits: ['margin-sufficiency'], proofSystem: system, buildDirectory: directory, backend },
  })
  const { statement, witness } = marginSufficiency.example('small')
  const times = { cpu: [] as number[], wall: [] as number[], verify: [] as number[] }
  let proved: Awaited<ReturnType<typeof prover.prove>> | undefined
  // The first proof starts threads and warms the compiler; it does not count.
  for (let run = 0; run <= Number(runs); run++) {
    let before = 0
    let spent = 0
    const next = await prover.prove('margin-sufficiency', statement as never, witness as never, {
      onProgress({ stage, fraction }) {
        if (stage === 'witness' && fraction === 1) before = cpu()
        if (stage === 'verify' && fraction === 0) spent = cpu() - before
      },
    })
    proved = next
    if (run === 0) continue
    times.cpu.push(spent)
    times.wall.push(next.timings.proveMs / 1000)
    times.verify.push(next.timings.verifyMs)
  }
  const [built] = await buildArtifacts({
    ...{ circuits: [marginSufficiency], profile: 'small', proofSystem: system, buildDirectory: directory },
  })
  const r1cs = await readR1cs(built!.files.r1cs)
  const gates = countGates(r1cs)
  const result: Omit<ProofSystemRun, 'buildSeconds'> = {
    constraints: built!.manifest.constraints.total,
    rows: system === 'groth16' ? r1cs.nConstraints + r1cs.nPublic : gates,
    domainLog: system === 'groth16' ? domainLog(r1cs) : kzgDomainLog(system, gates),
    zkeyBytes: built!.manifest.files['circuit.zkey'].bytes,
    proveSeconds: times.cpu,
    proveWallSeconds: times.wall,
    verifyMilliseconds: times.verify,
    provePeakBytes: ownPeak(),
    proof: writeProof(proved!.proof),
    publicSignals: proved!.publicSignals.map(String),
  }
  console.log(JSON.stringify(result))
}
