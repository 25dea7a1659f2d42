// Builds the native prover with the C++ compiler it finds ($CXX, g++, clang++ or c++), without a download. Never fails an
// installation: whatever goes wrong becomes one line, and proving falls back to snarkjs.
//
//   node prover/native/build.mjs [--test]
//
// Does nothing where a prebuilt binary came with the package, or where the last build is newer than the sources. --test
// builds the tests' addon, whose blinding can be chosen, beside it. ZKCLEAR_NATIVE=off builds nothing.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, 'src')

export const ADDON = join(here, '../../build/native', `zkclear-${process.platform}-${process.arch}.node`)
export const TEST_ADDON = ADDON.replace(/\.node$/, '-test.node')
const PREBUILT = join(here, 'prebuilt', `${process.platform}-${process.arch}.node`)

const FLAGS = ['-std=c++17', '-O3', '-fPIC', '-fvisibility=hidden', '-pthread', '-DNDEBUG', '-Wall', '-Wextra']
const CORE = ['key', 'zkey-file', 'prove', 'node-task', 'secret-memory']
const ADX = ['-DZK_PATH=adx', '-DZK_ADX', '-mbmi2', '-madx']
const AVX512 = ['-mavx512f', '-mavx512vl', '-mavx512dq', '-mavx512bw', '-mavx512ifma', '-mbmi2', '-madx']

/** What a compiler may be able to build for an architecture, most first: an old one does not know AVX-512 IFMA. */
export function levelsOf(architecture) {
  return architecture === 'x64' ? ['ifma', 'adx', 'portable'] : ['portable']
}

/** What to compile: object file, source, flags. One kernel source makes one object for each dispatch path. */
export function units(level) {
  const portable = ['-DZK_PATH=portable']
  const list = CORE.map((name) => ({ object: name, source: name, flags: portable }))
  list.push({ object: 'kernels-portable', source: 'kernels', flags: portable })
  if (level !== 'portable') list.push({ object: 'kernels-adx', source: 'kernels', flags: ADX })
  if (level === 'ifma') {
    for (const name of ['ifma-msm', 'ifma-ntt']) list.push({ object: name, source: name, flags: AVX512 })
    for (const name of ['ifma-sort', 'ifma-adapter']) list.push({ object: name, source: name, flags: portable })
  } else {
    const flags = level === 'adx' ? [...portable, '-DZK_HAS_ADX'] : portable
    list.push({ object: 'no-kernels', source: 'no-kernels', flags })
  }
  return list
}

async function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX] : ['g++', 'clang++', 'c++']
  for (const compiler of candidates) {
    try {
      await run(compiler, ['--version'])
      return compiler
    } catch {
      // The next one, then.
    }
  }
  throw new Error(`no C++ compiler (${candidates.join(', ')})`)
}

/**
 * Compiles into a temporary folder and renames at the end: whoever loads the addon meanwhile gets a whole one. `extra` are
 * more flags for compiling and linking; an addon built with any goes to `output`.
 */
export async function build(options = {}) {
  const compiler = await findCompiler()
  const levels = levelsOf(process.arch)
  for (const level of levels) {
    try {
      await buildLevel(compiler, level, options)
      return
    } catch (error) {
      if (level === levels.at(-1)) throw error
    }
  }
}

async function buildLevel(compiler, level, { test = false, extra = [], output }) {
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers')
  const target = dirname(ADDON)
  await mkdir(target, { recursive: true })
  const work = await mkdtemp(join(target, 'unfinished-'))
  try {
    const jobs = units(level)
    const portable = ['-DZK_PATH=portable']
    const own = ['addon', 'system-memory'].map((name) => ({ object: name, source: name, flags: portable }))
    const addons = output ? [] : [{ output: ADDON, own }]
    if (test) {
      const own = [
        { object: 'addon-test', source: 'addon', flags: [...portable, '-DZKCLEAR_TEST'] },
        { object: 'test-entries', source: 'test-entries', flags: portable },
        { object: 'memory-probe', source: 'memory-probe', flags: portable },
        { object: 'field-portable', source: 'field-probe', flags: portable },
        {
          object: 'field-adx',
          source: 'field-probe',
          flags: process.arch === 'x64' ? ADX : ['-DZK_PATH=adx', '-DZK_PROBE_ADX'],
        },
      ]
      addons.push({ output: output ?? TEST_ADDON, own })
    }
    const queue = [...jobs, ...addons.flatMap(({ own }) => own)]
    const objectOf = (unit) => join(work, `${unit.object}.o`)
    const compileNext = async () => {
      for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
        const file = join(source, `${unit.source}.cpp`)
        await run(compiler, [...FLAGS, ...unit.flags, ...extra, '-I', headers, '-c', file, '-o', objectOf(unit)])
      }
    }
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, compileNext))
    const linking = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']
    for (const addon of addons) {
      const library = join(work, 'addon.node')
      // The C++ library goes in: the machine that runs a prebuilt addon may have an older one.
      const runtime = process.platform === 'linux' && extra.length === 0 ? ['-static-libstdc++', '-static-libgcc'] : []
      await run(compiler, [
        ...linking,
        ...extra,
        '-pthread',
        ...runtime,
        ...[...jobs, ...addon.own].map(objectOf),
        '-o',
        library,
      ])
      await rename(library, addon.output)
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Whether an addon is there that is newer than every source. */
export function isCurrent(addon) {
  if (!existsSync(addon)) return false
  const sources = readdirSync(source).map((name) => join(source, name))
  const newest = Math.max(...[fileURLToPath(import.meta.url), ...sources].map((file) => statSync(file).mtimeMs))
  return statSync(addon).mtimeMs >= newest
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const test = process.argv.includes('--test')
  const present = test ? isCurrent(TEST_ADDON) : existsSync(PREBUILT) || isCurrent(ADDON)
  if (process.env.ZKCLEAR_NATIVE !== 'off' && !present) {
    try {
      await build({ test })
    } catch (error) {
      const lines = String(error.stderr || error.message)
        .trim()
        .split('\n')
      const reason = lines.find((line) => /error/i.test(line)) ?? lines[0]
      console.warn(`zkclear: the native prover was not built (${reason}); proving falls back to snarkjs`)
    }
  }
}
