import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import process from 'node:process'
import { defaultBuildDirectory, packageRoot } from '../../circom/paths.ts'
import { sideBySide } from '../../keys/side-by-side.ts'
import type { Observation } from './observations.ts'

/** What tests were seen to lay before constraints, and in which file. */
export interface Observed extends Observation {
  readonly file: string
}

const OBSERVER = 'lab/mutation/observe.ts'

/** Tests that lay nothing before the constraints without simplification, or nothing that others do not. */
const NOT_OBSERVED = ['tamper', 'trade-batch', 'hints', 'hints.slow', 'lies'].map(
  (name) => `test/circuits/${name}.test.ts`,
)

/** The test files that attack circuits, from the package's folder. */
export function circuitTests(): string[] {
  return globSync('test/circuits/**/*.test.ts', { cwd: packageRoot() })
    .filter((file) => !NOT_OBSERVED.includes(file))
    .sort()
}

/**
 * Runs test files and returns what they laid before the constraints. A file that was observed with the same sources is not run
 * again. Throws if a test fails: what it expects is then unknown.
 */
export async function observeTests(
  files: readonly string[],
  options: { parallel: number; onDone?: (file: string) => void },
): Promise<Observed[]> {
  const folder = join(defaultBuildDirectory(), 'mutation', 'observations')
  await mkdir(folder, { recursive: true })
  const sources = globSync('{circuits,lab/circuits}/**/*.circom', { cwd: packageRoot() })
  const observed = new Map<string, string>()
  await sideBySide(files, { atOnce: options.parallel }, async (file) => {
    const name = file.replace(/\W+/g, '-')
    const output = join(folder, `${name}-${await hashOf([...sources, ...(await importsOf([file, OBSERVER]))])}.jsonl`)
    if (!existsSync(output)) await runObserved(file, output)
    observed.set(file, output)
    options.onDone?.(file)
  })
  const all: Observed[] = []
  for (const [file, output] of observed) {
    for (const line of (await readFile(output, 'utf8')).split('\n')) {
      if (line !== '') all.push({ ...(JSON.parse(line) as Observation), file })
    }
  }
  return all
}

async function runObserved(file: string, output: string): Promise<void> {
  // A test runner that is inherited would be reported to in its own format.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', `./${OBSERVER}`, file], {
    cwd: packageRoot(),
    env: { ...env, ZKCLEAR_OBSERVATIONS: output },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-4000)
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${file} fails:\n${text}`)
}

const IMPORT = /\bfrom '(\.[^']+)'/g

/** The files and all of the package that they import, directly or not. */
async function importsOf(files: readonly string[]): Promise<string[]> {
  const found = new Set(files)
  for (const file of found) {
    if (!file.endsWith('.ts')) continue
    const text = await readFile(join(packageRoot(), file), 'utf8')
    for (const [, path] of text.matchAll(IMPORT)) found.add(normalize(join(dirname(file), path!)))
  }
  return [...found]
}

async function hashOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files.toSorted()) hash.update(file).update(await readFile(join(packageRoot(), file)))
  return hash.digest('hex').slice(0, 16)
}
