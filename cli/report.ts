import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { EXIT, EXIT_CODES, type ExitCode } from './exit-codes.ts'
import type { Format } from './format.ts'
import { jsonText } from './json-text.ts'
import { shownText } from './shown-text.ts'
import { UsageError } from './usage-error.ts'

/** What a command found out. Printed once, at its end or when what lasts has begun: as the JSON document, or as text. */
export interface Outcome {
  /** One document for programs; bigints become decimal strings. */
  readonly document: Readonly<Record<string, unknown>>
  readonly text: string
  /** Default: success. */
  readonly code?: ExitCode
  /** What goes on after that was printed, until it is interrupted: a server. */
  readonly lasting?: () => Promise<void>
}

/** Writes the outcome to standard output, and nothing else ever does. */
export function printOutcome({ document, text }: Outcome, { json }: Format): void {
  process.stdout.write(json ? jsonText(document) : `${shownText(text)}\n`)
}

/** Writes an error to standard error, as text or as `{ "error": { code, message, ... } }`. Returns the exit code. */
export function reportError(given: unknown, { json, verbose }: Format): ExitCode {
  const error = firstError(given)
  const { exitCode, ...report } = describe(error)
  if (json) process.stderr.write(jsonText({ error: report }))
  else
    process.stderr.write(
      shownText(`zkclear: ${report.message}${report.hint === undefined ? '' : `\n${report.hint}`}\n`),
    )
  if (verbose && error instanceof Error) process.stderr.write(`${shownText(`${error.stack}`)}\n`)
  return exitCode
}

/** Whether it is an interrupt that ended the command. */
export function isAborted(given: unknown): boolean {
  const error = firstError(given)
  return error instanceof ZkclearError && error.code === 'ABORTED'
}

/** What went wrong first, where giving back what was open failed as well. */
function firstError(error: unknown): unknown {
  // By its name: too old a Node has no such class, and that is to be reported as well.
  const { name, suppressed } = Object(error) as Partial<SuppressedError>
  return name === 'SuppressedError' ? firstError(suppressed) : error
}

interface ErrorReport {
  exitCode: ExitCode
  code: string
  message: string
  hint?: string
  path?: string
  details?: Readonly<Record<string, unknown>>
}

function describe(error: unknown): ErrorReport {
  if (error instanceof UsageError) {
    return { exitCode: EXIT.input, code: 'USAGE', message: error.message, hint: error.allowed }
  }
  if (error instanceof ZkclearError) {
    const { code, message, path, details } = error
    const facts = Object.keys(details).length > 0 ? { details } : {}
    return { exitCode: EXIT_CODES[code], code, message, ...(path === undefined ? {} : { path }), ...facts }
  }
  if (isSystemError(error)) {
    const { code, syscall, path } = error
    const message = `the system refused ${syscall}${path === undefined ? '' : ` of ${path}`} (${code})`
    const kind = READING.includes(syscall) ? 'FILE_UNREADABLE' : 'OUTPUT_UNWRITABLE'
    return { exitCode: EXIT_CODES[kind], code: kind, message, ...(path === undefined ? {} : { path }) }
  }
  const message = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error)
  const hint = 'This is a bug in zkclear; run it again with --verbose and report what it prints.'
  return { exitCode: EXIT.internal, code: 'INTERNAL', message: `internal error: ${message}`, hint }
}

/** What asks the file system; the sockets of a chain's node have errors of their own. */
const READING = ['open', 'read', 'stat', 'lstat', 'scandir', 'readlink', 'realpath', 'access', 'uv_cwd']
const WRITING = ['write', 'mkdir', 'mkdtemp', 'rename', 'link', 'symlink', 'fsync', 'ftruncate', 'copyfile', 'chmod']
const REMOVING = ['unlink', 'rmdir', 'rm']

/** A refusal of the file system that nothing else explained: of the user's disk, folders and rights, and no bug. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string; syscall: string } {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as NodeJS.ErrnoException
  return typeof code === 'string' && [...READING, ...WRITING, ...REMOVING].includes(syscall ?? '')
}
