import { setTimeout } from 'node:timers/promises'

/** Does something again and again, with a pause after each time, until it is disposed; that waits for what is under way. */
export class Loop implements AsyncDisposable {
  readonly #ended = new AbortController()
  readonly #running: Promise<void>

  /** `step` never throws. */
  constructor(ms: number, step: () => Promise<void>) {
    this.#running = this.#run(ms, step)
  }

  async #run(ms: number, step: () => Promise<void>): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      await step()
      await setTimeout(ms, undefined, { signal }).catch(() => undefined)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#running
  }
}
