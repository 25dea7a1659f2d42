/**
 * Runs every test of the project: first builds the small profile's artifacts (which costs nothing if they are current),
 * then node's test runner over the library, then Hardhat over the contracts. Ends with one line over all runners.
 * Arguments, if any, are the test files to run instead; `--slow` adds the slow suite (*.slow.test.ts).
 */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import process from 'node:process'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { CIRCUITS } from '../circuits/index.ts'
import { buildArtifacts } from '../keys/build.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

async function runNodeTests(files: readonly string[]): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  const stream = run({ files: [...files], concurrency: 2, execArgv: ['--disable-warning=ExperimentalWarning'] })
  stream.on('test:summary', ({ file, counts: sums, success }) => {
    if (file !== undefined) return
    counts.passed += sums.passed
    counts.skipped += sums.skipped + sums.todo
    counts.failed += sums.tests - sums.passed - sums.skipped - sums.todo
    if (!success && counts.failed === 0) counts.failed = 1
  })
  for await (const line of stream.compose(new spec())) process.stdout.write(line)
  return counts
}

/** Hardhat's own closing lines name what its Solidity and mocha runners counted. */
async function runHardhatTests(): Promise<Counts> {
  const child = spawn('hardhat', ['test'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  for await (const chunk of child.stdout) {
    output += chunk
    process.stdout.write(chunk)
  }
  const exitCode = child.exitCode ?? (await new Promise<number>((resolve) => child.on('close', resolve)))
  const closing = (word: string) => Number(output.match(new RegExp(`^(\\d+) ${word} \\(`, 'm'))?.[1] ?? 0)
  const counts = {
    passed: closing('passing'),
    failed: closing('failing'),
    skipped: closing('skipped') + closing('pending'),
  }
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1
  if (counts.passed + counts.failed === 0) counts.failed = 1
  return counts
}

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const slow = process.argv.includes('--slow')
const files =
  named.length > 0
    ? named
    : globSync('test/**/*.test.ts').filter(
        (file) => !file.startsWith('test/contracts') && (slow || !file.endsWith('.slow.test.ts')),
      )

await buildArtifacts({ circuits: Object.values(CIRCUITS), profile: 'small' })
const all = [await runNodeTests(files.toSorted())]
if (named.length === 0) all.push(await runHardhatTests())
const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
process.exitCode = sum('failed') === 0 && sum('passed') > 0 ? 0 : 1
