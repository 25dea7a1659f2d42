import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ArtifactSelection } from '../../../keys/selection.ts'

const CHILD = fileURLToPath(new URL('./toy-worker-child.ts', import.meta.url))

export interface ToyWorkerOptions {
  readonly url: string
  readonly token: string
  readonly selection: ArtifactSelection
  readonly graceMs?: number
  /** What has its enclave attested. */
  readonly attestationProgram?: string
  /** What it has in its environment beside ours. */
  readonly env?: Readonly<Record<string, string>>
}

/** A worker of toy circuits in a process of its own, which is killed when it goes out of scope. */
export function startToyWorker({ env, ...options }: ToyWorkerOptions) {
  const args = ['--disable-warning=ExperimentalWarning', CHILD, JSON.stringify(options)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const lines: string[] = []
  const said = createInterface(child.stdout)
  said.on('line', (line) => lines.push(line))
  const exit = once(child, 'exit')
  const prover = async () => {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    return Number(children.trim().split(' ')[0])
  }
  return {
    lines,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves when it has said a line that matches. */
    async hear(pattern: RegExp) {
      while (!lines.some((line) => pattern.test(line))) await once(said, 'line')
    },
    /** The process that proves for it; 0 if there is none now. */
    prover,
    /** Kills the process that proves for it, if there is one now. */
    async killProver() {
      const pid = await prover()
      try {
        if (pid > 0) process.kill(pid, 'SIGKILL')
      } catch (error) {
        // It has ended since.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    },
    /** Its exit code, once it has ended. */
    exit: async () => (await exit)[0] as number | null,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
    },
  }
}
