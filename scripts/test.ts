/**
 * Runs every test of the project but the slow ones: node's test runner over the library, two files at a time, and Hardhat over
 * the contracts beside them. What many of them need is built first, while tests that need nothing built run. Ends with one
 * line over all runners.
 *
 *   npm test                     all but the slow suite
 *   npm run test:slow            the slow suite (*.slow.test.ts)
 *   npm test -- FILE ...         these test files
 *   npm test -- --times FILE     also writes how long each file took
 *
 * Tests of the service share one database server: that of ZKCLEAR_TEST_DATABASE, or an embedded one for this run.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { defaultBuildDirectory } from '../circom/paths.ts'
import { CIRCUITS } from '../circuits/index.ts'
import { buildArtifacts } from '../keys/build.ts'
import { compileSystem } from '../lab/circuits/compile-cached.ts'
import { runContractTests } from './test/contract-tests.ts'
import { type Counts, sumOf } from './test/counts.ts'
import { runNodeTests } from './test/node-tests.ts'
import { shareDatabase } from './test/share-database.ts'
import { RECORD, readTimes, type Time, writeTimes } from './test/times.ts'

/** Folders of tests that need no circuit of ours, but for some: they run while circuits and keys are built. */
const NEED_NOTHING = /^test\/(protocol|venue|audit|circom|prover\/native)\//
/** What those name that load circuits and keys, or would only wait until they are built. */
const NEED_CIRCUITS = /\b(loadArtifacts|shippedHarness)\b|'inspect'/

interface Task {
  readonly name: string
  run(): Promise<Counts>
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { slow: { type: 'boolean', default: false }, times: { type: 'string' } },
})

/** From the longest to the shortest, as they were recorded: a long one that begins last would keep the others waiting. */
function longestFirst(files: readonly string[]): string[] {
  const recorded = new Map(readTimes(RECORD).map(({ file, seconds }) => [file, seconds]))
  const time = (file: string) => recorded.get(file) ?? Number.POSITIVE_INFINITY
  return files.toSorted((a, b) => time(b) - time(a) || (a < b ? -1 : 1))
}

function testFiles(): string[] {
  if (positionals.length > 0) return positionals
  const all = globSync('test/**/*.test.ts', { exclude: ['test/contracts/**'] })
  return all.filter((file) => file.endsWith('.slow.test.ts') === values.slow)
}

// What a process has compiled and stripped of types, the next one need not.
process.env.NODE_COMPILE_CACHE ??= join(defaultBuildDirectory(), 'compile-cache')

const started = performance.now()
const times: Time[] = []
const counts: Counts[] = []

const failures: string[] = []

async function perform({ name, run }: Task): Promise<void> {
  const start = performance.now()
  const outcome = await run()
  if (outcome.failed > 0) failures.push(name)
  counts.push(outcome)
  times.push({ seconds: (performance.now() - start) / 1000, file: name })
}

/** Performs tasks one after another until there are none left; others may take from the same list. */
async function work(tasks: Task[]): Promise<void> {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await perform(task)
}

const testTask = (file: string): Task => ({ name: file, run: () => runNodeTests(file) })
const files = longestFirst(testFiles())
const isEarly = (file: string) => NEED_NOTHING.test(file) && !NEED_CIRCUITS.test(readFileSync(file, 'utf8'))
const early = files.filter(isEarly).map(testTask)
const late = files.filter((file) => !isEarly(file)).map(testTask)
if (positionals.length === 0 && !values.slow) late.unshift({ name: '(contracts)', run: runContractTests })

const build: Task = {
  name: '(circuits and keys)',
  async run() {
    const circuits = Object.values(CIRCUITS)
    await buildArtifacts({
      circuits,
      profile: 'small',
      // Beside it run the tests that need no circuit.
      atOnce: 1,
      written: (circuit) => compileSystem(circuit, { optimization: 'O0' }),
    })
    return { passed: 0, failed: 0, skipped: 0 }
  },
}
await using _database = await shareDatabase(files)
const building = perform(build)
await Promise.all([
  building.then(() => work(early)).then(() => work(late)),
  work(early)
    .then(() => building)
    .then(() => work(late)),
])

if (values.times !== undefined) writeTimes(values.times, times)
const seconds = (name: string) => times.find(({ file }) => file === name)?.seconds.toFixed(0) ?? '0'
const total = ((performance.now() - started) / 1000).toFixed(0)
console.log(
  `${total} s in all, ${seconds(build.name)} s of them for circuits and keys; contracts ${seconds('(contracts)')} s`,
)
for (const name of failures) console.log(`failed: ${name}`)
const { passed, failed, skipped } = sumOf(counts)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
