// Imported before everything else, so that an interrupt is heard while the rest loads.
import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { EXIT } from './exit-codes.ts'
import { formatOf } from './format.ts'
import { lasts } from './lasts.ts'
import { reportError } from './report.ts'

const controller = new AbortController()
let running = false

/** Fires at the first SIGINT or SIGTERM, with the error ABORTED. */
export const interrupted: AbortSignal = controller.signal

/**
 * From here to its disposal the first interrupt only fires `interrupted`, so that a command can clean up, and the second one
 * ends the process. At other times there is nothing to clean up, and the first one does.
 */
export function deferInterrupts(): Disposable {
  running = true
  return {
    [Symbol.dispose]() {
      running = false
    },
  }
}

function interrupt(name: NodeJS.Signals): void {
  // The command has said its outcome, and only something open keeps the process.
  if (process.exitCode !== undefined) process.exit()
  if (interrupted.aborted) process.exit(EXIT.interrupted)
  const error = new ZkclearError('ABORTED', `interrupted by ${name}; nothing half-written was left behind`)
  const args = process.argv.slice(2)
  if (!running) process.exit(lasts(args) ? EXIT.success : reportError(error, formatOf(args)))
  controller.abort(error)
}

process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
