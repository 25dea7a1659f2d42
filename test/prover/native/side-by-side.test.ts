import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { programFile } from '../../../circom/witness-program/program-file.ts'
import { GADGET_ROOTS, gadgetDefinition } from '../../../lab/circuits/gadget.ts'
import type { AddonKey, NativePath } from '../../../prover/native/addon.ts'
import { NativeBackend } from '../../../prover/native/backend.ts'
import { NativeProgram } from '../../../prover/native/witness.ts'
import { chainCircuit } from '../../../scripts/bench/backends/measured-circuit.ts'
import { powerChain } from '../../../scripts/bench/backends/power-chain.ts'
import { fieldBytes } from '../../support/blinded-proofs.ts'
import { loadTestAddon, nativePaths, type TestAddon } from '../../support/native-addon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { programCase } from '../../support/witness-programs.ts'

/** Small enough for sanitizers, large enough for windows of several kinds and threads that meet. */
const CONSTRAINTS = 1021

suite('proofs at the same time under one key', () => {
  let addon: TestAddon
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let zkey: string
  const { witness } = powerChain(CONSTRAINTS)
  before(async () => {
    addon = await loadTestAddon()
    folder = await temporaryDirectory()
    zkey = (await chainCircuit(CONSTRAINTS, folder.path)).files.zkey
  })
  after(() => folder[Symbol.asyncDispose]())

  async function eachPath(body: (key: AddonKey, path: NativePath) => Promise<void>) {
    for (const path of await nativePaths()) {
      const key = await addon.loadKey(zkey, path, 2)
      try {
        await body(key, path)
      } finally {
        addon.freeKey(key)
      }
    }
  }
  const blinding = (i: number) => fieldBytes([BigInt(i + 1), BigInt(1000 - i)])
  const prove = (key: AddonKey, i: number, threads: number) =>
    addon.proveBlindedBy(key, witness, threads, new Int32Array(2), blinding(i))
  /** The proof without the times that follow it. */
  const points = (proof: ArrayBuffer) => Buffer.from(proof, 0, 256).toString('hex')

  test('are the proofs that each would be alone, with whatever threads', async () => {
    await eachPath(async (key, path) => {
      const alone: string[] = []
      for (let i = 0; i < 6; i++) alone.push(points(await prove(key, i, 1)))
      assert.equal(new Set(alone).size, 6)
      const together = await Promise.all(alone.map((_, i) => prove(key, i, 1 + (i % 3))))
      assert.deepEqual(together.map(points), alone, path)
    })
  })

  test('leave others as they are when one is stopped or refused, and all memory is wiped', async () => {
    await eachPath(async (key, path) => {
      const { unwiped } = addon.memory()
      const expected = points(await prove(key, 0, 1))
      const malformed = witness.slice().fill(0xff, witness.length - 32)
      const control = new Int32Array(2)
      const ended = [
        assert.rejects(addon.prove(key, witness, 2, control), { code: 'CANCELLED' }),
        assert.rejects(addon.prove(key, malformed, 2, new Int32Array(2)), { code: 'WITNESS' }),
      ]
      const others = [prove(key, 0, 1), prove(key, 0, 2)]
      Atomics.store(control, 0, 1)
      for (const proof of await Promise.all(others)) assert.equal(points(proof), expected, path)
      await Promise.all(ended)
      const now = addon.memory()
      assert.deepEqual([now.unwiped, now.returned], [unwiped, now.taken], path)
    })
  })

  test('outlive the key, which is freed when the last of them has ended', async () => {
    for (const path of await nativePaths()) {
      const key = await addon.loadKey(zkey, path, 2)
      const proofs = [prove(key, 0, 1), prove(key, 0, 2), prove(key, 0, 1)]
      addon.freeKey(key)
      assert.throws(() => addon.proofBytes(key, 1), /freed/)
      assert.equal(new Set((await Promise.all(proofs)).map(points)).size, 1, path)
    }
  })

  test('take no more memory than was said, and not far less, alone and together', async () => {
    await eachPath(async (key, path) => {
      for (const [count, threads] of [
        [1, 1],
        [1, 2],
        [3, 1],
      ] as const) {
        const said = count * addon.proofBytes(key, threads)
        addon.memory()
        await Promise.all(Array.from({ length: count }, (_, i) => prove(key, i, threads)))
        const { peak } = addon.memory()
        assert.ok(
          peak <= said && said < 20 * peak,
          `${path}, ${count} with ${threads} threads: ${peak} of ${said} bytes`,
        )
      }
    })
  })

  test('take no more memory than was said from a witness of nothing but bits, and from one of nothing but zeros', async () => {
    await eachPath(async (key, path) => {
      for (const fill of [0, 1]) {
        const plain = new Uint8Array(witness.length)
        for (let wire = 0; wire < key.wires; wire++) plain[32 * wire] = fill
        addon.memory()
        await addon.prove(key, plain, 1, new Int32Array(2))
        const { peak } = addon.memory()
        assert.ok(peak <= addon.proofBytes(key, 1), `${path}: ${peak} bytes`)
      }
    })
  })

  test('leave a thread for witnesses, which are calculated meanwhile', async () => {
    const circuit = await programCase(gadgetDefinition('DivideProbe', [1000, 40], { in: [] }), GADGET_ROOTS)
    const program = new NativeProgram(addon, 'portable', programFile(circuit.program))
    await using backend = new NativeBackend(addon, { path: 'portable', threads: 1 })
    const { most } = backend.sideBySide
    const key = await addon.loadKey(zkey, 'portable', 1)
    const controls = Array.from({ length: most }, () => new Int32Array(2))
    let ended = 0
    const proofs = controls.map((control) => addon.prove(key, witness, 1, control).finally(() => ended++))
    const calculated = await program.run(circuit.flat({ in: 1234n }))
    // A proof takes some thousand times as long.
    assert.deepEqual([calculated === undefined, ended], [false, 0])
    for (const control of controls) Atomics.store(control, 0, 1)
    await Promise.allSettled(proofs)
    addon.freeKey(key)
  })
})
