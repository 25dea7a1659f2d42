import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { readR1cs } from '../../../circom/r1cs.ts'
import { CIRCUITS } from '../../../circuits/index.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import type { ZkclearError } from '../../../protocol/errors.ts'
import { requestedPath } from '../../../prover/native/addon.ts'
import { NativeBackend } from '../../../prover/native/backend.ts'
import { verify } from '../../../verifier/index.ts'
import { fieldBytes } from '../../support/blinded-proofs.ts'
import { loadTestAddon, nativePaths, type TestAddon } from '../../support/native-addon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { readJson, toyArtifacts } from '../../support/toy-artifacts.ts'
import { PRODUCT, productInstance } from '../../support/toy-definitions.ts'

const WITNESS = fieldBytes([1n, 15n, 100n, 7n, 3n, 5n])

suite('NativeBackend', () => {
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  let addon: TestAddon
  before(async () => {
    toys = await toyArtifacts([PRODUCT])
    addon = await loadTestAddon()
  })
  after(() => toys[Symbol.asyncDispose]())

  const marginFiles = async () => (await loadArtifacts(CIRCUITS['margin-sufficiency'], 'small')).files
  const loadMargin = (backend: NativeBackend) =>
    loadArtifacts(CIRCUITS['margin-sufficiency'], 'small').then((artifacts) => backend.loadKey(artifacts))
  /** Any numbers do for a proof that nobody verifies, as long as there are enough of them: wires of a margin proof. */
  const longWitness = async () => {
    const { nWires } = await readR1cs((await marginFiles()).r1cs)
    return fieldBytes(Array.from({ length: nWires }, (_, i) => (BigInt(i + 1) ** 20n) >> 10n))
  }

  test('makes proofs that verify, on every path, and says how far it is', async () => {
    const artifacts = await toys.load(PRODUCT)
    const vkey = await readJson(artifacts.files.vkey)
    for (const path of await nativePaths()) {
      await using backend = new NativeBackend(addon, { path, threads: 2 })
      assert.equal(backend.path, path)
      const key = await backend.loadKey(artifacts)
      const fractions: number[] = []
      const proof = await backend.prove(key, WITNESS, { onProgress: ({ fraction }) => fractions.push(fraction) })
      assert.equal(await verify(PRODUCT, proof, productInstance(3n, 5n).statement, { vkey }), true, path)
      assert.deepEqual(fractions, [...fractions].sort())
      assert.deepEqual([fractions.at(0), fractions.at(-1)], [0, 1])
    }
  })

  test('blinds every proof afresh, even those made at the same time with one key', async () => {
    await using backend = new NativeBackend(addon, { threads: 1 })
    const key = await backend.loadKey(await toys.load(PRODUCT))
    const proofs = await Promise.all(Array.from({ length: 8 }, () => backend.prove(key, WITNESS)))
    assert.equal(new Set(proofs.map((proof) => String(proof.a))).size, 8)
  })

  test('runs proofs of one thread each side by side', async () => {
    const key = await addon.loadKey((await marginFiles()).zkey, 'portable', 1)
    const witness = await longWitness()
    const isUnderWay = (control: Int32Array) => control[1]! > 0 && control[1]! < 1000
    let together = false
    // Once is enough; a busy machine may let one of them finish before the other gets its turn.
    for (let attempt = 0; attempt < 10 && !together; attempt++) {
      const controls = [new Int32Array(2), new Int32Array(2)]
      let over = 0
      const proofs = controls.map((control) => addon.prove(key, witness, 1, control).finally(() => over++))
      while (over === 0) {
        together ||= controls.every(isUnderWay)
        await new Promise(setImmediate)
      }
      await Promise.all(proofs)
    }
    addon.freeKey(key)
    assert.equal(together, true)
  })

  test('takes a witness at any place of its buffer', async () => {
    const artifacts = await toys.load(PRODUCT)
    const vkey = await readJson(artifacts.files.vkey)
    await using backend = new NativeBackend(addon)
    const key = await backend.loadKey(artifacts)
    const buffer = new Uint8Array(WITNESS.length + 3)
    buffer.set(WITNESS, 3)
    const proof = await backend.prove(key, buffer.subarray(3))
    assert.equal(await verify(PRODUCT, proof, productInstance(3n, 5n).statement, { vkey }), true)
  })

  test('refuses witnesses of the wrong length and entries that are not below r, without their values', async () => {
    await using backend = new NativeBackend(addon)
    const key = await backend.loadKey(await toys.load(PRODUCT))
    for (const bad of [WITNESS.subarray(32), WITNESS.subarray(1), new Uint8Array(0), new Uint8Array(192).fill(0xff)]) {
      await assert.rejects(backend.prove(key, bad), (error: ZkclearError) => {
        assert.doesNotMatch(error.message, /\d\d/)
        return error.code === 'PROOF_INVALID'
      })
    }
    await backend.prove(key, WITNESS)
  })

  test('refuses key files that are not there, or a folder', async () => {
    await using backend = new NativeBackend(addon)
    const artifacts = await toys.load(PRODUCT)
    for (const zkey of [`${artifacts.files.zkey}.not`, artifacts.directory]) {
      const files = { ...artifacts.files, zkey }
      await assert.rejects(backend.loadKey({ ...artifacts, files }), { code: 'FILE_UNREADABLE' })
    }
  })

  test('refuses files that are not proving keys', async () => {
    await using folder = await temporaryDirectory()
    await using backend = new NativeBackend(addon)
    const artifacts = await toys.load(PRODUCT)
    for (const content of ['', 'zkey', 'wtns\u0001\0\0\0\u0001\0\0\0', 'zkey\u0001\0\0\0\0\0\0\0']) {
      const zkey = folder.file('some.zkey')
      await writeFile(zkey, content)
      const files = { ...artifacts.files, zkey }
      await assert.rejects(backend.loadKey({ ...artifacts, files }), { code: 'ARTIFACT_CORRUPT' })
    }
  })

  test('stops a proof that is aborted, before or while it runs, and goes on with the next', async () => {
    await using backend = new NativeBackend(addon, { path: 'portable', threads: 2 })
    const key = await loadMargin(backend)
    const witness = await longWitness()
    await assert.rejects(backend.prove(key, witness, { signal: AbortSignal.abort() }), { code: 'ABORTED' })
    const controller = new AbortController()
    const onProgress = ({ fraction }: { fraction: number }) => fraction > 0 && controller.abort()
    await assert.rejects(backend.prove(key, witness, { signal: controller.signal, onProgress }), { code: 'ABORTED' })
    assert.equal((await backend.prove(key, witness)).a.length, 2)
  })

  test('waits for the proof under way when it is disposed, and proves nothing afterwards', async () => {
    const backend = new NativeBackend(addon, { path: 'portable' })
    const witness = await longWitness()
    const key = await loadMargin(backend)
    let proved = false
    const proof = backend.prove(key, witness).then(() => {
      proved = true
    })
    await backend.dispose()
    await backend.dispose()
    await proof
    assert.equal(proved, true)
    await assert.rejects(async () => backend.prove(key, WITNESS), { code: 'ABORTED' })
    await assert.rejects(async () => backend.loadKey(await toys.load(PRODUCT)), { code: 'ABORTED' })
  })

  test('keeps its memory flat over five hundred proofs', async () => {
    await using backend = new NativeBackend(addon, { threads: 2 })
    const key = await backend.loadKey(await toys.load(PRODUCT))
    const prove = async (count: number) => {
      for (let i = 0; i < count; i++) await backend.prove(key, WITNESS)
      return process.memoryUsage.rss()
    }
    const before = await prove(100)
    const after = await prove(500)
    assert.ok(after - before < 24 * 2 ** 20, `grew by ${(after - before) / 2 ** 20} MiB`)
  })

  test('refuses a path that does not exist', () => {
    assert.throws(() => requestedPath({ ZKCLEAR_NATIVE: 'fast' }), { code: 'INPUT_INVALID', path: 'ZKCLEAR_NATIVE' })
    assert.equal(requestedPath({ ZKCLEAR_NATIVE: 'adx' }), 'adx')
    assert.equal(requestedPath({ ZKCLEAR_NATIVE: 'off' }), 'off')
    assert.equal(requestedPath({ ZKCLEAR_NATIVE: '' }), undefined)
    assert.throws(() => new NativeBackend(addon, { path: 'sse2' as never }), { code: 'NATIVE_UNAVAILABLE' })
  })
})
