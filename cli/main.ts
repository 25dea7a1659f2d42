#!/usr/bin/env node
import process from 'node:process'
import { runCli } from './program.ts'
import { reportError } from './report.ts'
import { formatOf } from './session.ts'

/** How long what is still open (a connection, a thread) may keep the process after the command has ended. */
const LINGER_MS = 2_000

const args = process.argv.slice(2)

// Node itself would end with 1, which says that a proof is false.
process.on('uncaughtException', (error) => process.exit(reportError(error, formatOf(args))))
// A reader that closes the pipe early (`zkclear inspect ... | head -1`) has what it wants.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await runCli(args)
setTimeout(() => process.exit(), LINGER_MS).unref()
