// Builds the native prover with the C++ compiler it finds ($CXX, g++, clang++ or c++), without a download. Never fails an
// installation: whatever goes wrong becomes one line, and proving falls back to snarkjs.
//
//   node prover/native/build.mjs [--test]
//
// Does nothing where the addon was built from these very sources. --test builds the tests' addon, whose blinding can be
// chosen, beside it. ZKCLEAR_NATIVE=off builds nothing. home.cjs says where the addon goes.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findAddon, home, manifestFile, sha256, sourcesDigest } from './home.cjs'

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))
const source = join(here, 'src')

const FLAGS = ['-std=c++17', '-O3', '-fPIC', '-fvisibility=hidden', '-pthread', '-DNDEBUG', '-Wall', '-Wextra']
const CORE = [
  'key',
  'zkey-file',
  'prove',
  'node-task',
  'primitives',
  'curve-entries',
  'witness-program',
  'witness-entries',
  'secret-memory',
  'cpu',
]
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
    for (const name of ['ifma-msm', 'ifma-ntt', 'ifma-poseidon'])
      list.push({ object: name, source: name, flags: AVX512 })
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
      const { stdout } = await run(compiler, ['--version'])
      return { compiler, version: stdout.split('\n')[0].trim() }
    } catch {
      // The next one, then.
    }
  }
  throw new Error(`there is no C++ compiler (${candidates.join(', ')})`)
}

/**
 * Compiles the addon, with `test` that of the tests, and puts it into its home. With `output` it goes there, without a
 * manifest, and `extra` are more flags for compiling and linking. `onProgress` gets the fraction that is done; `signal`
 * stops the compilers. What fails leaves nothing behind and is thrown.
 */
export async function build(options = {}) {
  const { compiler, version } = await findCompiler()
  const levels = levelsOf(process.arch)
  for (const level of levels) {
    try {
      await buildLevel(compiler, version, level, options)
      return
    } catch (error) {
      if (options.signal?.aborted || level === levels.at(-1)) throw error
    }
  }
}

const PORTABLE = ['-DZK_PATH=portable']

/** What only one of the two addons is made of. */
function ownUnits(test) {
  if (!test) return ['addon', 'system-memory'].map((name) => ({ object: name, source: name, flags: PORTABLE }))
  return [
    { object: 'addon', source: 'addon', flags: [...PORTABLE, '-DZK_TEST'] },
    { object: 'test-entries', source: 'test-entries', flags: PORTABLE },
    { object: 'memory-probe', source: 'memory-probe', flags: PORTABLE },
    { object: 'field-portable', source: 'field-probe', flags: PORTABLE },
    {
      object: 'field-adx',
      source: 'field-probe',
      flags: process.arch === 'x64' ? ADX : ['-DZK_PATH=adx', '-DZK_PROBE_ADX'],
    },
  ]
}

