import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { MeasuredCircuit } from './measured-circuit.ts'
import type { Replies, Request } from './resident-child.ts'

/** A process that holds one backend and one key. */
export class Resident implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #name: string

  /** `kind` is snarkjs or a dispatch path of the native backend, which alone looks at `threads`. */
  constructor(name: string, kind: string, threads: number, { files }: MeasuredCircuit) {
    this.#name = name
    const args = [kind, String(threads), files.zkey, files.witness]
    // Messages as structured clones, because proofs are bigints.
    this.#child = fork(join(import.meta.dirname, 'resident-child.ts'), args, { serialization: 'advanced' })
  }

  /** Asks for one thing. The proofs of a reply are not verified yet. */
  async ask<Name extends keyof Replies>(name: Name, value: number | true = true): Promise<Replies[Name]> {
    const answered = new AbortController()
    const { signal } = answered
    try {
      const ended = once(this.#child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`${this.#name} ended by itself (${by ?? code})`)
      })
      const reply = once(this.#child, 'message', { signal })
      this.#child.send({ [name]: value } as Request)
      const [message] = (await Promise.race([reply, ended])) as [Replies[Name] | { error: string }]
      if ('error' in message) throw new Error(`${this.#name}: ${message.error}`)
      return message
    } finally {
      answered.abort()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill()
    await ended
  }
}
