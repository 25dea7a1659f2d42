import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import process from 'node:process'
import { after, before, suite, test } from 'node:test'
import { promisify } from 'node:util'
import { packageRoot } from '../../../circom/paths.ts'
import { obtainAddon } from '../../../prover/native/addon.ts'
import { documentOf, errorOf, zkclear } from '../../support/cli.ts'
import { marginArtifacts } from '../../support/margin-artifacts.ts'
import { nativeHome } from '../../support/native-addon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { withFlippedBit } from '../../support/toy-artifacts.ts'

const INSPECT = ['inspect', 'margin-sufficiency']
const BUILD = ['build', '--circuit', 'margin-sufficiency']

/** A compiler as of a machine that knows nothing of x86-64's carry chains, and in a hurry. */
const OLD_COMPILER = `#!/bin/sh
case " $* " in *" -madx "*) echo "error: unrecognized command-line option '-madx'" >&2; exit 1;; esac
exec g++ "$@" -O0
`

type Backend = Record<'name' | 'path' | 'file' | 'reason', string> & { degraded?: boolean }

/** A home of its own with a copy of the addon, and the environment that makes the command line use it. */
async function homeCopy() {
  const folder = await temporaryDirectory()
  const original = nativeHome().home()
  const home = folder.file(basename(original))
  await cp(original, home, { recursive: true })
  const binary = basename((await obtainAddon()).file!)
  const env = { ZKCLEAR_NATIVE_DIRECTORY: folder.path, ZKCLEAR_NATIVE: '', CXX: '' }
  return {
    folder,
    env,
    /** As on a machine without any compiler. */
    bare: { ...env, PATH: folder.path },
    binary: join(home, binary),
    manifest: join(home, 'manifest.json'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function backendOf(args: readonly string[], env: Record<string, string>): Promise<Backend> {
  const result = await zkclear([...args, '--json'], { env })
  assert.equal(result.code, 0, result.stderr)
  assert.equal(result.stderr, '', 'one document says it all')
  return documentOf(result).backend as Backend
}

suite("the native prover's home", () => {
  before(async () => {
    await obtainAddon()
    await marginArtifacts()
  })

  test('is named by build and inspect, with the path that proves', async () => {
    await using home = await homeCopy()
    for (const command of [BUILD, INSPECT]) {
      const backend = await backendOf(command, home.bare)
      assert.equal(backend.name, 'native')
      assert.equal(backend.file, home.binary)
      assert.match(backend.path, /^(ifma|adx|portable)$/)
      const { stdout, stderr } = await zkclear(command, { env: home.bare })
      assert.ok(stdout.includes(`Proofs are made by the native prover, path ${backend.path} (${home.binary}).`))
      assert.equal(stderr, '')
    }
  })

  const damages: [string, (binary: string, manifest: string) => Promise<void>, RegExp][] = [
    ['cut short', (binary) => truncate(binary, 300_000), /damaged: 300000 bytes/],
    ['empty', (binary) => truncate(binary, 0), /damaged: 0 bytes/],
    ['altered by one bit', async (binary) => writeFile(binary, await withFlippedBit(binary)), /damaged/],
    ['of other sources', (_, manifest) => edit(manifest, /"sources": "./, '"sources": "x'), /from other sources/],
    ['without a manifest', (_, manifest) => writeFile(manifest, '{'), /manifest.*cannot be read/],
    ['named by a path', (_, manifest) => edit(manifest, /"file": "/, '"file": "../'), /is none/],
    ['no addon at all', (binary, manifest) => putText(binary, manifest), /does not load here/],
  ]
  for (const [name, damage, reason] of damages) {
    test(`does not load a binary that is ${name}, and says why snarkjs proves`, async () => {
      await using home = await homeCopy()
      await damage(home.binary, home.manifest)
      const backend = await backendOf(INSPECT, home.bare)
      assert.equal(backend.name, 'snarkjs')
      assert.equal(backend.degraded, true)
      assert.match(backend.reason, reason)
    })
  }

  test('without an addon and a compiler gives one warning, which says what to do', async () => {
    await using empty = await temporaryDirectory()
    const env = { ZKCLEAR_NATIVE_DIRECTORY: empty.path, PATH: empty.path, ZKCLEAR_NATIVE: '', CXX: '' }
    const { code, stdout, stderr } = await zkclear(BUILD, { env })
    assert.equal(code, 0)
    assert.equal(stderr.match(/warning/g)?.length, 1)
    assert.match(stderr, /was not built in .*no C\+\+ compiler \(g\+\+, clang\+\+, c\+\+\); install a C\+\+17 compiler/)
    assert.match(stdout, /Proofs are made by snarkjs: it was not built in/)
    assert.match((await backendOf(BUILD, env)).reason, /no C\+\+ compiler/)
  })

  test("without them the library warns by Node's means, once in a process, unless somebody hears its warnings", async () => {
    await using empty = await temporaryDirectory()
    const env = { ...process.env, ZKCLEAR_NATIVE_DIRECTORY: empty.path, PATH: empty.path, ZKCLEAR_NATIVE: '', CXX: '' }
    const program = (options: string) => `
      import { createProver } from '${new URL('../../../prover/index.ts', import.meta.url)}'
      const options = { profile: 'small', circuits: ['margin-sufficiency']${options} }
      for (const turn of [1, 2]) await (await createProver(options))[Symbol.asyncDispose]()`
    const run = (options: string) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', program(options)], { env })
    const alone = await run('')
    assert.equal(alone.stderr.match(/ZKCLEAR_SLOWER/g)?.length, 1, alone.stderr)
    assert.match(
      alone.stderr,
      /\[ZKCLEAR_SLOWER\] ZkclearWarning: snarkjs makes the proofs, .*install a C\+\+17 compiler/,
    )
    const heard = await run(', onWarning: (message) => console.log(message)')
    assert.equal(heard.stderr, '')
    assert.equal(heard.stdout.match(/^snarkjs makes the proofs/gm)?.length, 2)
  })

  test('gives no warning for a snarkjs that was asked for, by ZKCLEAR_NATIVE or by the proof system', async () => {
    await using empty = await temporaryDirectory()
    const off = await backendOf(INSPECT, { ZKCLEAR_NATIVE_DIRECTORY: empty.path, ZKCLEAR_NATIVE: 'off' })
    assert.deepEqual([off.name, off.reason, off.degraded], ['snarkjs', 'ZKCLEAR_NATIVE is off', false])
    assert.deepEqual(await readdir(empty.path), [])
  })

  test('refuses a forced path before any work where there is no addon', async () => {
    await using empty = await temporaryDirectory()
    const env = { ZKCLEAR_NATIVE_DIRECTORY: empty.path, PATH: empty.path, ZKCLEAR_NATIVE: 'portable', CXX: '' }
    for (const command of [BUILD, INSPECT]) {
      const result = await zkclear([...command, '--json'], { env })
      assert.equal(result.code, 3)
      assert.equal(errorOf(result).code, 'NATIVE_UNAVAILABLE')
      assert.match(errorOf(result).message, /ZKCLEAR_NATIVE: asks for "portable".*was not built/)
    }
  })

  test('refuses a forced path for proofs that only snarkjs makes', async () => {
    const result = await zkclear(['build', '--proof-system', 'plonk', '--json'], { env: { ZKCLEAR_NATIVE: 'adx' } })
    assert.equal(result.code, 3)
    assert.equal(errorOf(result).code, 'NATIVE_UNAVAILABLE')
    assert.match(errorOf(result).message, /the native prover makes Groth16 proofs, and these are PLONK/)
  })

  suite('where it is empty and there is a compiler', () => {
    let folder: Awaited<ReturnType<typeof temporaryDirectory>>
    let env: Record<string, string>
    before(async () => {
      folder = await temporaryDirectory()
      const compiler = folder.file('old-g++')
      await writeFile(compiler, OLD_COMPILER)
      await chmod(compiler, 0o755)
      env = { ZKCLEAR_NATIVE_DIRECTORY: folder.file('home'), CXX: compiler, ZKCLEAR_NATIVE: '' }
    })
    after(() => folder[Symbol.asyncDispose]())

    test('leaves nothing behind when the build is interrupted', async () => {
      const stop = { on: '"stage":"compile the native prover"', signal: 'SIGINT' } as const
      const result = await zkclear([...BUILD, '--verbose'], { env, interrupt: stop })
      assert.equal(result.code, 130)
      assert.deepEqual(await readdir(join(folder.file('home'), basename(nativeHome().home()))), [])
    })

    test('is filled by build with what the compiler can do, and a path beyond that is refused', async () => {
      assert.equal((await backendOf(INSPECT, env)).name, 'snarkjs')
      const built = await backendOf(BUILD, env)
      assert.deepEqual([built.name, built.path], ['native', 'portable'])
      const manifest = JSON.parse(await readFile(join(built.file, '../manifest.json'), 'utf8'))
      assert.equal(manifest.level, 'portable')
      assert.match(manifest.compiler, /^g\+\+/)
      assert.deepEqual(await backendOf(INSPECT, env), built)
      const result = await zkclear([...INSPECT, '--json'], { env: { ...env, ZKCLEAR_NATIVE: 'adx' } })
      assert.equal(result.code, 3)
      assert.equal(errorOf(result).code, 'NATIVE_UNAVAILABLE')
      assert.match(errorOf(result).message, /cannot run "adx".*it can run portable/)
    })
  })

  test('that cannot be written to says so, and how to have another', async () => {
    await using folder = await temporaryDirectory()
    await writeFile(folder.file('occupied'), '')
    const env = { ZKCLEAR_NATIVE_DIRECTORY: folder.file('occupied'), ZKCLEAR_NATIVE: '' }
    assert.match((await backendOf(BUILD, env)).reason, /cannot be written \(ENOTDIR\).*ZKCLEAR_NATIVE_DIRECTORY/)
  })
})

test('the package brings what the addon is built from, and no binary', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageRoot(),
  })
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  const paths = files.map(({ path }) => path)
  for (const name of ['build.mjs', 'home.cjs', 'src/addon.cpp'])
    assert.ok(paths.includes(`prover/native/${name}`), name)
  assert.deepEqual(
    paths.filter((path) => path.startsWith('prover/native/built') || path.endsWith('.node')),
    [],
  )
})

async function edit(file: string, pattern: RegExp, by: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(pattern, by))
}

/** Text in place of the binary, with a manifest that agrees. */
async function putText(binary: string, manifest: string): Promise<void> {
  const text = 'no machine code\n'
  await writeFile(binary, text)
  await edit(manifest, /"sha256": "[0-9a-f]+"/, `"sha256": "${createHash('sha256').update(text).digest('hex')}"`)
}
