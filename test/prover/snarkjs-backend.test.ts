import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { curves } from 'snarkjs'
import { SnarkjsBackend } from '../../prover/snarkjs-backend.ts'
import { verify } from '../../verifier/index.ts'
import { readJson, toyArtifacts } from '../support/toy-artifacts.ts'
import { PRODUCT, productInstance } from '../support/toy-definitions.ts'

/** The wires of `product` for 3 * 5 at offset 7, as 32-byte little-endian elements. */
function witnessBytes(wires: readonly bigint[] = [1n, 15n, 100n, 7n, 3n, 5n]): Uint8Array {
  const bytes = Buffer.alloc(32 * wires.length)
  for (const [index, wire] of wires.entries()) bytes.writeBigUInt64LE(wire, 32 * index)
  return new Uint8Array(bytes)
}

suite('SnarkjsBackend', () => {
  let toys: Awaited<ReturnType<typeof toyArtifacts>>
  before(async () => {
    toys = await toyArtifacts([PRODUCT])
  })
  after(() => toys[Symbol.asyncDispose]())

  test('proves with a key that is no longer on disk, and says how far it is', async () => {
    const artifacts = await toys.load(PRODUCT)
    const vkey = await readJson(artifacts.files.vkey)
    await using backend = new SnarkjsBackend()
    const key = await backend.loadKey(artifacts)
    const fractions: number[] = []
    const proof = await backend.prove(key, witnessBytes(), { onProgress: ({ fraction }) => fractions.push(fraction) })
    assert.equal(await verify(PRODUCT, proof, productInstance(3n, 5n).statement, { vkey }), true)
    assert.deepEqual(fractions, [...fractions].sort())
    assert.equal(fractions.length, 9)
    assert.equal(fractions.at(-1), 1)
  })

  test('makes different proofs of the same witness, one after the other if called at once', async () => {
    await using backend = new SnarkjsBackend()
    const key = await backend.loadKey(await toys.load(PRODUCT))
    const [one, two] = await Promise.all([backend.prove(key, witnessBytes()), backend.prove(key, witnessBytes())])
    assert.notDeepEqual(one, two)
  })

  test('refuses a witness of the wrong length, and goes on', async () => {
    await using backend = new SnarkjsBackend()
    const key = await backend.loadKey(await toys.load(PRODUCT))
    await assert.rejects(backend.prove(key, witnessBytes([1n, 15n])), { code: 'PROOF_INVALID' })
    assert.equal((await backend.prove(key, witnessBytes())).a.length, 2)
  })

  test('refuses a key file that is not there', async () => {
    await using backend = new SnarkjsBackend()
    const artifacts = await toys.load(PRODUCT)
    const files = { ...artifacts.files, zkey: `${artifacts.files.zkey}.not` }
    await assert.rejects(backend.loadKey({ ...artifacts, files }), { code: 'FILE_UNREADABLE' })
    assert.ok((await readFile(artifacts.files.zkey)).length > 0)
  })

  test('stops at the next stage when aborted, and a proof that waits does not start', async () => {
    await using backend = new SnarkjsBackend()
    const key = await backend.loadKey(await toys.load(PRODUCT))
    const controller = new AbortController()
    const stages: number[] = []
    const onProgress = ({ fraction }: { fraction: number }) => {
      stages.push(fraction)
      if (fraction > 0.2) controller.abort()
    }
    const { signal } = controller
    const running = backend.prove(key, witnessBytes(), { signal, onProgress })
    const waiting = backend.prove(key, witnessBytes(), { signal, onProgress })
    await assert.rejects(running, { code: 'ABORTED' })
    await assert.rejects(waiting, { code: 'ABORTED' })
    await backend.prove(key, witnessBytes())
    assert.equal(Math.max(...stages), 0.22)
  })

  test('ends the threads with its last user, and not those that were there before', async () => {
    const artifacts = await toys.load(PRODUCT)
    const one = new SnarkjsBackend()
    const two = new SnarkjsBackend()
    await Promise.all(
      [one, two].map(async (backend) => backend.prove(await backend.loadKey(artifacts), witnessBytes())),
    )
    await one.dispose()
    assert.ok(globalThis.curve_bn128)
    await two.dispose()
    assert.equal(globalThis.curve_bn128, null)

    const curve = await curves.getCurveFromName('bn128')
    const three = new SnarkjsBackend()
    await three.prove(await three.loadKey(artifacts), witnessBytes())
    await three.dispose()
    assert.equal(globalThis.curve_bn128, curve)
    await curve.terminate()
  })

  test('refuses to prove after it was disposed', async () => {
    const backend = new SnarkjsBackend()
    const key = await backend.loadKey(await toys.load(PRODUCT))
    await backend.dispose()
    await backend.dispose()
    await assert.rejects(async () => backend.prove(key, witnessBytes()), { code: 'ABORTED' })
  })
})
