import { shownJson } from './shown-text.ts'

/** What a command may log: stages, names, sizes and times, never what a file with secrets or a witness holds. */
export interface Log {
  info(facts: object, message: string): void
  warn(message: string): void
}

const SILENT: Log = { info: () => undefined, warn: () => undefined }

/** The log that --verbose asks for, as lines of JSON on standard error. */
export async function openLog(verbose: boolean): Promise<Log> {
  if (!verbose) return SILENT
  const { pino } = await import('pino')
  const destination = pino.destination({ fd: 2, sync: true })
  // A log that cannot be written fails no command.
  destination.on('error', () => undefined)
  const shown = { write: (line: string) => destination.write(shownJson(line)) }
  const logger = pino({ level: 'debug', base: null, timestamp: pino.stdTimeFunctions.isoTime }, shown)
  return { info: (facts, message) => logger.info(facts, message), warn: (message) => logger.warn(message) }
}
