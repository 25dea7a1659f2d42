import { join } from 'node:path'
import { CIRCUITS, marginSufficiency } from '../../../circuits/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { createProver } from '../../../prover/create-prover.ts'
import { WIRE_VERSION } from '../../../service/dispatcher/wire.ts'
import { loadServedCircuit } from '../../../service/jobs/served-circuit.ts'
import { writeProof } from '../../../verifier/index.ts'
import type { Report } from '../../demo/progress.ts'
import { Child } from './child.ts'
import type { DispatcherChildOptions, DispatcherSaid } from './dispatcher-child.ts'
import { type Quantiles, quantiles } from './quantiles.ts'
import { serviceFolder } from './service-folder.ts'
import { type Performed, runSimulatedWorkers } from './simulated-workers.ts'

/** Workers in numbers at one dispatcher; milliseconds. */
export interface DispatchResult {
  readonly workers: number
  readonly jobs: number
  readonly perSecond: number
  readonly proveMs: number
  readonly inputBytes: number
  /** From a job's writing until a worker has it; until it has the input; and from the proof until it is verified and stored. */
  readonly lease: Quantiles
  readonly input: Quantiles
  readonly result: Quantiles
  /** The three together. */
  readonly overhead: Quantiles
}

/** Of a trade batch of the standard profile or a smaller one, as it is stored: rounded up. */
const INPUT_BYTES = 64 << 10
const REST = 10_000

/** Throws unless each job was done once, by one worker, and every one is proved. */
export async function measureDispatch(options: {
  workers: number
  jobs: number
  perSecond: number
  proveMs: number
  report?: Report
}): Promise<DispatchResult> {
  const { workers, jobs, perSecond, proveMs, report } = options
  await buildArtifacts({ circuits: [marginSufficiency], profile: 'small' })
  const proof = await proofOfExample()
  await using folder = await serviceFolder()
  const inputBytes = INPUT_BYTES
  const given: DispatcherChildOptions = { directory: join(folder.path, 'postgres'), jobs, perSecond, inputBytes }
  await using child = new Child<'begin' | 'count', DispatcherSaid>('dispatcher-child.ts', given)
  const { url, token } = await child.hear('serves')
  report?.(0.3, `${workers} workers`)
  const { digest } = await loadServedCircuit(marginSufficiency, 'small')
  const circuits = [{ circuit: marginSufficiency.name, profile: 'small', digest }]
  const request = { version: WIRE_VERSION, circuits, memory: 2 ** 40, waitMs: REST }
  const working = runSimulatedWorkers({ url, token, count: workers, request, proof, proveMs, jobs })
  const [performed, { at }] = await Promise.all([working, child.ask('begin', 'enqueued')])
  requireOnce(performed, at)
  const { states } = await child.ask('count', 'states')
  if (states.proved !== jobs) throw new Error(`of ${jobs} jobs, these are in which state: ${JSON.stringify(states)}`)
  const of = (time: (job: Performed) => number) => quantiles(performed.map(time))
  return {
    ...{ workers, jobs, perSecond, proveMs, inputBytes },
    lease: of(({ job, leased }) => leased - at[job]!),
    input: of(({ leased, begun }) => begun - leased),
    result: of(({ proved, stored }) => stored - proved),
    overhead: of(({ job, begun, proved, stored }) => begun - at[job]! + stored - proved),
  }
}

function requireOnce(performed: readonly Performed[], enqueued: Readonly<Record<string, number>>): void {
  const done = new Set(performed.map(({ job }) => job))
  if (done.size !== performed.length) throw new Error('a job was done twice')
  const lost = Object.keys(enqueued).filter((id) => !done.has(id))
  if (lost.length > 0) throw new Error(`${lost.length} jobs were done by nobody`)
}

async function proofOfExample(): Promise<object> {
  const { statement, witness } = marginSufficiency.example('small')
  await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency'], definitions: CIRCUITS })
  return writeProof((await prover.prove('margin-sufficiency', statement, witness)).proof)
}
