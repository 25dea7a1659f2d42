import { setTimeout } from 'node:timers/promises'
import { READY } from '../jobs/change-jobs.ts'
import type { Database } from '../postgres/database.ts'

/** How often a lost connection is sought anew, in milliseconds. */
const RECONNECT_MS = 1000

/** The chance to look for what was announced once. Whoever finds nothing hands it on. */
interface Turn {
  /** How many may have it yet of those who waited when it was announced. */
  readonly left: number
}

/**
 * Hears that jobs are ready, for workers that wait for one. What is announced once is for one of them: if all looked, a hundred workers
 * would ask the database a hundred times for each job.
 */
export class Announcements implements AsyncDisposable {
  readonly #database: Database
  readonly #closing = new AbortController()
  /** Who waits longest comes first. */
  readonly #line = new Set<Place>()
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

  /** A place in the line of those who wait, until it is disposed. */
  standInLine(): Place {
    const place = new Place(this.#line, this.#closing.signal)
    this.#line.add(place)
    return place
  }

  async #listen(): Promise<void> {
    const listening = await this.#database.listen(
      READY,
      () => give(this.#line, this.#line.size),
      () => this.#listenAgain(),
    )
    this.#listening = listening
    if (this.#closing.signal.aborted) return await listening[Symbol.asyncDispose]()
    // What was said before, nobody heard.
    for (const place of this.#line) place.hear({ left: 0 })
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

/** Gives whoever is first in line the turn that so many may have, and puts him last. */
function give(line: Set<Place>, most: number): void {
  const [first] = line
  if (first === undefined || most === 0) return
  line.delete(first)
  line.add(first)
  first.hear({ left: most - 1 })
}

/** One who waits for something to be announced. */
class Place implements Disposable {
  readonly #line: Set<Place>
  readonly #closing: AbortSignal
  #turns: Turn[] = []
  #heard = new AbortController()

  constructor(line: Set<Place>, closing: AbortSignal) {
    this.#line = line
    this.#closing = closing
  }

  hear(turn: Turn): void {
    this.#turns.push(turn)
    this.#heard.abort()
  }

  /** The turns that came until now: for what is looked for from here on. */
  take(): readonly Turn[] {
    const turns = this.#turns
    this.#turns = []
    this.#heard = new AbortController()
    return turns
  }

  /** Gives turns that came to nothing to the next in line. */
  handOn(turns: readonly Turn[]): void {
    for (const { left } of turns) give(this.#line, left)
  }

  /** Resolves when a turn comes or has come since the last {@link take}; after so many milliseconds at the latest, or when `signal` fires. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    const end = AbortSignal.any([signal, this.#closing, this.#heard.signal])
    await setTimeout(ms, undefined, { signal: end }).catch(() => undefined)
  }

  [Symbol.dispose](): void {
    this.#line.delete(this)
    this.handOn(this.take())
  }
}
