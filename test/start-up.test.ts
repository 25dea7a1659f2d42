import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { packageRoot } from '../circom/paths.ts'
import { marginSufficiency } from '../circuits/index.ts'
import { jsonText } from '../cli/json-text.ts'
import { createProver } from '../prover/index.ts'
import { proofDocument } from '../verifier/proof-document.ts'
import { marginArtifacts } from './support/margin-artifacts.ts'
import { temporaryDirectory } from './support/temporary-directory.ts'

/** Writes the URL of every module that a process loads, by require and import alike, to a file at its end. */
const LIST = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  import { writeFileSync } from 'node:fs'
  const urls = []
  registerHooks({ load(url, context, next) { urls.push(url); return next(url, context) } })
  process.on('exit', () => process.env.MODULE_LIST && writeFileSync(process.env.MODULE_LIST, urls.join('\\n')))`)}`

interface Loaded {
  /** Packages in node_modules; what lies within one counts for it. */
  readonly packages: readonly string[]
  /** Own files from the package's root. */
  readonly own: readonly string[]
}

describe('what is loaded', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(() => folder[Symbol.asyncDispose]())

  async function loadedBy(args: readonly string[]): Promise<Loaded> {
    const list = folder.file('modules')
    const env = { ...process.env, MODULE_LIST: list, ZKCLEAR_NATIVE: '' }
    await promisify(execFile)(process.execPath, ['--import', LIST, ...args], { env })
    const urls = (await readFile(list, 'utf8')).split('\n').filter((url) => url.startsWith('file:'))
    const files = urls.map((url) => relative(packageRoot(), fileURLToPath(url)))
    const name = (file: string) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]
    const packages = new Set(files.flatMap((file) => name(file) ?? []))
    return { packages: [...packages].sort(), own: files.filter((file) => !file.includes('node_modules')) }
  }

  const importing = (file: string) =>
    loadedBy([
      '--input-type=module',
      '--eval',
      `import ${JSON.stringify(pathToFileURL(join(packageRoot(), file)).href)}`,
    ])
  const running = (...args: string[]) => loadedBy([join(packageRoot(), 'cli', 'main.ts'), ...args])

  for (const room of ['protocol', 'circuits']) {
    it(`by zkclear/${room}: nothing but the package's own files, and no addon before the first hash`, async () => {
      const { packages, own } = await importing(`${room}/index.ts`)
      assert.deepEqual(packages, [])
      assert.deepEqual(
        own.filter((file) => /^(prover|verifier|keys|circom|settlement|audit|cli)\//.test(file)),
        [],
      )
    })
  }

  it('by zkclear/verifier: the reader of JSON and the pairing', async () => {
    assert.deepEqual((await importing('verifier/index.ts')).packages, ['@noble/curves', 'zod'])
  })

  it('by all of zkclear: no snarkjs, ethers, circom compiler, solc or threads before they are needed', async () => {
    const { packages } = await importing('index.ts')
    assert.deepEqual(packages, ['@noble/curves', 'csv-parse', 'zod'])
  })

  it('by --help: the reader of arguments alone', async () => {
    for (const args of [['--help'], ['--version']]) {
      const { packages, own } = await running(...args)
      assert.deepEqual(packages, ['commander'], args.join())
      assert.deepEqual(
        own.filter((file) => !/^(cli|circom\/paths|protocol\/errors)/.test(file)),
        [],
      )
    }
  })

  it('by a command and its help: none of what only other commands need', async () => {
    const heavy = ['snarkjs', 'ffjavascript', 'ethers', 'solc', 'circom2', 'circomlibjs', 'pino', 'cli-progress']
    const verbs = readdirSync(join(packageRoot(), 'cli'))
    for (const verb of ['build', 'prove', 'verify', 'export', 'simulate', 'deploy', 'inspect', 'audit']) {
      assert.ok(verbs.includes(`${verb}.ts`))
      const { packages } = await running(verb, '--help')
      assert.deepEqual(
        packages.filter((name) => heavy.includes(name)),
        [],
        verb,
      )
    }
  })

  it('by a worker: nothing of what the service alone depends on', async () => {
    const { packages } = await running('worker', '--help')
    assert.deepEqual(
      packages.filter((name) => ['pg', 'fastify'].includes(name)),
      [],
    )
  })

  it('by the check of one proof: no prover, compiler, threads or snarkjs', async () => {
    const { files } = await marginArtifacts()
    const { statement, witness } = marginSufficiency.example('small')
    const proof = folder.file('proof.json')
    {
      await using prover = await createProver({ profile: 'small', circuits: ['margin-sufficiency'] })
      const proved = await prover.prove('margin-sufficiency', statement, witness)
      await writeFile(proof, jsonText(proofDocument(proved, 'small')))
    }
    const { packages, own } = await running('verify', marginSufficiency.name, '--proof', proof, '--vkey', files.vkey)
    assert.deepEqual(
      packages.filter(
        (name) =>
          !/^(@noble\/|zod$|commander$|cli-table3$|string-width|strip-ansi|ansi-regex|is-fullwidth|emoji-)/.test(name),
      ),
      [],
    )
    // What finds the addon, whose pairings it takes.
    assert.deepEqual(
      own.filter((file) => /^prover\//.test(file)),
      ['prover/native/home.cjs'],
    )
  })
})
