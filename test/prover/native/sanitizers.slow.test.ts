import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { nativeBuilder } from '../../support/native-addon.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const run = promisify(execFile)
const SANITIZERS = ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined']

/** Runtimes that must be in the process before the addon is. */
async function runtimes(): Promise<string> {
  const compiler = process.env.CXX ?? 'g++'
  const libraries = ['libasan.so', 'libubsan.so', 'libstdc++.so']
  const files = await Promise.all(libraries.map((library) => run(compiler, [`-print-file-name=${library}`])))
  return files.map(({ stdout }) => stdout.trim()).join(' ')
}

suite('under address and undefined-behaviour sanitizers', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  let addon: string
  before(async () => {
    folder = await temporaryDirectory()
    addon = folder.file('instrumented.node')
    await (await nativeBuilder()).build({ test: true, extra: SANITIZERS, output: addon })
  })
  after(() => folder[Symbol.asyncDispose]())

  async function runTests(file: string, more: NodeJS.ProcessEnv) {
    // A test runner in a test runner would report to the outer one.
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined, ...more }
    const source = fileURLToPath(new URL(`${file}.test.ts`, import.meta.url))
    const { stdout } = await run(process.execPath, ['--test-reporter=spec', source], { env, maxBuffer: 2 ** 26 })
    assert.match(stdout, /fail 0/)
  }

  const FILES = [
    ...['arithmetic', 'primitives', 'mutated-keys', 'changing-keys', 'backend', 'wiping', 'snarkjs-equality'],
    ...['witness-programs', 'side-by-side', '../../verifier/curve'],
  ]
  for (const file of FILES) {
    test(`the tests of ${file} pass`, async () => {
      // Node itself keeps memory until it exits.
      const options = { LD_PRELOAD: await runtimes(), ASAN_OPTIONS: 'detect_leaks=0' }
      await runTests(file, { ZKCLEAR_TEST_ADDON: addon, ...options })
    })
  }

  test('the tests of ifma-kernels pass', () => runTests('ifma-kernels', { ZKCLEAR_TEST_SANITIZE: '1' }))
})
