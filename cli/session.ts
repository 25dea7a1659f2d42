import process from 'node:process'
import type { Logger } from 'pino'
import type { Progress } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { EXIT } from './exit-codes.ts'
import { openLog } from './log.ts'
import { openProgress } from './progress.ts'

export interface Format {
  readonly json: boolean
  readonly verbose: boolean
}

/** Read from the raw arguments, because also what is wrong with the arguments has to be reported in it. */
export function formatOf(args: readonly string[]): Format {
  return { json: args.includes('--json'), verbose: args.includes('--verbose') }
}

/** What a running command gets from the terminal. */
export interface Session extends AsyncDisposable {
  /** Fires at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  readonly log: Logger
  /** Moves the bar on the terminal, if there is one. */
  readonly onProgress: (progress: Progress) => void
  /** One line on standard error. With --json only the log has it: the document says the same in its own way. */
  warn(message: string): void
  /** Takes the bar away, so that the outcome can be printed. */
  endProgress(): void
}

/** Opens a session: the first interrupt aborts what runs, so that it cleans up; the second one ends the process at once. */
export function openSession({ json, verbose }: Format): Session {
  const controller = new AbortController()
  const log = openLog(verbose)
  const progress = openProgress(!verbose)
  let stage: string | undefined
  const interrupt = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    log.info({ signal: name }, 'interrupted')
    controller.abort(new ZkclearError('ABORTED', `interrupted by ${name}; nothing half-written was left behind`))
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  return {
    signal: controller.signal,
    log,
    onProgress(update) {
      if (update.stage !== stage) log.info({ stage: update.stage }, 'stage')
      stage = update.stage
      progress.show(update)
    },
    warn(message) {
      log.warn(message)
      if (json) return
      progress.end()
      process.stderr.write(`zkclear: warning: ${message}\n`)
    },
    endProgress: () => progress.end(),
    async [Symbol.asyncDispose]() {
      progress.end()
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    },
  }
}
