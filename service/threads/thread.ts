import { Worker } from 'node:worker_threads'

export interface ThreadOptions {
  /** What it runs: a module that calls `answerAsked`. */
  readonly module: URL
  /** What it is for, as whoever hears of its end is told. */
  readonly task: string
  /** Gets why it ended by itself. What it had not answered by then fails with the same. */
  readonly onLost: (error: Error) => void
}

/** What goes to a thread: something to be answered, or that there is nothing more. */
export type ToThread<Asked> = { readonly asked: Asked } | { readonly end: true }

/** What comes back, one for each thing that was asked, in order. */
export type FromThread<Answer> = { readonly answer: Answer } | { readonly failed: string }

/** A thread that is asked, and answers one after the other. It does not keep the process alive while nothing is asked of it. */
export class Thread<Asked, Answer> implements AsyncDisposable {
  readonly #worker: Worker
  readonly #waiting: PromiseWithResolvers<Answer>[] = []
  readonly #exit = Promise.withResolvers<void>()
  #lost: Error | undefined
  #isEnding = false

  constructor({ module, task, onLost }: ThreadOptions) {
    this.#worker = new Worker(module, { name: task })
    this.#worker.unref()
    this.#worker.on('message', (told: FromThread<Answer>) => this.#hear(told))
    let cause: unknown
    this.#worker.on('error', (error) => {
      cause = error
    })
    this.#worker.on('exit', (code) => {
      this.#exit.resolve()
      if (this.#isEnding && this.#waiting.length === 0) return
      const why = cause instanceof Error ? cause.message : `exit code ${code}`
      this.#lost = new Error(`the thread that ${task} has ended (${why})`, { cause })
      for (const { reject } of this.#waiting.splice(0)) reject(this.#lost)
      onLost(this.#lost)
    })
  }

  /** What it answers. Throws why it could not, or why there is no such thread any more. */
  async ask(asked: Asked): Promise<Answer> {
    if (this.#lost !== undefined) throw this.#lost
    if (this.#isEnding) throw new Error('the thread is being ended')
    this.#worker.postMessage({ asked } satisfies ToThread<Asked>)
    const answer = Promise.withResolvers<Answer>()
    if (this.#waiting.push(answer) === 1) this.#worker.ref()
    return await answer.promise
  }

  #hear(told: FromThread<Answer>): void {
    const { resolve, reject } = this.#waiting.shift()!
    if (this.#waiting.length === 0) this.#worker.unref()
    if ('answer' in told) resolve(told.answer)
    else reject(new Error(told.failed))
  }

  /** Ends it once it has answered what it was asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true
    if (this.#lost !== undefined) return
    this.#worker.ref()
    this.#worker.postMessage({ end: true } satisfies ToThread<Asked>)
    await this.#exit.promise
  }
}
