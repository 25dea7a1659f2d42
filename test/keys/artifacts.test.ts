import assert from 'node:assert/strict'
import { appendFile, chmod, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { artifactHash, buildArtifacts, type CircuitArtifacts, loadArtifacts } from '../../keys/artifacts.ts'
import { preimage, product, TOY_SOURCES } from '../support/circuits/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

describe('artifacts', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let selection: { buildDirectory: string; sourceRoots: readonly string[] }
  let artifacts: CircuitArtifacts
  const stages: string[] = []
  before(async () => {
    folder = await temporaryDirectory()
    selection = { buildDirectory: folder.file('build'), sourceRoots: TOY_SOURCES }
    const fractions: number[] = []
    const onProgress = ({ stage, fraction }: { stage: string; fraction: number }) => {
      stages.push(stage)
      fractions.push(fraction)
    }
    const results = await buildArtifacts({ ...selection, circuits: [product, preimage], profile: 'small', onProgress })
    assert.deepEqual(
      results.map(({ built }) => built),
      [true, true],
    )
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    )
    artifacts = results[0]!
  })
  after(async () => {
    await folder[Symbol.asyncDispose]()
  })

  /** A copy of the built artifacts for a test that damages them. */
  async function copy(name: string) {
    const buildDirectory = folder.file(name)
    await cp(selection.buildDirectory, buildDirectory, { recursive: true })
    const directory = artifacts.directory.replace(selection.buildDirectory, buildDirectory)
    return { ...selection, buildDirectory, directory, file: (file: string) => join(directory, file) }
  }

  test('lie complete in a folder named by their hash, with nothing beside it', async () => {
    assert.equal(
      artifacts.directory,
      join(selection.buildDirectory, 'product-small', artifactHash(product, 'small', selection)),
    )
    assert.deepEqual(await readdir(dirname(artifacts.directory)), [artifacts.manifest.hash])
    assert.deepEqual((await readdir(artifacts.directory)).sort(), [
      ...['circuit.r1cs', 'circuit.sym', 'circuit.wasm', 'circuit.zkey', 'main.circom', 'manifest.json', 'vkey.json'],
    ])
  })

  test('have a manifest that says what they are', () => {
    const { manifest } = artifacts
    assert.deepEqual(
      { circuit: manifest.circuit, profile: manifest.profile, setup: manifest.setup, inputs: manifest.publicInputs },
      { circuit: 'product', profile: 'small', setup: 'dev', inputs: ['product', 'square', 'offset'] },
    )
    assert.deepEqual(manifest.constraints, { linear: 0, nonLinear: 2, total: 2 })
    assert.equal(manifest.signals, 6)
  })

  test('report the progress of every stage of every circuit', () => {
    assert.deepEqual([...new Set(stages)], ['compile product', 'key product', 'compile preimage', 'key preimage'])
  })

  test('are loaded as they were built', async () => {
    assert.deepEqual({ ...(await loadArtifacts(product, 'small', selection)), built: true }, artifacts)
  })

  test('that are current are left alone', async () => {
    const before = await stat(artifacts.files.zkey)
    const onProgress = () => assert.fail('nothing is to be done')
    const [again] = await buildArtifacts({ ...selection, circuits: [product], profile: 'small', onProgress })
    assert.equal(again!.built, false)
    assert.deepEqual(await stat(artifacts.files.zkey), before)
  })

  test('have another hash for another seed, profile, optimisation, argument, source or set of public inputs', async () => {
    const sourceRoots = [folder.file('sources')]
    await mkdir(sourceRoots[0]!)
    const text = await readFile(join(TOY_SOURCES[0]!, 'product.circom'), 'utf8')
    await writeFile(join(sourceRoots[0]!, 'product.circom'), text.replace('left * right', 'right * left'))
    const hashes = [
      artifactHash(product, 'small', selection),
      artifactHash(product, 'standard', selection),
      artifactHash(product, 'small', { ...selection, seed: 'another' }),
      artifactHash(product, 'small', { ...selection, optimization: 'O1' }),
      artifactHash({ ...product, templateArguments: () => [1] }, 'small', selection),
      artifactHash({ ...product, publicSignals: ['product', 'square'] }, 'small', selection),
      artifactHash(product, 'small', { ...selection, sourceRoots }),
    ]
    assert.equal(new Set(hashes).size, hashes.length)
    assert.equal(artifactHash(product, 'small', { ...selection, optimization: 'O2' }), hashes[0])
  })

  test('that were never built are ARTIFACT_MISSING', async () => {
    await assert.rejects(loadArtifacts(product, 'standard', selection), {
      code: 'ARTIFACT_MISSING',
      message: /zkclear build/,
    })
  })

  const damages: [string, (file: (name: string) => string) => Promise<void>][] = [
    ['a truncated zkey', (file) => truncate(file('circuit.zkey'), 1000)],
    ['a zkey with one bit flipped', (file) => flipBit(file('circuit.zkey'))],
    ['a wasm with one bit flipped', (file) => flipBit(file('circuit.wasm'))],
    ['a longer r1cs', (file) => appendFile(file('circuit.r1cs'), 'x')],
    ['no vkey', (file) => rm(file('vkey.json'))],
    ['a manifest that is not JSON', (file) => writeFile(file('manifest.json'), '{')],
    ['a manifest without fields', (file) => writeFile(file('manifest.json'), '{}')],
    ['a huge manifest', (file) => writeFile(file('manifest.json'), Buffer.alloc(2 ** 21, ' '))],
    ['a manifest that names another file', (file) => edit(file, { files: { '../x': { bytes: 0, sha256: '0' } } })],
    ['the manifest of another circuit', (file) => edit(file, { circuit: 'preimage' })],
  ]
  for (const [index, [name, damage]] of damages.entries()) {
    test(`with ${name} are ARTIFACT_CORRUPT, and building mends them`, async () => {
      const { file, ...damaged } = await copy(`damaged-${index}`)
      await damage(file)
      await assert.rejects(loadArtifacts(product, 'small', damaged), { code: 'ARTIFACT_CORRUPT' })
      const [mended] = await buildArtifacts({ ...damaged, circuits: [product], profile: 'small' })
      assert.equal(mended!.built, true)
      assert.deepEqual(mended!.manifest.files, artifacts.manifest.files)
      assert.deepEqual(await readdir(dirname(mended!.directory)), [artifacts.manifest.hash])
    })
  }

  test('built by several at once are sound, and nothing is left over', async () => {
    const buildDirectory = folder.file('contended')
    const options = { ...selection, buildDirectory, circuits: [product], profile: 'small' as const }
    const results = await Promise.all(Array.from({ length: 4 }, () => buildArtifacts(options)))
    for (const [result] of results) assert.deepEqual(result!.manifest.files, artifacts.manifest.files)
    assert.deepEqual(await readdir(join(buildDirectory, 'product-small')), [artifacts.manifest.hash])
  })

  test('whose build is aborted leave nothing behind', async () => {
    const buildDirectory = folder.file('aborted')
    const controller = new AbortController()
    const onProgress = ({ stage }: { stage: string }) => stage.startsWith('key') && controller.abort()
    const { signal } = controller
    const building = buildArtifacts({
      ...selection,
      buildDirectory,
      circuits: [preimage],
      profile: 'small',
      signal,
      onProgress,
    })
    await assert.rejects(building, { code: 'ABORTED' })
    assert.deepEqual(await readdir(join(buildDirectory, 'preimage-small')), [])
  })

  test('cannot be built where a file stands in the way', async () => {
    const buildDirectory = folder.file('a-file')
    await writeFile(buildDirectory, '')
    const building = buildArtifacts({ ...selection, buildDirectory, circuits: [product], profile: 'small' })
    await assert.rejects(building, { code: 'OUTPUT_UNWRITABLE' })
  })

  test('of a registry entry that misses a public output or input are refused', async () => {
    const circuit = { ...product, template: 'Doubled', source: 'doubled.circom' }
    const sourceRoots = [folder.file('doubled')]
    await mkdir(sourceRoots[0]!)
    const text = await readFile(join(TOY_SOURCES[0]!, 'product.circom'), 'utf8')
    const doubled = text
      .replace('Product', 'Doubled')
      .replace('product === ', 'signal output twice <== 2 * product; product === ')
    await writeFile(join(sourceRoots[0]!, 'doubled.circom'), doubled)
    const building = buildArtifacts({ ...selection, sourceRoots, circuits: [circuit], profile: 'small' })
    await assert.rejects(building, { code: 'COMPILE_FAILED', message: /1 outputs and 4 public signals/ })
  })
})

async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes[bytes.length >> 1]! ^= 1
  await chmod(path, 0o644)
  await writeFile(path, bytes)
}

/** Overwrites fields of the manifest; those of `files` are added to the ones it has. */
async function edit(file: (name: string) => string, change: { circuit?: string; files?: object }): Promise<void> {
  const json = JSON.parse(await readFile(file('manifest.json'), 'utf8'))
  const files = { ...json.files, ...change.files }
  await writeFile(file('manifest.json'), JSON.stringify({ ...json, ...change, files }))
}
