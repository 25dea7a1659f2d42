import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import type { Counts } from './counts.ts'

type TestEvent = Parameters<ReturnType<typeof spec>['_transform']>[0]

/** Tests of circuits make numbers faster than the usual room for young objects holds, and collecting them took a tenth of the time. */
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64']

/** Runs one test file in a process of its own, and prints its results when it has ended. */
export async function runNodeTests(file: string): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  const reporter = new spec()
  const stream = run({ files: [file], execArgv: FLAGS })
  for await (const event of stream) {
    if (event.type === 'test:summary' && event.data.file === undefined) {
      const { counts: sums, success } = event.data
      counts.passed = sums.passed
      counts.skipped = sums.skipped + sums.todo
      counts.failed = sums.tests - sums.passed - sums.skipped - sums.todo
      if (!success && counts.failed === 0) counts.failed = 1
    }
    // The numbers that close a run are those of this file alone; the last line of all has the sum.
    const isSummary = event.type === 'test:diagnostic' && event.data.nesting === 0
    if (!isSummary) reporter.write(event satisfies TestEvent)
  }
  reporter.end()
  let text = ''
  for await (const chunk of reporter) text += chunk
  process.stdout.write(text)
  return counts
}
