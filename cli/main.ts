#!/usr/bin/env node
import './interrupt.ts'
import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { formatOf } from './format.ts'
import { reportError } from './report.ts'

/** How long what is still open (a connection, a thread) may keep the process after the command has ended. */
const LINGER_MS = 2_000

/** The oldest Node that it runs on; older ones lack what the libraries below need. */
const LEAST_NODE = 24

const args = process.argv.slice(2)
const fail = (error: unknown) => process.exit(reportError(error, formatOf(args)))

// Node itself would end with 1, which says that a proof is false.
process.on('uncaughtException', fail)
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // A reader that closes the pipe early (`zkclear inspect ... | head -1`) has what it wants.
  if (code === 'EPIPE') return
  fail(new ZkclearError('OUTPUT_UNWRITABLE', `standard output cannot be written (${code}); what it says is lost`))
})
// Where an error cannot be printed, the exit code still says it.
process.stderr.on('error', () => undefined)

process.exitCode = await run()
setTimeout(() => process.exit(), LINGER_MS).unref()

/** Loads the command line itself only now: signals and errors are heard already. */
async function run() {
  if (Number.parseInt(process.version.slice(1), 10) < LEAST_NODE) {
    const message = `needs Node ${LEAST_NODE} or newer, and this is ${process.version}; install one, or put it first on the PATH`
    return fail(new ZkclearError('INPUT_INVALID', message))
  }
  try {
    process.cwd()
  } catch (cause) {
    return fail(new ZkclearError('FILE_UNREADABLE', 'the working directory is gone; change to another one', { cause }))
  }
  const { runCli } = await import('./program.ts')
  return await runCli(args)
}
