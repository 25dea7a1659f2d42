import { type Logger, pino } from 'pino'

/**
 * The log that --verbose asks for, as lines of JSON on standard error. Logged are stages, names, sizes and times: never what
 * a file with secrets or a witness holds.
 */
export function openLog(verbose: boolean): Logger {
  const destination = pino.destination({ fd: 2, sync: true })
  // A log that cannot be written fails no command.
  destination.on('error', () => undefined)
  return pino(
    { level: verbose ? 'debug' : 'silent', base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  )
}
