import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A script of this folder in a process of its own, with which messages are exchanged; it is ended when it goes out of scope. */
export class Child<Asked extends object | string, Said extends { readonly say: string }> implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>

  constructor(script: string, options: object, nodeOptions: readonly string[] = []) {
    this.#child = fork(join(import.meta.dirname, script), [JSON.stringify(options)], {
      execArgv: ['--disable-warning=ExperimentalWarning', ...nodeOptions],
    })
    this.#exit = once(this.#child, 'exit')
  }

  /** The next message of that kind. Throws if the process ends before. */
  async hear<Kind extends Said['say']>(kind: Kind): Promise<Extract<Said, { say: Kind }>> {
    const gone = this.#exit.then(() => {
      throw new Error('the process under load has ended; what it said is above')
    })
    for (;;) {
      const [said] = (await Promise.race([once(this.#child, 'message'), gone])) as [Said]
      if (said.say === kind) return said as Extract<Said, { say: Kind }>
    }
  }

  /** Asks, and hears the answer. */
  async ask<Kind extends Said['say']>(asked: Asked, answer: Kind): Promise<Extract<Said, { say: Kind }>> {
    const heard = this.hear(answer)
    this.#child.send(asked)
    return await heard
  }

  /** Ends it without a chance to tidy up. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#exit
  }
}
