import { setTimeout } from 'node:timers/promises'
import { READY } from '../jobs/change-jobs.ts'
import type { Database } from '../postgres/database.ts'

/** How often a lost connection is sought anew, in milliseconds. */
const RECONNECT_MS = 1000

/** Hears that jobs are ready, for workers that wait for one. */
export class Announcements implements AsyncDisposable {
  readonly #database: Database
  readonly #closing = new AbortController()
  readonly #waiting = new Set<() => void>()
  #listening: AsyncDisposable | undefined

  private constructor(database: Database) {
    this.#database = database
  }

  /** Throws DATABASE_UNAVAILABLE. */
  static async open(database: Database): Promise<Announcements> {
    const announcements = new Announcements(database)
    await announcements.#listen()
    return announcements
  }

  /** Resolves when something is said from now on, at the latest after so many milliseconds or when `signal` fires. Never throws. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    const heard = new AbortController()
    const hear = () => heard.abort()
    this.#waiting.add(hear)
    const end = AbortSignal.any([signal, this.#closing.signal, heard.signal])
    await setTimeout(ms, undefined, { signal: end }).catch(() => undefined)
    this.#waiting.delete(hear)
  }

  #wake(): void {
    for (const hear of this.#waiting) hear()
  }

  async #listen(): Promise<void> {
    const listening = await this.#database.listen(
      READY,
      () => this.#wake(),
      () => this.#listenAgain(),
    )
    this.#listening = listening
    if (this.#closing.signal.aborted) return await listening[Symbol.asyncDispose]()
    // What was said before, nobody heard.
    this.#wake()
  }

  async #listenAgain(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        return await this.#listen()
      } catch {
        await setTimeout(RECONNECT_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#listening?.[Symbol.asyncDispose]()
  }
}
