import { marginSufficiency } from '../../../../circuits/margin-sufficiency/index.ts'
import { WorkerProver } from '../../../../client/margin/index.ts'
import type { ProfileName } from '../../../../protocol/shape.ts'
import type { BrowserProof, BrowserTimes } from '../measure.ts'
import workerUrl from './worker.ts?worker&url'

const fetched = async (name: string) => new Uint8Array(await (await fetch(`./files/${name}`)).arrayBuffer())

/** Proves the circuit's example so often in a worker, after one proof that is not counted. Milliseconds. */
async function measure(profile: ProfileName, runs: number): Promise<BrowserTimes> {
  const files = {
    profile,
    wasm: await fetched('wasm'),
    zkey: await fetched('zkey'),
    vkey: await (await fetch('./files/vkey')).json(),
  }
  const { statement, witness } = marginSufficiency.example(profile)
  using prover = new WorkerProver(() => new Worker(workerUrl, { type: 'module' }), files)
  const started = performance.now()
  await prover.load()
  const load = performance.now() - started
  const prove = async (): Promise<BrowserProof> => {
    const begun = performance.now()
    const ends = { witness: begun, prove: begun }
    await prover.prove('margin-sufficiency', statement, witness, {
      onProgress: ({ stage, fraction }) => {
        if (fraction === 1 && (stage === 'witness' || stage === 'prove')) ends[stage] = performance.now()
      },
    })
    const all = performance.now() - begun
    return { witness: ends.witness - begun, prove: ends.prove - ends.witness, all }
  }
  const first = await prove()
  const proofs: BrowserProof[] = []
  for (let run = 0; run < runs; run++) proofs.push(await prove())
  return { load, first, proofs }
}

Object.assign(globalThis, { measure })
