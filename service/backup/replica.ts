import { setTimeout } from 'node:timers/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import { mayNotWrite } from './noted.ts'

/** Told when a record was written that a second copy should have; and when one has more. */
export const WRITTEN = 'written'
const REPLICATED = 'replicated'

/** Notes how far a copy reaches that is flushed to disk by now, for a venue that waits for it: of several the one that reaches furthest counts. Nothing where one may not write. */
export async function acknowledge(
  database: Queryable,
  { epoch, next }: { readonly epoch: bigint; readonly next: bigint },
): Promise<void> {
  const noted = database.query(
    `INSERT INTO replica (epoch, next) VALUES ($1, $2) ON CONFLICT (epoch) DO UPDATE SET next = greatest(replica.next, excluded.next)
     RETURNING pg_notify(current_schema() || '.${REPLICATED}', '')`,
    [epoch, next],
  )
  await noted.catch((error) => {
    if (!mayNotWrite(error)) throw error
  })
}

interface Waiting {
  readonly next: bigint
  readonly since: number
  readonly reached: PromiseWithResolvers<void>
}

export interface ReplicaOptions {
  readonly epoch: bigint
  /** Told what is late, and undefined when nothing is any more. */
  readonly onLate: (message: string | undefined) => void
  /** When it aborts, what still waits does so for a moment, and then fails. */
  readonly signal: AbortSignal
  /** Milliseconds, of a clock that goes on. */
  readonly now?: (() => number) | undefined
}

/** Looks also where a notification may have been lost; and after this long without the copy a person is told. Milliseconds. */
const LOOK_MS = 500
const LATE_MS = 5_000
/** For how long an end waits for the copy. */
const LAST_MS = 5_000

/** The second copy of an epoch's journal, as whoever writes it says how far it reaches. */
export class Replica implements AsyncDisposable {
  readonly #database: Database
  readonly #options: ReplicaOptions
  readonly #ended = new AbortController()
  #reached = 0n
  #waiting: Waiting[] = []
  #listening: AsyncDisposable | undefined
  #running: Promise<void> = Promise.resolve()

  private constructor(database: Database, options: ReplicaOptions) {
    this.#database = database
    this.#options = options
  }

  /** Throws DATABASE_UNAVAILABLE. */
  static async open(database: Database, options: ReplicaOptions): Promise<Replica> {
    const replica = new Replica(database, options)
    const look = () => {
      replica.#look().catch((error) => replica.#fail(error))
    }
    replica.#listening = await database.listen(REPLICATED, look, look)
    await replica.#look()
    replica.#running = replica.#watch()
    return replica
  }

  /** Resolves when the copy has the records before that one. Throws DATABASE_UNAVAILABLE where that is not to be known any more. */
  async reaches(next: bigint): Promise<void> {
    if (next <= this.#reached) return
    if (this.#ended.signal.aborted) throw gone()
    const reached = Promise.withResolvers<void>()
    this.#waiting.push({ next, since: this.#now(), reached })
    const told = this.#database.query(`SELECT pg_notify(current_schema() || '.${WRITTEN}', '')`)
    await Promise.all([told, reached.promise])
  }

  async #look(): Promise<void> {
    const [row] = await this.#database.query<{ next: string }>('SELECT next FROM replica WHERE epoch = $1', [
      this.#options.epoch,
    ])
    this.#reached = BigInt(row?.next ?? 0)
    const reached = this.#waiting.filter(({ next }) => next <= this.#reached)
    this.#waiting = this.#waiting.filter(({ next }) => next > this.#reached)
    for (const one of reached) one.reached.resolve()
    const oldest = this.#waiting[0]
    const isLate = oldest !== undefined && this.#now() - oldest.since > LATE_MS
    this.#options.onLate(
      isLate
        ? `the second copy has ${this.#reached} records, and ${oldest.next} are written: nothing is answered or settled until it has them; does "zkclear backup --follow" run?`
        : undefined,
    )
  }

  async #watch(): Promise<void> {
    const { signal } = this.#options
    let last: number | undefined
    while (!this.#ended.signal.aborted) {
      await setTimeout(LOOK_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined)
      try {
        if (this.#waiting.length > 0) await this.#look()
      } catch (error) {
        this.#fail(error)
      }
      if (signal.aborted) last ??= performance.now() + LAST_MS
      if (last !== undefined && performance.now() > last) this.#fail(gone())
    }
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now()
  }

  #fail(error: unknown): void {
    for (const { reached } of this.#waiting) reached.reject(error)
    this.#waiting = []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    this.#fail(gone())
    await this.#running
    const listening = this.#listening
    this.#listening = undefined
    await listening?.[Symbol.asyncDispose]()
  }
}

function gone(): ZkclearError {
  return new ZkclearError(
    'DATABASE_UNAVAILABLE',
    'the second copy did not get what was written; start again from what is stored',
  )
}

/**
 * Throws INPUT_INVALID for a PostgreSQL that does not wait for a standby of its own: that there is one, and that commits wait until it has
 * flushed them, are its settings.
 */
export async function requireSynchronous(database: Queryable): Promise<void> {
  const [row] = await database.query<{ names: string; commit: string }>(
    `SELECT current_setting('synchronous_standby_names') AS names, current_setting('synchronous_commit') AS commit`,
  )
  const { names, commit } = row!
  if (names.trim() !== '' && ['on', 'remote_apply'].includes(commit)) return
  const message = `is a PostgreSQL that does not wait for a second one: its synchronous_standby_names is '${names}', and synchronous_commit ${commit}; name a standby there, or give --replica backup and run "zkclear backup --follow"`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'database' })
}
