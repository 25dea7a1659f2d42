import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, ZkclearError } from '../protocol/errors.ts'
import { siblingModule } from './paths.ts'
import type { ConstraintDescription } from './symbols.ts'

/** Differences of one kind that are named; all are counted. */
export const MOST_NAMED = 16

export interface Differences<T> {
  readonly count: number
  /** At most `MOST_NAMED` of them. */
  readonly first: readonly T[]
}

/** What simplification did to a system, in words; see `Equivalence`. */
export interface Simplification {
  readonly equivalent: boolean
  readonly constraints: { readonly full: number; readonly simplified: number }
  readonly missing: Differences<ConstraintDescription>
  readonly extra: Differences<ConstraintDescription>
  readonly restricting: Differences<ConstraintDescription>
  readonly redundant: Differences<string>
  readonly moved: Differences<string>
}

export interface SystemFiles {
  readonly r1cs: string
  /** Without it, signals are named by wires and labels. */
  readonly sym?: string | undefined
}

/** What the parent asks the child for. */
export interface SimplificationJob {
  readonly full: SystemFiles
  readonly simplified: SystemFiles
}

/** A system of 2 million constraints takes 2.3 GB; by itself Node allows a quarter of the machine's memory. */
const HEAP = '--max-old-space-size=3000'

type Message = { simplification: Simplification } | { error: { code: ErrorCode; message: string } }

/**
 * Runs `checkEquivalence` on files, in a child process. Throws as it and as reading does, and ABORTED if `signal` fires,
 * which kills the child, or if somebody else does.
 */
export async function compareSystems(
  job: SimplificationJob,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Simplification> {
  if (signal?.aborted) throw aborted()
  const script = fileURLToPath(siblingModule(import.meta.url, './simplification-child'))
  const args = [HEAP, script, JSON.stringify(job), String(process.pid)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  let message: Message | undefined
  let complaint = ''
  child.on('message', (sent: Message) => {
    message = sent
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  try {
    const [code, killedBy] = await once(child, 'close')
    if (signal?.aborted) throw aborted()
    if (killedBy !== null) {
      const message = `comparing what the compiler simplified was ended by ${killedBy}, as it is when memory runs out; start again`
      throw new ZkclearError('ABORTED', message, { details: { signal: killedBy } })
    }
    if (message === undefined) throw new Error(`comparing ended with ${code}: ${complaint.slice(-2000)}`)
    if ('error' in message) throw new ZkclearError(message.error.code, message.error.message)
    return message.simplification
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

/** The differences in words, one line each; empty for equivalent systems. */
export function differencesText({ missing, extra, restricting, redundant, moved }: Simplification): string[] {
  const constraint = ({ constraint, components, signals }: ConstraintDescription) => {
    const shown = signals.slice(0, 6).join(', ')
    const more = signals.length > 6 ? ` and ${signals.length - 6} more` : ''
    return `constraint ${constraint} of ${components.join(', ') || 'no component'}: ${shown || 'no signal'}${more}`
  }
  return [
    ...lines('dropped', missing, constraint),
    ...lines('dropped, though it restricts signals that are left or has no solution', restricting, constraint),
    ...lines('added', extra, constraint),
    ...lines('no longer constant, or equal to another signal', redundant, String),
    ...lines('public in one of the two alone, or at another place', moved, String),
  ]
}

function lines<T>(what: string, { count, first }: Differences<T>, text: (one: T) => string): string[] {
  const shown = first.map((one) => `${what}: ${text(one)}`)
  return count > first.length ? [...shown, `${what}: ${count - first.length} more`] : shown
}

function aborted(): ZkclearError {
  return new ZkclearError('ABORTED', 'comparing what the compiler simplified was aborted')
}