async function buildLevel(compiler, version, level, { test = false, extra = [], output, onProgress, signal }) {
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers')
  const folder = output === undefined ? home() : dirname(output)
  const sources = sourcesDigest()
  await mkdir(folder, { recursive: true })
  const work = await mkdtemp(join(folder, 'unfinished-'))
  try {
    const jobs = [...units(level), ...ownUnits(test)]
    // Both addons are linked from the same objects, but for a few; a build of its own flags shares none.
    const shared = (unit) => join(folder, 'objects', objectName(unit, version, sources))
    const isShared = (unit) => output === undefined && existsSync(shared(unit))
    const fresh = jobs.filter((unit) => !isShared(unit))
    // The kernels, which take longest, are last in the list.
    const queue = fresh.toReversed()
    const own = (unit) => join(work, `${unit.object}.o`)
    let done = 0
    const compileNext = async () => {
      for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
        const file = join(source, `${unit.source}.cpp`)
        await run(compiler, [...FLAGS, ...unit.flags, ...extra, '-I', headers, '-c', file, '-o', own(unit)], { signal })
        done += 1
        onProgress?.(done / (fresh.length + 1))
      }
    }
    // What fails ends the others too: nobody deletes the folder under a compiler that still writes to it.
    const compilers = Array.from({ length: Math.min(4, availableParallelism()) }, () =>
      compileNext().catch((error) => {
        queue.length = 0
        throw error
      }),
    )
    const outcomes = await Promise.allSettled(compilers)
    const failure = outcomes.find(({ status }) => status === 'rejected')
    if (failure !== undefined) throw failure.reason
    const linking = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']
    const library = join(work, 'addon.node')
    // The C++ library goes in: the machine that runs the addon may have an older one.
    const runtime = process.platform === 'linux' && extra.length === 0 ? ['-static-libstdc++', '-static-libgcc'] : []
    const inputs = jobs.map((unit) => (fresh.includes(unit) ? own(unit) : shared(unit)))
    await run(compiler, [...linking, ...extra, '-pthread', ...runtime, ...inputs, '-o', library], { signal })
    if (output !== undefined) {
      await rename(library, output)
    } else {
      await publish(library, { compiler: version, level, flags: FLAGS, sources }, test)
      await mkdir(join(folder, 'objects'), { recursive: true })
      for (const unit of fresh) await rename(own(unit), shared(unit))
      await removeOlderObjects(join(folder, 'objects'), version, level, sources)
    }
    onProgress?.(1)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Names an object file after all that it is made from. */
function objectName({ object, source, flags }, version, sources) {
  const digest = sha256(JSON.stringify([version, FLAGS, flags, source, sources]))
  return `${object}-${digest.slice(0, 16)}.o`
}

async function removeOlderObjects(folder, version, level, sources) {
  const current = [...units(level), ...ownUnits(true), ...ownUnits(false)]
  const names = new Set(current.map((unit) => objectName(unit, version, sources)))
  for (const name of await readdir(folder)) {
    if (!names.has(name)) await rm(join(folder, name), { force: true })
  }
}

/** The object file of the tests' addon that was compiled from a source, if it has one. */
export function objectOf(name) {
  const { manifest } = findAddon(true)
  const unit = manifest && units(manifest.level).find(({ source }) => source === name)
  return unit && join(home(), 'objects', objectName(unit, manifest.compiler, manifest.sources))
}

/** Gives the binary its name and writes the manifest that makes it the addon; then removes those that were before. */
async function publish(library, facts, test) {
  const bytes = await readFile(library)
  const digest = sha256(bytes)
  const kind = test ? 'zkclear-test-' : 'zkclear-'
  const file = `${kind}${digest.slice(0, 16)}.node`
  const manifest = { ...facts, binary: { file, bytes: bytes.length, sha256: digest } }
  await rename(library, join(home(), file))
  const text = join(dirname(library), 'manifest.json')
  await writeFile(text, `${JSON.stringify(manifest, null, 2)}\n`)
  await rename(text, manifestFile(test))
  const older = new RegExp(`^${kind}[0-9a-f]{16}\\.node$`)
  for (const name of await readdir(home())) {
    if (older.test(name) && name !== file) await rm(join(home(), name), { force: true })
  }
}

/** One line on what went wrong while the addon was built, and what helps. */
export function describeFailure(error) {
  if (['EACCES', 'EROFS', 'EPERM', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(error.code) && error.path !== undefined) {
    return `${home()} cannot be written (${error.code}); set ZKCLEAR_NATIVE_DIRECTORY to a folder of your own`
  }
  const lines = String(error.stderr || error.message)
    .trim()
    .split('\n')
  return lines.find((line) => /error/i.test(line)) ?? lines[0]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const test = process.argv.includes('--test')
  if (process.env.ZKCLEAR_NATIVE !== 'off' && findAddon(test).file === undefined) {
    try {
      await build({ test })
    } catch (error) {
      console.warn(`zkclear: the native prover was not built: ${describeFailure(error)}; snarkjs proves, slower`)
    }
  }
}
