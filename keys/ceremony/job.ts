import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { siblingModule } from '../../circom/paths.ts'
import { ZkclearError } from '../../protocol/errors.ts'

/** Work on points, done in a process of its own. All paths are absolute. */
export type Job =
  /** Makes the first key, without contributions, of a circuit. */
  | { readonly kind: 'initial-key'; readonly r1cs: string; readonly powersOfTau: string; readonly to: string }
  /**
   * Contributes with a fresh secret, to the point of the seed `binding` (see binding.ts); `typed` is mixed into what the
   * operating system's generator gives.
   */
  | {
      readonly kind: 'contribute'
      readonly from: string
      readonly to: string
      readonly name: string
      readonly binding: string
      readonly typed: string
    }
  | {
      readonly kind: 'beacon'
      readonly from: string
      readonly to: string
      readonly name: string
      readonly value: string
      readonly iterationsExponent: number
    }
  /** Checks with our own code that `to` follows from `from` by contributions that are all in order. */
  | { readonly kind: 'check'; readonly from: string; readonly to: string }
  /** Has snarkjs check a key against the first one and the powers of tau. */
  | { readonly kind: 'snarkjs-verify'; readonly initial: string; readonly powersOfTau: string; readonly key: string }

/** What the child sends: shares done, then one outcome. `fault` says what is wrong with a key that was checked. */
export type JobMessage =
  | { readonly share: number }
  | { readonly done: true; readonly fault?: string }
  | { readonly failed: string }

export interface JobOptions {
  /** Kills the child; whatever it was writing is then incomplete. */
  signal?: AbortSignal | undefined
  onShare?: ((share: number) => void) | undefined
}

/**
 * Runs a job in a child process: it can be killed at any time, what a library prints or leaves running stays there, and the
 * memory that held a secret goes back to the operating system. Resolves to what is wrong with a checked key, or undefined.
 * Throws ABORTED, CEREMONY_INVALID if the library fails on its input.
 */
export async function runJob(job: Job, { signal, onShare }: JobOptions = {}): Promise<string | undefined> {
  if (signal?.aborted) throw aborted()
  const script = fileURLToPath(siblingModule(import.meta.url, './job-child'))
  const child = fork(script, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  let outcome: Exclude<JobMessage, { share: number }> | undefined
  child.on('message', (message: JobMessage) => {
    if ('share' in message) onShare?.(message.share)
    else outcome = message
  })
  // Not as an argument: other users of the machine can read those.
  child.send(job, () => undefined)
  try {
    const [code, killedBy] = await once(child, 'close')
    // An interrupt at the terminal reaches the child as well, and may reach it first.
    if (signal?.aborted || killedBy === 'SIGINT' || killedBy === 'SIGTERM') throw aborted()
    if (outcome === undefined) throw new Error(`a ceremony's child process ended with ${killedBy ?? code}`)
    if ('failed' in outcome) {
      throw new ZkclearError('CEREMONY_INVALID', `${job.kind} failed: ${outcome.failed}`, {
        details: { job: job.kind },
      })
    }
    return outcome.fault
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

function aborted(): ZkclearError {
  return new ZkclearError('ABORTED', 'aborted; run the same command again to go on from what is finished')
}
