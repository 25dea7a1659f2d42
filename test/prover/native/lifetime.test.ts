import assert from 'node:assert/strict'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { readR1cs } from '../../../circom/r1cs.ts'
import { CIRCUITS } from '../../../circuits/index.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import { loadAddon } from '../../../prover/native/addon.ts'
import { NativeBackend } from '../../../prover/native/backend.ts'
import { loadTestAddon, testAddonFile } from '../../support/native-addon.ts'

/** Proves without an end, in a thread that somebody will kill. */
const ENDLESS = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { file, addonFile } = workerData
  const addon = require(addonFile)
  addon.loadKey(file, 'portable', 2).then(async (key) => {
    const witness = new Uint8Array(32 * key.wires).fill(7)
    for (;;) {
      const proof = addon.prove(key, witness, 2, new Int32Array(2))
      parentPort.postMessage('proving')
      await proof
    }
  })
`

suite('the native addon', () => {
  test('outlives workers that are killed while they prove', async () => {
    const { files } = await loadArtifacts(CIRCUITS['margin-sufficiency'], 'small')
    const addon = await loadTestAddon()
    const addonFile = await testAddonFile()
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(ENDLESS, { eval: true, workerData: { file: files.zkey, addonFile } })
      await once(worker, 'message')
      await worker.terminate()
    }
    await using backend = new NativeBackend(addon)
    const key = await backend.loadKey(await loadArtifacts(CIRCUITS['margin-sufficiency'], 'small'))
    const { nWires } = await readR1cs(files.r1cs)
    assert.equal((await backend.prove(key, new Uint8Array(32 * nWires).fill(7))).a.length, 2)
  })

  test('does not let callers of the published addon choose the blinding', () => {
    const published = [
      ...['combineG1', 'freeKey', 'isInG2', 'isInSubgroup', 'isSum', 'loadKey', 'loadWitnessProgram'],
      ...['multiplyBabyJubJub', 'multiplyBase', 'pairingIsOne', 'paths', 'poseidon', 'poseidonAll'],
      ...['poseidonAllLater', 'poseidonState', 'proofBytes', 'prove', 'runWitnessProgram'],
    ]
    assert.deepEqual(Object.keys(loadAddon()!).sort(), published)
  })

  test('refuses what is not a key, a witness or a control array', async () => {
    const addon = await loadTestAddon()
    const witness = new Uint8Array(32)
    for (const [key, bytes, control] of [
      [{}, witness, new Int32Array(2)],
      [null, witness, new Int32Array(2)],
      [{}, [1], new Int32Array(2)],
      [{}, witness, new Int32Array(1)],
    ]) {
      assert.throws(() => addon.prove(key as never, bytes as never, 1, control as never))
    }
  })
})
