import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

export interface CliOptions {
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** Sent when the text appears on standard error, or when the promise resolves. */
  interrupt?: ({ on: string } | { when: Promise<unknown> }) & { signal: NodeJS.Signals }
}

/** Runs the command line in a child process, without a terminal. */
export async function zkclear(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { FORCE_COLOR: _, ...env } = { ...process.env, ...options.env }
  const child = spawn(process.execPath, [MAIN, ...args], { env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const { interrupt } = options
  if (interrupt !== undefined && 'when' in interrupt) {
    interrupt.when.then(() => child.kill(interrupt.signal))
  } else if (interrupt !== undefined) {
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(interrupt.on)) child.kill(interrupt.signal)
    })
  }
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, stdout, stderr }
}

/** What a command with --json printed on standard output, which must be one document and nothing else. */
export function documentOf({ stdout }: CliResult): Record<string, unknown> {
  return JSON.parse(stdout)
}

export interface JsonError {
  code: string
  message: string
  path?: string
  hint?: string
  details?: Record<string, unknown>
}

/** The error that a command with --json printed on standard error, which must be that and nothing else. */
export function errorOf({ stderr }: CliResult): JsonError {
  return JSON.parse(stderr).error
}
