import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, ZkclearError } from '../../protocol/errors.ts'
import { siblingModule } from '../paths.ts'

/** What the parent asks the child for: files to read, and the one to write. */
export interface ProgramJob {
  /** The circuit as it is written: -O0. */
  readonly written: { readonly r1cs: string; readonly sym: string }
  readonly shipped: { readonly r1cs: string }
  readonly program: string
}

/** What came of it: a file, or signals that no rule gives, some of them by name. */
export type ProgramOutcome =
  | { readonly presumesAudit: boolean }
  | { readonly missing: readonly string[]; readonly count: number }

export type ProgramMessage = { outcome: ProgramOutcome } | { error: { code: ErrorCode; message: string } }

/** The terms of a large circuit take more than the quarter of the machine's memory that Node allows by itself. */
const HEAP = '--max-old-space-size=3000'

/**
 * Compiles a witness program in a child process. Throws as reading constraint systems does, and ABORTED if `signal` fires, which kills the
 * child, or if somebody else does.
 */
export async function compileProgramFile(
  job: ProgramJob,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<ProgramOutcome> {
  const aborted = (how: string) => new ZkclearError('ABORTED', `compiling a witness program was ${how}`)
  if (signal?.aborted) throw aborted('aborted')
  const script = fileURLToPath(siblingModule(import.meta.url, './job-child'))
  const args = [HEAP, script, JSON.stringify(job), String(process.pid)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  let message: ProgramMessage | undefined
  let complaint = ''
  child.on('message', (sent: ProgramMessage) => {
    message = sent
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  try {
    const [code, killedBy] = await once(child, 'close')
    if (signal?.aborted) throw aborted('aborted')
    if (killedBy !== null) throw aborted(`ended by ${killedBy}, as it is when memory runs out; start again`)
    if (message === undefined)
      throw new Error(`compiling a witness program ended with ${code}: ${complaint.slice(-2000)}`)
    if ('error' in message) throw new ZkclearError(message.error.code, message.error.message)
    return message.outcome
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}
