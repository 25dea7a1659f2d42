/**
 * Proves one circuit with snarkjs's own `groth16.fullProve`, as somebody without this library would, and prints what it took
 * as JSON: the first call of a process, then more. Arguments: circuit, profile, runs.
 */

import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { curves, groth16 } from 'snarkjs'
import { CIRCUITS, type CircuitName } from '../../circuits/index.ts'
import { loadArtifacts } from '../../keys/load.ts'
import type { ProfileName } from '../../protocol/shape.ts'
import { exampleInput } from './example-input.ts'
import { ownPeak } from './process-usage.ts'

export interface FullProveTimes {
  readonly first: number
  readonly later: number[]
  readonly peakBytes: number
}

const [circuit, profile, runs] = process.argv.slice(2) as [CircuitName, ProfileName, string]
const { files } = await loadArtifacts(CIRCUITS[circuit], profile)
const input = exampleInput(circuit, profile)
const vkey = JSON.parse(await readFile(files.vkey, 'utf8'))

const prove = async () => {
  const started = performance.now()
  const { proof, publicSignals } = await groth16.fullProve(input as never, files.wasm, files.zkey)
  const milliseconds = performance.now() - started
  if (!(await groth16.verify(vkey, publicSignals, proof))) throw new Error('the proof does not verify')
  return milliseconds
}

const first = await prove()
const later: number[] = []
for (let run = 0; run < Number(runs); run++) later.push(await prove())
const result: FullProveTimes = { first, later, peakBytes: ownPeak() }
console.log(JSON.stringify(result))
await (await curves.getCurveFromName('bn128')).terminate()
