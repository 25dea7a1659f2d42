import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { zKey } from 'snarkjs'
import { buildArtifacts } from '../../../keys/build.ts'
import {
  applyBeacon,
  ceremonyStatus,
  contribute,
  exportCeremony,
  transcriptDigest,
  verifyCeremony,
} from '../../../keys/ceremony/index.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import { readKeyManifest, writeManifest } from '../../../keys/manifest.ts'
import { createProver } from '../../../prover/create-prover.ts'
import { verify } from '../../../verifier/index.ts'
import { BEACON, ceremonyGround, NAMES, walkCeremony } from '../../support/ceremony.ts'
import { below, product } from '../../support/circuits/index.ts'
import { readJson } from '../../support/toy-artifacts.ts'
import { PRODUCT, productInstance } from '../../support/toy-definitions.ts'

const FALSEHOOD = { product: 4n, square: 3n, offset: 9n }

describe('a ceremony of three contributors over two circuits', () => {
  let ground: Awaited<ReturnType<typeof ceremonyGround>>
  let directory: string
  let digest: string
  before(async () => {
    ground = await ceremonyGround({ product, below }, 'snarkjs')
    directory = ground.file('coordinator')
    await ground.begin(directory)
    digest = transcriptDigest((await walkCeremony(directory, ground.file)).transcript)
  })
  after(async () => {
    await ground[Symbol.asyncDispose]()
    // snarkjs leaves its threads running.
    await globalThis.curve_bn128?.terminate()
  })

  test('leaves a folder for each round and nothing else', async () => {
    assert.deepEqual(await readdir(directory), ['0000', '0001', '0002', '0003', '0004'])
    for (const round of await readdir(directory)) {
      const files = ['below.zkey', 'product.zkey', 'transcript.json']
      assert.deepEqual((await readdir(join(directory, round))).sort(), files)
    }
  })

  test('says in its status who contributed, what it is called and what is next', async () => {
    const status = await ceremonyStatus(directory)
    assert.deepEqual(
      status.transcript.rounds.map(({ name }) => name),
      [...NAMES, 'beacon'],
    )
    const { state, contributions, rounds } = status
    assert.deepEqual({ state, contributions, rounds }, { state: 'complete', contributions: 3, rounds: [0, 1, 2, 3, 4] })
    const text = await readFile(join(directory, '0004', 'transcript.json'))
    assert.equal(status.digest, createHash('sha256').update(text).digest('hex'))
    assert.match((await ceremonyStatus(ground.file('contributor-0'))).next, /contribute, or apply the beacon/)
  })

  test('never stores what a contributor typed', async () => {
    for (const round of await readdir(directory)) {
      for (const file of await readdir(join(directory, round))) {
        assert.ok(!(await readFile(join(directory, round, file))).includes('typed by hand'), `${round}/${file}`)
      }
    }
  })

  test('verifies from the sources and the powers of tau to the verification keys, which snarkjs exports alike', async () => {
    const fractions: number[] = []
    const onProgress = ({ fraction }: { fraction: number }) => fractions.push(fraction)
    const verified = await verifyCeremony({ ...ground.checking(directory), onProgress })
    const { complete, contributions } = verified
    assert.deepEqual({ complete, contributions, digest: verified.digest }, { complete: true, contributions: 3, digest })
    for (const { key, verificationKey } of verified.circuits) {
      assert.deepEqual(JSON.parse(verificationKey!), await zKey.exportVerificationKey(key))
    }
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    )
    assert.equal(fractions.at(-1), 1)
  })

  test('exports keys that prove and verify, are named by the digest, and verifiers that name it', async () => {
    const exported = await exportCeremony(ground.checking(directory))
    const selection = { buildDirectory: ground.sources.buildDirectory, sourceRoots: ground.sources.sourceRoots }
    const { manifest, files } = await loadArtifacts(product, 'small', { ...selection, ceremony: digest })
    assert.deepEqual(
      { setup: manifest.setup, ceremony: manifest.ceremony },
      { setup: 'ceremony', ceremony: { digest, contributions: 3 } },
    )
    await using prover = await createProver({
      ...selection,
      profile: 'small',
      definitions: { product: PRODUCT },
      ceremony: digest,
    })
    const { statement, witness } = productInstance(3n, 5n)
    const { proof } = await prover.prove('product', statement, witness)
    const vkey = await readJson(files.vkey)
    assert.equal(await verify(PRODUCT, proof, statement, { vkey }), true)
    assert.equal(await verify(PRODUCT, proof, FALSEHOOD, { vkey }), false)
    assert.deepEqual(Object.keys(exported.verifiers).sort(), ['BelowVerifier', 'ProductVerifier'])
    const source = exported.verifiers.ProductVerifier!
    assert.ok(source.includes(`// setup: ceremony\n// ceremony: transcript sha256 ${digest}, contributions 3\n`))
    assert.doesNotMatch(source, /chainid/)
  })

  describe('its exported artifacts are refused', () => {
    /** The artifacts of `product` in a build directory of their own. */
    async function exportedCopy(name: string) {
      const selection = { buildDirectory: ground.file(name), sourceRoots: ground.sources.sourceRoots, ceremony: digest }
      await cp(ground.sources.buildDirectory, selection.buildDirectory, { recursive: true })
      const { keyDirectory: folder } = await loadArtifacts(product, 'small', selection)
      return { selection, folder, file: (file: string) => join(folder, file) }
    }
    const corrupt = { code: 'ARTIFACT_CORRUPT' }

    test('with another or no transcript, another key count, or as those of another ceremony', async () => {
      const { selection, file } = await exportedCopy('build-1')
      const load = () => loadArtifacts(product, 'small', selection)
      const transcript = await readFile(file('transcript.json'), 'utf8')
      await writeFile(file('transcript.json'), transcript.replace('I am number 1.', 'I am somebody.'))
      await assert.rejects(load(), corrupt)
      await rm(file('transcript.json'))
      await assert.rejects(load(), corrupt)
      await writeFile(file('transcript.json'), transcript)
      await load()
      const manifest = await readFile(file('manifest.json'), 'utf8')
      await writeFile(file('manifest.json'), manifest.replace('"contributions": 3', '"contributions": 4'))
      await assert.rejects(load(), corrupt)
      await assert.rejects(loadArtifacts(product, 'small', { ...selection, ceremony: '00'.repeat(32) }), {
        code: 'ARTIFACT_MISSING',
      })
      await assert.rejects(loadArtifacts(product, 'small', { ...selection, ceremony: '../../x' }), {
        code: 'INPUT_INVALID',
        path: 'ceremony',
      })
    })

    test('with a dev key in their place, however its manifest is written', async () => {
      const { selection, folder } = await exportedCopy('build-2')
      const { ceremony, ...dev } = selection
      const [devKey] = await buildArtifacts({ circuits: [product], profile: 'small', ...dev })
      const { keyDirectory } = devKey!
      const forged = { ...(await readKeyManifest(keyDirectory)), ceremony: { digest, contributions: 3 } }
      await cp(keyDirectory, folder, { recursive: true })
      await writeManifest(folder, { ...forged, setup: 'ceremony', hash: basename(folder) })
      await assert.rejects(loadArtifacts(product, 'small', { ...dev, ceremony }), corrupt)
      await writeManifest(keyDirectory, { ...forged, setup: 'ceremony' })
      await assert.rejects(loadArtifacts(product, 'small', dev), corrupt)
    })
  })

  test('takes nothing more after the beacon', async () => {
    const refused = { code: 'INPUT_INVALID', message: /has its beacon/ }
    await assert.rejects(contribute({ directory, name: 'Late' }), refused)
    await assert.rejects(applyBeacon({ directory, ...BEACON }), refused)
    assert.equal((await readdir(directory)).length, 5)
  })

  test('is never overwritten', async () => {
    const occupied = { code: 'OUTPUT_UNWRITABLE', message: /is there already/ }
    await assert.rejects(ground.begin(directory), occupied)
    const transcript = await readFile(join(directory, '0000', 'transcript.json'), 'utf8')
    assert.match(transcript, /the next test/)
  })
})
