import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { CIRCUITS } from '../../../circuits/index.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { NativePath } from '../../../prover/native/addon.ts'
import { fieldBytes } from '../../support/blinded-proofs.ts'
import { loadTestAddon, nativePaths, type TestAddon } from '../../support/native-addon.ts'
import { toyArtifacts } from '../../support/toy-artifacts.ts'
import { PRODUCT } from '../../support/toy-definitions.ts'

/** Numbers of every length, for a proof that nobody verifies. */
const witnessOf = (wires: number) =>
  fieldBytes(Array.from({ length: wires }, (_, i) => (BigInt(i + 1) ** 20n % FIELD) >> BigInt(i % 200)))

suite('memory that was computed from a witness', () => {
  let addon: TestAddon
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  before(async () => {
    addon = await loadTestAddon()
    toys = await toyArtifacts([PRODUCT])
  })
  after(() => toys[Symbol.asyncDispose]())

  /** Runs a proof, and checks that all of its memory came back, wiped. Returns how many buffers there were. */
  async function assertWiped(prove: () => Promise<unknown>): Promise<number> {
    const before = addon.memory()
    await prove()
    const now = addon.memory()
    assert.equal(now.returned, now.taken)
    assert.equal(now.unwiped, before.unwiped)
    return now.taken - before.taken
  }

  async function eachKey(
    file: string,
    threads: number,
    body: (key: Awaited<ReturnType<TestAddon['loadKey']>>, path: NativePath) => Promise<void>,
  ) {
    for (const path of await nativePaths()) {
      const key = await addon.loadKey(file, path, threads)
      try {
        await body(key, path)
      } finally {
        addon.freeKey(key)
      }
    }
  }

  const marginKey = async () => (await loadArtifacts(CIRCUITS['margin-sufficiency'], 'small')).files.zkey

  test('is counted when somebody forgets to wipe it', () => {
    const { unwiped } = addon.memory()
    addon.returnUnwiped(1000)
    assert.equal(addon.memory().unwiped, unwiped + 1000)
  })

  test('is wiped after a proof, on every path', async () => {
    const file = await marginKey()
    for (const threads of [1, 2]) {
      await eachKey(file, threads, async (key, path) => {
        const { bytes } = addon.memory()
        const count = await assertWiped(() => addon.prove(key, witnessOf(key.wires), threads, new Int32Array(2)))
        // Digits of the witness alone are two bytes for each wire and window.
        assert.ok(count > 10 && addon.memory().bytes - bytes > 40 * key.wires, path)
      })
    }
  })

  test('is wiped when a proof is stopped, at whatever stage', async () => {
    await eachKey(await marginKey(), 2, async (key) => {
      for (const stage of [0, 1, 150, 400, 800]) {
        await assertWiped(async () => {
          const control = new Int32Array(2)
          const proof = addon.prove(key, witnessOf(key.wires), 2, control)
          const ended = proof.then(
            () => undefined,
            (error) => assert.equal(error.code, 'CANCELLED'),
          )
          let isOver = false
          const over = ended.finally(() => {
            isOver = true
          })
          while (!isOver && control[1]! < stage) await new Promise(setImmediate)
          Atomics.store(control, 0, 1)
          await over
        })
      }
    })
  })

  test('is wiped when the witness turns out to be malformed', async () => {
    await eachKey(await marginKey(), 2, async (key) => {
      const witness = witnessOf(key.wires)
      witness.fill(0xff, witness.length - 32)
      const proof = () => addon.prove(key, witness, 2, new Int32Array(2))
      await assertWiped(() => assert.rejects(proof(), { code: 'WITNESS' }))
    })
  })

  test('is wiped when memory runs out, wherever it does', async () => {
    const { files } = await toys.load(PRODUCT)
    const witness = fieldBytes([1n, 15n, 100n, 7n, 3n, 5n])
    for (const threads of [1, 2]) {
      await eachKey(files.zkey, threads, async (key, path) => {
        const prove = () => addon.prove(key, witness, threads, new Int32Array(2))
        let refusals = 0
        // The first ones each, then samples: a path may ask for memory window by window.
        for (let isRefused = true; isRefused; refusals += refusals < 40 ? 1 : 17) {
          addon.refuseMemory(refusals)
          await assertWiped(async () => {
            const error = await prove().then(
              () => undefined,
              (failure) => failure,
            )
            assert.ok(error === undefined || error.code === 'MEMORY', `${path}: ${error}`)
            isRefused = error !== undefined
          })
        }
        assert.ok(refusals > 10, path)
        addon.refuseMemory(2 ** 32 - 1)
      })
    }
  })
})
