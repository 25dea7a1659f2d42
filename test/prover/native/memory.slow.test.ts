import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { freemem } from 'node:os'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import type { CircuitArtifacts } from '../../../keys/load.ts'
import { obtainAddon } from '../../../prover/native/addon.ts'
import { NativeBackend } from '../../../prover/native/backend.ts'
import { chainCircuit, type MeasuredCircuit } from '../../../scripts/bench/backends/measured-circuit.ts'
import { largestChain } from '../../../scripts/bench/backends/power-chain.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

/** log2 of the domain: that of the standard trade-batch, unless somebody wants to see a smaller one sooner. */
const LOG = Number(process.env.ZKCLEAR_MEMORY_LOG ?? '19')
const PROOFS = 200
const AT_ONCE = 2
/** Until allocator and garbage collector have what they keep. */
const WARM_UP = 20

/** For 2^19 constraints: minutes of processor time of the key, and of the proofs on each path; bytes of memory and of disk. */
const NEEDS = { key: 3, proofs: { ifma: 10, adx: 35, portable: 60 }, memory: 1.5e9, disk: 0.5e9 }

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`

describe(`memory over ${PROOFS} proofs with a domain of 2^${LOG}`, { timeout: 14_400_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let circuit: MeasuredCircuit
  let backend: NativeBackend
  before(async () => {
    const { addon, problem } = await obtainAddon()
    assert.ok(addon !== undefined, problem)
    backend = new NativeBackend(addon)
    const part = 2 ** (LOG - 19)
    const minutes = part * (NEEDS.key + NEEDS.proofs[backend.path])
    console.log(
      `${PROOFS} proofs of 2^${LOG} constraints on the path ${backend.path} take ${minutes.toFixed(1)} minutes of processor time, a key for them ` +
        `included; ${gigabytes(part * NEEDS.memory)} of memory, of which ${gigabytes(freemem())} are free; and ${gigabytes(part * NEEDS.disk)} of disk.`,
    )
    folder = await temporaryDirectory()
    circuit = await chainCircuit(largestChain(LOG), folder.path)
  })
  after(async () => {
    await backend?.dispose()
    await folder?.[Symbol.asyncDispose]()
  })

  it('does not grow by half of what one proof works with', async () => {
    const { zkey, witness: file } = circuit.files
    const artifacts = { circuit: 'chain', manifest: { proofSystem: 'groth16' }, files: { zkey } } as CircuitArtifacts
    const key = await backend.loadKey(artifacts)
    const witness = new Uint8Array(await readFile(file))
    const threads = Math.ceil(backend.sideBySide.cores / AT_ONCE)
    /** The most that is resident after any of the proofs. */
    const prove = async (count: number) => {
      let most = 0
      for (let made = 0; made < count; made += AT_ONCE) {
        const proofs = await Promise.all(
          Array.from({ length: AT_ONCE }, () => backend.prove(key, witness, { threads })),
        )
        most = Math.max(most, process.memoryUsage.rss())
        if (made === 0) for (const proof of proofs) await circuit.check(proof, 'the native prover')
      }
      return most
    }
    const before = await prove(WARM_UP)
    const growth = (await prove(PROOFS)) - before
    const allowed = backend.sideBySide.proofBytes(key, threads) / 2
    console.log(
      `${gigabytes(before)} resident after ${WARM_UP} proofs, and ${(growth / 1e6).toFixed(1)} MB more after ${PROOFS} more`,
    )
    assert.ok(growth < allowed, `grew by ${growth} bytes, where ${allowed} are allowed`)
  })
})
