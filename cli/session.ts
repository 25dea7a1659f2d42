import process from 'node:process'
import type { Progress } from '../circuits/types.ts'
import type { Format } from './format.ts'
import { deferInterrupts, interrupted } from './interrupt.ts'
import { type Log, openLog } from './logger.ts'
import { openProgress } from './progress.ts'
import { shownJson, shownText } from './shown-text.ts'

/** What a running command gets from the terminal. */
export interface Session extends AsyncDisposable {
  /** Fires at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Moves the bar on the terminal, if there is one. */
  readonly onProgress: (progress: Progress) => void
  /** Moves the bar; where there is none to see, one line on standard error for each stage, but with --json. For what takes minutes. */
  readonly onLongProgress: (progress: Progress) => void
  /** One line on standard error. With --json only the log has it: the document says the same in its own way. */
  warn(message: string): void
  /** The same of a command that lasts, which is told when it happens: with --json or --verbose as a line of JSON. */
  tell(level: 'info' | 'warn', message: string, facts?: object): void
  /** Takes the bar away, so that the outcome can be printed. */
  endProgress(): void
}

/** As the log numbers them. */
const LEVELS = { info: 30, warn: 40 }

/** Opens a session: the first interrupt aborts what runs, so that it cleans up; the second one ends the process at once. */
export async function openSession({ json, verbose }: Format): Promise<Session> {
  const log = await openLog(verbose)
  const progress = await openProgress(!verbose)
  let stage: string | undefined
  const told = new Set<string>()
  const deferred = deferInterrupts()
  const isTold = !json && !verbose && !process.stderr.isTTY
  const onProgress = (update: Progress) => {
    if (update.stage !== stage) log.info({ stage: update.stage }, 'stage')
    stage = update.stage
    progress.show(update)
  }
  const onInterrupt = () => log.info({}, 'interrupted')
  interrupted.addEventListener('abort', onInterrupt)
  return {
    signal: interrupted,
    log,
    onProgress,
    onLongProgress(update) {
      if (isTold && !told.has(update.stage)) process.stderr.write(`zkclear: ${update.stage}\n`)
      told.add(update.stage)
      onProgress(update)
    },
    warn(message) {
      log.warn(message)
      if (json) return
      progress.end()
      process.stderr.write(shownText(`zkclear: warning: ${message}\n`))
    },
    tell(level, message, facts = {}) {
      if (verbose) {
        if (level === 'warn') log.warn(message)
        else log.info(facts, message)
        return
      }
      progress.end()
      const line = { level: LEVELS[level], time: new Date().toISOString(), ...facts, msg: message }
      const text = shownText(`zkclear: ${level === 'warn' ? 'warning: ' : ''}${message}`)
      process.stderr.write(`${json ? shownJson(JSON.stringify(line)) : text}\n`)
    },
    endProgress: () => progress.end(),
    async [Symbol.asyncDispose]() {
      progress.end()
      interrupted.removeEventListener('abort', onInterrupt)
      deferred[Symbol.dispose]()
    },
  }
}
