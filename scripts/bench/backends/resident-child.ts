/**
 * One backend with one circuit's key, resident: does what its parent asks, one thing at a time, and measures it here, so that
 * neither messages nor verifying are in any time. Arguments: snarkjs or a dispatch path, threads, zkey, witness.
 */
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import type { CircuitArtifacts } from '../../../keys/load.ts'
import type { LoadedKey, ProvingBackend } from '../../../prover/backend.ts'
import { loadAddon, type NativePath } from '../../../prover/native/addon.ts'
import { NativeBackend, readProof } from '../../../prover/native/backend.ts'
import { SnarkjsBackend } from '../../../prover/snarkjs-backend.ts'
import type { Groth16Proof } from '../../../verifier/index.ts'
import { ownPeak } from '../process-usage.ts'
import { type Part, readParts } from './native-parts.ts'

/** What the parent sends. */
export type Request = { load: true } | { prove: number } | { memory: true } | { parts: true } | { peak: true }

/** Milliseconds of one thing that was done: on the clock, and of processor time over all threads. */
export interface Elapsed {
  readonly wall: number
  readonly cpu: number
}

/** What comes back for each request, besides `{ error }`. */
export interface Replies {
  load: Elapsed
  /** As many proofs as were asked for, made at the same time. */
  prove: Elapsed & { proofs: Groth16Proof[] }
  /** How much more memory is resident while proving than before the key was loaded; bytes. */
  memory: { growth: number; proofs: Groth16Proof[] }
  parts: Elapsed & { parts: Record<Part, number>; proofs: Groth16Proof[] }
  /** The most that was ever resident; bytes. */
  peak: { bytes: number }
}

/** How often memory is looked at while a proof is made, in milliseconds. */
const MEMORY_INTERVAL = 2

const [kind, threadsText, zkey, witnessFile] = process.argv.slice(2) as [string, string, string, string]
const threads = Number(threadsText)
// A copy, because a file's buffer may lie anywhere, and a prover's witness does not.
const witness = new Uint8Array(await readFile(witnessFile))
const artifacts = {
  circuit: 'the measured circuit',
  manifest: { proofSystem: 'groth16' },
  files: { zkey },
} as CircuitArtifacts
const open = (): ProvingBackend =>
  kind === 'snarkjs' ? new SnarkjsBackend() : new NativeBackend(loadAddon()!, { path: kind as NativePath, threads })
let backend = open()
let key: LoadedKey | undefined
const baseline = process.memoryUsage.rss()

async function timed<T>(work: () => Promise<T>): Promise<Elapsed & { result: T }> {
  const before = process.cpuUsage()
  const started = performance.now()
  const result = await work()
  const wall = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  return { wall, cpu: (user + system) / 1000, result }
}

const answers: { [Name in keyof Replies]: (value: number) => Promise<Replies[Name]> } = {
  async load() {
    if (key !== undefined) {
      await backend.dispose()
      backend = open()
    }
    const { result, ...elapsed } = await timed(() => backend.loadKey(artifacts))
    key = result
    return elapsed
  },
  async prove(count) {
    const proveAll = () => Promise.all(Array.from({ length: count }, () => backend.prove(key!, witness)))
    const { result: proofs, ...elapsed } = await timed(proveAll)
    return { ...elapsed, proofs }
  },
  async memory() {
    let most = 0
    const look = () => {
      most = Math.max(most, process.memoryUsage.rss())
    }
    const timer = setInterval(look, MEMORY_INTERVAL)
    try {
      const proofs = [await backend.prove(key!, witness)]
      return { growth: most - baseline, proofs }
    } finally {
      clearInterval(timer)
    }
  },
  async parts() {
    const addon = loadAddon()!
    const own = await addon.loadKey(zkey, kind as NativePath, threads)
    try {
      const { result, ...elapsed } = await timed(() => addon.prove(own, witness, threads, new Int32Array(2)))
      return { ...elapsed, parts: readParts(result), proofs: [readProof(result)] }
    } finally {
      addon.freeKey(own)
    }
  },
  peak: async () => ({ bytes: ownPeak() }),
}

process.on('message', async (request: Request) => {
  const [name, value] = Object.entries(request)[0] as [keyof Replies, number]
  try {
    process.send!(await answers[name](value))
  } catch (error) {
    process.send!({ error: error instanceof Error ? error.message : String(error) })
  }
})
process.on('disconnect', () => process.exit())
