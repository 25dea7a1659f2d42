import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { arch, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { packageRoot } from '../../../circom/paths.ts'
import { nativeBuilder, testAddonFile } from '../../support/native-addon.ts'

const run = promisify(execFile)
const compiler = process.env.CXX ?? 'g++'
const compiles = arch() === 'x64' && spawnSync(compiler, ['--version']).status === 0

const COMMON = ['-std=c++17', '-Wall', '-Wextra', '-Werror', '-pthread']
/** The slow suite runs these tests once more under the sanitizers, which take a minute to compile. */
const sanitizes = process.env.ZKCLEAR_TEST_SANITIZE !== undefined
const KERNELS = sanitizes ? ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'] : ['-O2']
const AVX512 = ['-mavx512f', '-mavx512vl', '-mavx512dq', '-mavx512bw', '-mavx512ifma', '-mbmi2']

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zkclear-ifma-'))
})
after(() => rm(directory, { recursive: true, force: true }))

/** The object that the addon is linked from, so that what ships is tested and nothing is compiled twice. */
async function shippedObject(source: string): Promise<string | undefined> {
  if (sanitizes) return undefined
  await testAddonFile()
  return (await nativeBuilder()).objectOf(source)
}

/** Compiles one of the C++ tests, links it with kernels and runs it. */
async function runTest(name: string, kernels: string[], testFlags: string[]): Promise<string> {
  const root = packageRoot()
  const compile = async (path: string, flags: string[]) => {
    const object = join(directory, `${name}-${path.replaceAll('/', '-')}.o`)
    await run(compiler, [...COMMON, ...flags, '-c', join(root, path), '-o', object])
    return object
  }
  const objects = [await compile(`test/prover/native/cpp/${name}.cpp`, testFlags)]
  for (const anywhere of ['cpu', 'ifma-sort', 'secret-memory', 'system-memory']) {
    objects.push((await shippedObject(anywhere)) ?? (await compile(`prover/native/src/${anywhere}.cpp`, KERNELS)))
  }
  for (const kernel of kernels) {
    const flags = [...KERNELS, ...AVX512]
    objects.push((await shippedObject(kernel)) ?? (await compile(`prover/native/src/${kernel}.cpp`, flags)))
  }
  const program = join(directory, name)
  await run(compiler, [...COMMON, ...KERNELS, ...objects, '-o', program])
  return (await run(program)).stdout
}

// The programs say "skipped" themselves on a processor without the instructions: compiling must succeed everywhere.
const EXPECTED = /^(\d+ checks, 0 failures|skipped: no AVX-512 IFMA)\n$/

// Without a compiler for x86-64 there are no kernels either.
if (compiles) {
  test('eight-lane field arithmetic equals plain integers, at the edges of fields and limbs too', async () => {
    assert.match(await runTest('ifma-field-test', [], [...KERNELS, ...AVX512]), EXPECTED)
  })

  test('eight-lane transforms and products equal their definitions', async () => {
    assert.match(await runTest('ifma-ntt-test', ['ifma-ntt'], ['-O2']), EXPECTED)
  })

  test('batches of additions and window sums equal the schoolbook formulas in both groups', async () => {
    assert.match(await runTest('ifma-msm-test', ['ifma-msm'], ['-O2']), EXPECTED)
  })
}
