import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { CompileJob, CompileMessage } from './compile-child.ts'
import { siblingModule } from './paths.ts'

/** How circom ended, and all that it printed. */
export interface CompilerOutcome {
  /** null if its process was killed. */
  readonly code: number | null
  /** By what it was killed. */
  readonly killedBy?: NodeJS.Signals | null
  readonly output: string
  readonly peakKilobytes: number
  readonly refusedWrite?: string | undefined
}

/** Beyond this, the memory of a process is not worth what starting another costs. */
const MOST_KEPT_KILOBYTES = 1 << 20

/**
 * circom in a process of its own, started when first needed. It takes one job at a time; until it is disposed of, the next one
 * finds the compiler loaded. It does not keep its parent alive.
 */
export class CompilerProcess {
  #child: ChildProcess | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** Compiles once those before have ended. If `signal` fires the process is killed. */
  run(job: CompileJob, signal?: AbortSignal, onOutput?: (output: string) => void): Promise<CompilerOutcome> {
    const outcome = this.#last.then(() => this.#perform(job, signal, onOutput))
    this.#last = outcome.catch(() => {})
    return outcome
  }

  async #perform(job: CompileJob, signal?: AbortSignal, onOutput?: (output: string) => void): Promise<CompilerOutcome> {
    if (signal?.aborted) return { code: null, output: '', peakKilobytes: 0 }
    this.#child ??= start()
    const child = this.#child
    const kill = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', kill, { once: true })
    keepsAlive(child, true)
    try {
      const outcome = await outcomeOf(child, job, onOutput)
      if (outcome.peakKilobytes > MOST_KEPT_KILOBYTES || child.exitCode !== null || child.signalCode !== null) {
        this[Symbol.dispose]()
      }
      return outcome
    } finally {
      signal?.removeEventListener('abort', kill)
      keepsAlive(child, false)
    }
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }
}

function start(): ChildProcess {
  const script = fileURLToPath(siblingModule(import.meta.url, './compile-child'))
  return spawn(process.execPath, [script, String(process.pid)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
}

function outcomeOf(
  child: ChildProcess,
  job: CompileJob,
  onOutput?: (output: string) => void,
): Promise<CompilerOutcome> {
  return new Promise((resolve, reject) => {
    let output = ''
    const print = (text: string) => {
      output += text
      onOutput?.(output)
    }
    const settle = (end: Omit<CompilerOutcome, 'output'>) => {
      child.off('message', onMessage).off('close', onClose).off('error', reject)
      child.stderr!.off('data', print)
      resolve({ ...end, output })
    }
    const onMessage = (message: CompileMessage) => ('text' in message ? print(message.text) : settle(message))
    // A process that crashes says why, and is silent otherwise.
    const onClose = (code: number | null, killedBy: NodeJS.Signals | null) =>
      settle({ code, killedBy, peakKilobytes: 0 })
    child.stderr!.setEncoding('utf8').on('data', print)
    child.on('message', onMessage).on('close', onClose).on('error', reject)
    child.send(job)
  })
}

/** Whether the parent waits for the process. */
function keepsAlive(child: ChildProcess, isKept: boolean): void {
  const method = isKept ? 'ref' : 'unref'
  child[method]()
  child.channel?.[method]()
  ;(child.stderr as Socket)[method]()
}
