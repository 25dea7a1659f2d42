import assert from 'node:assert/strict'
import { appendFile, chmod, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CompilerProcess } from '../../circom/compiler-process.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { type CircuitArtifacts, loadArtifacts } from '../../keys/load.ts'
import { compiledHash, keyHash } from '../../keys/selection.ts'
import { preimage, product, TOY_SOURCES } from '../support/circuits/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** Counts what it compiles. */
class CountingCompiler extends CompilerProcess {
  jobs = 0

  override run(...job: Parameters<CompilerProcess['run']>) {
    this.jobs++
    return super.run(...job)
  }
}

describe('artifacts', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let selection: { buildDirectory: string; sourceRoots: readonly string[]; compiler: CountingCompiler }
  let artifacts: CircuitArtifacts
  const stages: string[] = []
  let compiledAtFirst = 0
  before(async () => {
    folder = await temporaryDirectory()
    selection = { buildDirectory: folder.file('build'), sourceRoots: TOY_SOURCES, compiler: new CountingCompiler() }
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
    compiledAtFirst = selection.compiler.jobs
  })
  after(async () => {
    selection.compiler[Symbol.dispose]()
    await folder[Symbol.asyncDispose]()
  })

  /** A copy of the built artifacts for a test that damages them. */
  async function copy(name: string) {
    const buildDirectory = folder.file(name)
    await cp(selection.buildDirectory, buildDirectory, { recursive: true })
    const copied = (directory: string) => directory.replace(selection.buildDirectory, buildDirectory)
    return {
      ...{ ...selection, buildDirectory },
      compiled: (file: string) => join(copied(artifacts.directory), file),
      key: (file: string) => join(copied(artifacts.keyDirectory), file),
    }
  }

  test('take two runs of the compiler for each circuit: as it is shipped, and as it is written, for check and program alike', async () => {
    assert.equal(compiledAtFirst, 2 * 2)
    const programs = await readdir(join(selection.buildDirectory, 'programs'))
    assert.equal(programs.length, 2)
    assert.ok(
      programs.every((name) => /^[0-9a-f]{32}$/.test(name)),
      'nothing is left over',
    )
  })

  test('lie complete in folders named by their hashes, with nothing beside them', async () => {
    const { directory, keyDirectory, manifest } = artifacts
    const r1cs = manifest.files['circuit.r1cs'].sha256
    assert.equal(directory, join(selection.buildDirectory, 'product-small', compiledHash(product, 'small', selection)))
    assert.equal(keyDirectory, join(selection.buildDirectory, 'keys', keyHash(product, r1cs, selection)))
    assert.deepEqual(await readdir(dirname(directory)), [manifest.hash])
    assert.deepEqual((await readdir(directory)).sort(), [
      ...['circuit.r1cs', 'circuit.sym', 'circuit.wasm', 'main.circom', 'manifest.json'],
    ])
    assert.deepEqual((await readdir(keyDirectory)).sort(), ['circuit.zkey', 'manifest.json', 'vkey.json'])
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
    const each = (name: string) => [
      ...[`compile ${name}`, `check simplification of ${name}`],
      ...[`compile the witness program of ${name}`, `key ${name}`],
    ]
    const all = [...new Set(stages)]
    for (const name of ['product', 'preimage']) {
      const own = all.filter((stage) => stage.endsWith(` ${name}`))
      assert.deepEqual(own, each(name))
    }
    assert.equal(all.length, 2 * each('').length)
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

  /** Sources in which the product circuit's text is changed. */
  async function changedSources(name: string, change: (text: string) => string): Promise<string[]> {
    const root = folder.file(name)
    await mkdir(root)
    const text = await readFile(join(TOY_SOURCES[0]!, 'product.circom'), 'utf8')
    await writeFile(join(root, 'product.circom'), change(text))
    return [root]
  }

  test('are compiled anew for another profile, optimization, argument, source or set of public inputs', async () => {
    const sourceRoots = await changedSources('sources', (text) => text.replace('left * right', 'right * left'))
    const hashes = [
      compiledHash(product, 'small', selection),
      compiledHash(product, 'standard', selection),
      compiledHash(product, 'small', { ...selection, optimization: 'O1' }),
      compiledHash({ ...product, templateArguments: () => [1] }, 'small', selection),
      compiledHash({ ...product, publicSignals: ['product', 'square'] }, 'small', selection),
      compiledHash(product, 'small', { ...selection, sourceRoots }),
    ]
    assert.equal(new Set(hashes).size, hashes.length)
    assert.equal(compiledHash(product, 'small', { ...selection, optimization: 'O2', seed: 'another' }), hashes[0])
  })

  test('have other keys for another constraint system, seed or ceremony', () => {
    const [one, other] = ['11'.repeat(32), '22'.repeat(32)] as const
    const hashes = [
      keyHash(product, one, selection),
      keyHash(product, other, selection),
      keyHash(product, one, { ...selection, seed: 'another' }),
      keyHash(product, one, { ...selection, ceremony: one }),
      keyHash(product, one, { ...selection, ceremony: other }),
    ]
    assert.equal(new Set(hashes).size, hashes.length)
  })

  test('keep their keys when sources change that leave the constraints as they are', async () => {
    const sourceRoots = await changedSources('commented', (text) => `${text}\nfunction TAG_ANOTHER() { return 11; }\n`)
    const changed = { ...(await copy('changed')), sourceRoots }
    const unchanged = async () => (await stat(changed.key('circuit.zkey'))).mtimeMs
    const before = await unchanged()
    const stages: string[] = []
    const onProgress = ({ stage }: { stage: string }) => stages.push(stage)
    const [built] = await buildArtifacts({ ...changed, circuits: [product], profile: 'small', onProgress })
    assert.deepEqual(
      [...new Set(stages)],
      ['compile product', 'check simplification of product', 'compile the witness program of product'],
    )
    assert.notEqual(built!.manifest.hash, artifacts.manifest.hash)
    assert.equal(built!.manifest.keyHash, artifacts.manifest.keyHash)
    assert.equal(await unchanged(), before)
  })

  test('that were never built are ARTIFACT_MISSING', async () => {
    await assert.rejects(loadArtifacts(product, 'standard', selection), {
      code: 'ARTIFACT_MISSING',
      message: /zkclear build/,
    })
  })

  type Copy = Record<'compiled' | 'key', (name: string) => string>
  const manifests = (['compiled', 'key'] as const).flatMap((kind): [string, (copy: Copy) => Promise<void>][] => [
    [`a ${kind} manifest that is not JSON`, (copy) => writeFile(copy[kind]('manifest.json'), '{')],
    [`a ${kind} manifest without fields`, (copy) => writeFile(copy[kind]('manifest.json'), '{}')],
    [`a huge ${kind} manifest`, (copy) => writeFile(copy[kind]('manifest.json'), Buffer.alloc(2 ** 21, ' '))],
    [
      `a ${kind} manifest that names another file`,
      (copy) => edit(copy[kind], { files: { '../x': { bytes: 0, sha256: '0' } } }),
    ],
    [`the ${kind} manifest of another hash`, (copy) => edit(copy[kind], { hash: '0'.repeat(32) })],
  ])
  const damages: [string, (copy: Copy) => Promise<void>][] = [
    ['a truncated zkey', ({ key }) => truncate(key('circuit.zkey'), 1000)],
    ['a zkey with one bit flipped', ({ key }) => flipBit(key('circuit.zkey'))],
    ['a wasm with one bit flipped', ({ compiled }) => flipBit(compiled('circuit.wasm'))],
    ['a longer r1cs', ({ compiled }) => appendFile(compiled('circuit.r1cs'), 'x')],
    ['no vkey', ({ key }) => rm(key('vkey.json'))],
    ...manifests,
    ['the manifest of another circuit', ({ compiled }) => edit(compiled, { circuit: 'preimage' })],
    ['the key manifest of other constraints', ({ key }) => edit(key, { r1cs: '00'.repeat(32) })],
    ['the key manifest of another set-up', ({ key }) => edit(key, { setup: 'ceremony' })],
  ]
  for (const [index, [name, damage]] of damages.entries()) {
    test(`with ${name} are ARTIFACT_CORRUPT, and building mends them`, async () => {
      const damaged = await copy(`damaged-${index}`)
      await damage(damaged)
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
    assert.deepEqual(await readdir(join(buildDirectory, 'keys')), [artifacts.manifest.keyHash])
  })

  test('whose build is aborted do not bear their name', async () => {
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
    const names = await readdir(join(buildDirectory, 'keys'))
    assert.deepEqual(
      names.filter((name) => !name.endsWith('.unfinished')),
      [],
    )
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
async function edit(
  file: (name: string) => string,
  change: { files?: object } & Record<string, unknown>,
): Promise<void> {
  const json = JSON.parse(await readFile(file('manifest.json'), 'utf8'))
  const files = { ...json.files, ...change.files }
  await writeFile(file('manifest.json'), JSON.stringify({ ...json, ...change, files }))
}
