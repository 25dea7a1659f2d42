import { setTimeout as pause } from 'node:timers/promises'
import { READY } from '../jobs/change-jobs.ts'
import type { Database } from '../postgres/database.ts'

/** How often a lost connection is sought anew, in milliseconds. */
const RECONNECT_MS = 1000

/** The chance to look for a job that was announced. Whoever looks and does not find it hands it on. */
interface Turn {
  readonly job: string
  /** How many may have it yet: of those who waited when it was announced, none any more once somebody has the job. */
  left: number
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
  /** By the job that somebody is still to look for. */
  readonly #turns = new Map<string, Turn>()
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
    const place = new Place(this.#line, (turn) => this.#give(turn))
    this.#line.add(place)
    return place
  }

  /** A worker has the job, whose turn it was or another's who came meanwhile: nobody needs to look for it any more. */
  taken(job: string): void {
    const turn = this.#turns.get(job)
    if (turn === undefined) return
    turn.left = 0
    this.#turns.delete(job)
  }

  #announce(job: string): void {
    // An earlier one ends where it is: whoever looks from here on finds the job as well.
    this.taken(job)
    const turn = { job, left: this.#line.size }
    this.#turns.set(job, turn)
    this.#give(turn)
  }

  /** Gives whoever is first in line the turn, and puts him last. */
  #give(turn: Turn): void {
    const [first] = this.#line
    if (first === undefined || turn.left === 0) {
      if (this.#turns.get(turn.job) === turn) this.#turns.delete(turn.job)
      return
    }
    turn.left--
    this.#line.delete(first)
    this.#line.add(first)
    first.hear(turn)
  }

  async #listen(): Promise<void> {
    const listening = await this.#database.listen(
      READY,
      (job) => this.#announce(job),
      () => this.#listenAgain(),
    )
    this.#listening = listening
    if (this.#closing.signal.aborted) return await listening[Symbol.asyncDispose]()
    // What was said before, nobody heard.
    for (const place of this.#line) place.hear({ job: '', left: 0 })
  }

  async #listenAgain(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        return await this.#listen()
      } catch {
        await pause(RECONNECT_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#listening?.[Symbol.asyncDispose]()
  }
}

/** One who waits for something to be announced. */
class Place implements Disposable {
  readonly #line: Set<Place>
  readonly #handOn: (turn: Turn) => void
  #turns: Turn[] = []
  #wake: (() => void) | undefined

  constructor(line: Set<Place>, handOn: (turn: Turn) => void) {
    this.#line = line
    this.#handOn = handOn
  }

  hear(turn: Turn): void {
    this.#turns.push(turn)
    this.#wake?.()
  }

  /** The turns that came until now: for what is looked for from here on. */
  take(): readonly Turn[] {
    const turns = this.#turns
    this.#turns = []
    return turns
  }

  /** Gives turns that came to nothing here to the next in line. */
  handOn(turns: readonly Turn[]): void {
    for (const turn of turns) this.#handOn(turn)
  }

  /** Resolves when a turn comes or has come since the last {@link take}; after so many milliseconds at the latest, or when `signal` fires. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#turns.length > 0 || signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#wake = resolve
    const wake = () => resolve()
    signal.addEventListener('abort', wake)
    await promise
    signal.removeEventListener('abort', wake)
    clearTimeout(timer)
    this.#wake = undefined
  }

  [Symbol.dispose](): void {
    this.#line.delete(this)
    this.handOn(this.take())
  }
}
