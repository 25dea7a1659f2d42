import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { readR1cs } from '../../circom/r1cs.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { countGates, kzgDomainLog } from '../../keys/dev/gates.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { compiledHash, keyHash } from '../../keys/selection.ts'
import { createProver } from '../../prover/create-prover.ts'
import { SnarkjsBackend } from '../../prover/snarkjs-backend.ts'
import { readProof, verify, writeProof } from '../../verifier/index.ts'
import { snarkjsVerdict } from '../support/kzg-toy.ts'
import { readJson, replaceArtifact, toyArtifacts, toyArtifactsIn } from '../support/toy-artifacts.ts'
import { PRODUCT, productInstance } from '../support/toy-definitions.ts'

const definitions = { product: PRODUCT }

for (const system of ['plonk', 'fflonk'] as const) {
  suite(`the product circuit in ${system}`, () => {
    let toys: Awaited<ReturnType<typeof toyArtifactsIn<typeof system>>>
    before(async () => {
      toys = await toyArtifactsIn(system, [PRODUCT])
    })
    after(async () => {
      await toys[Symbol.asyncDispose]()
      await globalThis.curve_bn128?.terminate()
    })

    test('is compiled at O1, with keys in a directory of their own, pinned like all artifacts, without the powers of tau', async () => {
      const { keyDirectory, manifest, files } = await toys.load(PRODUCT)
      assert.deepEqual([manifest.proofSystem, manifest.optimization, manifest.setup], [system, 'O1', 'dev'])
      assert.deepEqual((await readdir(keyDirectory)).sort(), ['circuit.zkey', 'manifest.json', 'vkey.json'])
      const { power } = (await readJson(files.vkey)) as { power: number }
      assert.equal(kzgDomainLog(system, countGates(await readR1cs(files.r1cs))), power)
    })

    test('is built once, and again for another seed', async () => {
      const options = { ...toys.selection, circuits: [PRODUCT], profile: 'small', threads: 1 } as const
      const [again] = await buildArtifacts(options)
      assert.equal(again!.built, false)
      const [other] = await buildArtifacts({ ...options, seed: 'another' })
      assert.equal(other!.built, true)
      const x2 = async (file: string) => ((await readJson(file)) as { X_2: unknown }).X_2
      assert.notDeepEqual(await x2(other!.files.vkey), await x2(again!.files.vkey))
    })

    test('proves: our verifier and snarkjs accept, also after a JSON round trip, and refuse another statement', async () => {
      const { statement, witness } = productInstance(3n, 5n)
      const vkey = await readJson((await toys.load(PRODUCT)).files.vkey)
      const stages: number[] = []
      await using prover = await createProver({ ...toys.options, definitions })
      const onProgress = ({ stage, fraction }: { stage: string; fraction: number }) => {
        if (stage === 'prove') stages.push(fraction)
      }
      const { proof, publicSignals } = await prover.prove('product', statement, witness, { onProgress })
      assert.equal(proof.protocol, system)
      assert.deepEqual(stages, [0.05, 0.25, 0.5, 0.8, 0.85, 1])
      const read = readProof(system, JSON.parse(JSON.stringify(writeProof(proof))))
      assert.deepEqual(read, proof)
      assert.equal(await verify(PRODUCT, read, statement, { vkey }), true)
      assert.equal(await verify(PRODUCT, read, { ...statement, product: 16n }, { vkey }), false)
      assert.equal(await snarkjsVerdict(vkey, publicSignals, proof), true)
      assert.equal(await snarkjsVerdict(vkey, [16n, ...publicSignals.slice(1)], proof), false)
    })

    test('refuses a false statement and input that is not canonical, and stops when it is aborted', async () => {
      await using prover = await createProver({ ...toys.options, definitions })
      const { statement, witness } = productInstance(3n, 5n)
      const wrong = prover.prove('product', { ...statement, product: 16n }, witness)
      await assert.rejects(wrong, { code: 'WITNESS_FAILED' })
      const negative = prover.prove('product', statement, { ...witness, right: -5n })
      await assert.rejects(negative, { code: 'INPUT_INVALID', path: 'input.right' })
      const controller = new AbortController()
      const onProgress = ({ fraction }: { fraction: number }) => fraction === 0.25 && controller.abort()
      const stopped = prover.prove('product', statement, witness, { signal: controller.signal, onProgress })
      await assert.rejects(stopped, { code: 'ABORTED' })
    })

    test('throws CONSTRAINT_BROKEN for a witness that breaks a constraint', async () => {
      class Tampering extends SnarkjsBackend<typeof system> {
        override prove(...[key, witness, options]: Parameters<SnarkjsBackend<typeof system>['prove']>) {
          // Wire 4 is the factor `left`.
          witness[4 * 32]!++
          return super.prove(key, witness, options)
        }
      }
      await using backend = new Tampering(system)
      await using prover = await createProver({ ...toys.options, definitions, backend })
      const { statement, witness } = productInstance(3n, 5n)
      await assert.rejects(prover.prove('product', statement, witness), { code: 'CONSTRAINT_BROKEN', message: /left/ })
    })

    test('refuses a key of another proof system', async () => {
      await using groth16 = await toyArtifacts([PRODUCT])
      const artifacts = await toys.load(PRODUCT)
      const foreign = await groth16.load(PRODUCT)
      await using backend = new SnarkjsBackend(system)
      await assert.rejects(backend.loadKey(foreign), { code: 'INPUT_INVALID', path: 'proofSystem' })
      const original = JSON.stringify(await readJson(artifacts.files.vkey))
      await replaceArtifact(artifacts, 'vkey', JSON.stringify(await readJson(foreign.files.vkey)))
      await assert.rejects(createProver({ ...toys.options, definitions }), { code: 'ARTIFACT_CORRUPT' })
      await replaceArtifact(artifacts, 'vkey', original)
    })

    test('stops building when aborted, and leaves nothing', async () => {
      const controller = new AbortController()
      const onProgress = ({ stage }: { stage: string }) => stage.startsWith('key') && controller.abort()
      const { signal } = controller
      const options = { ...toys.selection, circuits: [PRODUCT], profile: 'small', seed: 'aborted' } as const
      await assert.rejects(buildArtifacts({ ...options, threads: 1, signal, onProgress }), { code: 'ABORTED' })
      await assert.rejects(loadArtifacts(PRODUCT, 'small', options), { code: 'ARTIFACT_MISSING' })
    })
  })
}

suite('the choice of a proof system', () => {
  test('is refused where a circuit is not offered in it, with what is', async () => {
    const tradeBatch = requireCircuit('trade-batch')
    for (const load of [
      () => loadArtifacts(tradeBatch, 'small', { proofSystem: 'plonk' }),
      () => createProver({ profile: 'small', circuits: ['trade-batch'], proofSystem: 'plonk' }),
      () => buildArtifacts({ circuits: [tradeBatch], profile: 'small', proofSystem: 'plonk' }),
    ]) {
      await assert.rejects(load(), { code: 'INPUT_INVALID', path: 'proofSystem', message: /groth16, not in "plonk"/ })
    }
  })

  test('shares the compiled circuit at one optimization, and has keys of its own', () => {
    const margin = requireCircuit('margin-sufficiency')
    const selections = (['groth16', 'plonk', 'fflonk'] as const).map((proofSystem) => ({
      proofSystem,
      optimization: 'O1' as const,
    }))
    assert.equal(new Set(selections.map((selection) => compiledHash(margin, 'small', selection))).size, 1)
    assert.equal(new Set(selections.map((selection) => keyHash(margin, '00'.repeat(32), selection))).size, 3)
  })
})
