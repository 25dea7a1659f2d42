import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { promisify } from 'node:util'
import type { CircuitArtifacts } from '../../keys/load.ts'
import type { LoadedKey, ProvingOptions } from '../../prover/backend.ts'
import { createProver } from '../../prover/create-prover.ts'
import { SnarkjsBackend } from '../../prover/snarkjs-backend.ts'
import { readJson, replaceArtifact, toyArtifacts, withFlippedBit } from '../support/toy-artifacts.ts'
import { POWERS, PRODUCT, productInstance } from '../support/toy-definitions.ts'

const INSTANCE = productInstance(3n, 5n)

/** snarkjs with another proving key than the one that was checked, as if the file changed in between. */
class KeySwappingBackend extends SnarkjsBackend {
  readonly #zkey: string

  constructor(zkey: string) {
    super()
    this.#zkey = zkey
  }

  override loadKey(artifacts: CircuitArtifacts) {
    return super.loadKey({ ...artifacts, files: { ...artifacts.files, zkey: this.#zkey } })
  }
}

/** snarkjs, but one wire of every witness is changed first: the last, `main.of[1].square` of the circuit powers. */
class TamperingBackend extends SnarkjsBackend {
  override prove(key: LoadedKey, witness: Uint8Array, options?: ProvingOptions) {
    witness[witness.length - 32]! ^= 1
    return super.prove(key, witness, options)
  }
}

suite('createProver', () => {
  test('reports its progress and needs only the circuits it is asked for', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    const fractions: number[] = []
    const onProgress = ({ fraction }: { fraction: number }) => void fractions.push(fraction)
    await using prover = await createProver({ ...toys.options, circuits: ['product'], onProgress })
    assert.deepEqual(fractions, [0, 1])
    assert.equal((await prover.prove('product', INSTANCE.statement, INSTANCE.witness)).publicSignals.length, 3)
  })

  test('refuses unknown profiles and circuits, and artifacts that were not built', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    await assert.rejects(createProver({ ...toys.options, profile: 'huge' as never }), { code: 'PROFILE_UNKNOWN' })
    for (const name of ['nothing', '../product', 'constructor']) {
      const circuits = [name as 'product']
      await assert.rejects(createProver({ ...toys.options, circuits }), { code: 'CIRCUIT_UNKNOWN' })
    }
    await assert.rejects(createProver({ ...toys.options, circuits: ['powers'] }), { code: 'ARTIFACT_MISSING' })
  })

  test('refuses options that are not counts', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    const options = { ...toys.options, circuits: ['product'] as const }
    for (const bad of [0, -1, 1.5, Number.NaN, '2' as never]) {
      await assert.rejects(createProver({ ...options, witnessThreads: bad }), { code: 'INPUT_INVALID' })
    }
    await assert.rejects(createProver({ ...options, graceMs: -1 }), { code: 'INPUT_INVALID', path: 'graceMs' })
    await using prover = await createProver(options)
    const proofs = prover.proveMany([], { lookahead: Number.NaN })
    await assert.rejects(proofs.next(), { code: 'INPUT_INVALID', path: 'lookahead' })
  })

  test('refuses a bit-flipped proving key', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    const { files } = await toys.load(PRODUCT)
    await writeFile(files.zkey, await withFlippedBit(files.zkey))
    await assert.rejects(createProver({ ...toys.options, circuits: ['product'] }), { code: 'ARTIFACT_CORRUPT' })
  })

  test('refuses a verification key with gamma = delta, or of another circuit, though its sum is right', async () => {
    await using toys = await toyArtifacts([PRODUCT, POWERS])
    const product = await toys.load(PRODUCT)
    const vkey = (await readJson(product.files.vkey)) as { vk_delta_2: unknown }
    await replaceArtifact(product, 'vkey', JSON.stringify({ ...vkey, vk_gamma_2: vkey.vk_delta_2 }))
    await assert.rejects(createProver({ ...toys.options, circuits: ['product'] }), { code: 'KEY_UNSAFE' })
    await replaceArtifact(product, 'vkey', await readFile((await toys.load(POWERS)).files.vkey))
    await assert.rejects(createProver({ ...toys.options, circuits: ['product'] }), { code: 'ARTIFACT_CORRUPT' })
    await replaceArtifact(product, 'vkey', 'no JSON')
    await assert.rejects(createProver({ ...toys.options, circuits: ['product'] }), { code: 'ARTIFACT_CORRUPT' })
  })

  test('throws PROOF_INVALID when the proving key in memory is corrupt, for which snarkjs gives a proof', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    const { files, directory } = await toys.load(PRODUCT)
    const flipped = `${directory}/flipped.zkey`
    await writeFile(flipped, await withFlippedBit(files.zkey))
    await using backend = new KeySwappingBackend(flipped)
    await using prover = await createProver({ ...toys.options, circuits: ['product'], backend })
    await assert.rejects(prover.prove('product', INSTANCE.statement, INSTANCE.witness), {
      code: 'PROOF_INVALID',
      message: /its witness is right/,
    })
  })

  test('throws CONSTRAINT_BROKEN, naming the component, for a witness that breaks one, for which snarkjs gives a proof', async () => {
    await using toys = await toyArtifacts([POWERS])
    await using backend = new TamperingBackend()
    await using prover = await createProver({ ...toys.options, circuits: ['powers'], backend })
    const refused = prover.prove('powers', { first: 81n, second: 987654n ** 4n }, { roots: [3n, 987654n] })
    await assert.rejects(
      refused,
      (error: Error & { code: string; details: { constraints: { components: string[] }[] } }) => {
        assert.equal(error.code, 'CONSTRAINT_BROKEN')
        assert.match(error.message, /main\.of\[1\]/)
        assert.doesNotMatch(JSON.stringify([error.message, error.details, error.stack]), /main\.of\[0\]|98765/)
        assert.equal(error.details.constraints.length, 2)
        assert.ok(error.details.constraints[0]!.components.includes('main.of[1]'))
        return true
      },
    )
  })

  test('leaves a backend that was given to its owner', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    await using backend = new SnarkjsBackend()
    for (let round = 0; round < 2; round++) {
      await using prover = await createProver({ ...toys.options, circuits: ['product'], backend })
      assert.equal((await prover.prove('product', INSTANCE.statement, INSTANCE.witness)).circuit, 'product')
    }
  })

  test('lets a script that proves one thing exit by itself, and one whose prover could not be made', async () => {
    await using toys = await toyArtifacts([PRODUCT])
    const from = (path: string) => JSON.stringify(import.meta.resolve(path))
    const script = `
      import { createProver } from ${from('../../prover/create-prover.ts')}
      import { PRODUCT, productInstance } from ${from('../support/toy-definitions.ts')}
      const selection = JSON.parse(process.argv[1])
      const definitions = { product: PRODUCT, missing: { ...PRODUCT, name: 'missing' } }
      const { statement, witness } = productInstance(3n, 5n)
      {
        const circuits = ['product']
        await using prover = await createProver({ profile: 'small', definitions, circuits, ...selection })
        console.log((await prover.prove('product', statement, witness)).circuit)
      }
      await createProver({ profile: 'small', definitions, ...selection }).catch((error) => console.log(error.code))`
    const given = JSON.stringify(toys.selection)
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, given])
    assert.equal(stdout, 'product\nARTIFACT_MISSING\n')
  })
})
