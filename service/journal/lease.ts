import { setTimeout } from 'node:timers/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Queryable } from '../postgres/database.ts'
import { inTime } from '../postgres/patience.ts'

/** For how long a standby waits for a leader that says nothing, and how often one says something. Milliseconds. */
const LEASE_MS = 3_000
const RENEW_MS = 750
/** For so many seconds a database is waited for that says nothing. */
const SILENT_LOOKS = 20

/** The time until which standbys leave the lead to a term. */
export class Lease implements AsyncDisposable {
  readonly #database: Queryable
  readonly #term: bigint
  readonly #ended = new AbortController()
  #running: Promise<void> = Promise.resolve()

  private constructor(database: Queryable, term: bigint) {
    this.#database = database
    this.#term = term
  }

  /**
   * Takes the lease for a term that leads, and keeps it until it is disposed, which lets a standby follow at once. `onLost` is called once if
   * it cannot be kept: LEADERSHIP_LOST for a term that another followed, DATABASE_UNAVAILABLE where nothing is heard of the database any more,
   * as then nobody here would hear of another one. `looks`: for so many seconds that is waited for. Throws the same.
   */
  static async keep(
    database: Queryable,
    term: bigint,
    onLost: (error: unknown) => void,
    { looks = SILENT_LOOKS }: { readonly looks?: number } = {},
  ): Promise<Lease> {
    const lease = new Lease(database, term)
    await lease.#renew()
    lease.#running = lease.#keep(onLost, looks)
    return lease
  }

  async #keep(onLost: (error: unknown) => void, looks: number): Promise<void> {
    const { signal } = this.#ended
    for (;;) {
      await setTimeout(RENEW_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      try {
        await inTime(this.#renew(), { looks, otherwise: silent })
      } catch (error) {
        onLost(error)
        return
      }
    }
  }

  async #renew(): Promise<void> {
    const kept = await this.#database.query(
      `UPDATE lease SET term = $1, until = clock_timestamp() + $2 * interval '1 millisecond' WHERE term <= $1 RETURNING term`,
      [this.#term, LEASE_MS],
    )
    if (kept.length > 0) return
    throw new ZkclearError(
      'LEADERSHIP_LOST',
      `term ${this.#term} does not lead any more: another process took the lead`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#running
    const end = 'UPDATE lease SET until = clock_timestamp() WHERE term = $1'
    await this.#database.query(end, [this.#term]).catch(() => undefined)
  }
}

/** Takes a lease that has ended, for as long as it takes to lead with it; false where it has not. Of several who ask, one gets it. */
export async function claimLease(database: Queryable): Promise<boolean> {
  const claimed = await database.query(
    `UPDATE lease SET until = clock_timestamp() + $1 * interval '1 millisecond' WHERE until < clock_timestamp() RETURNING term`,
    [LEASE_MS],
  )
  return claimed.length > 0
}

function silent(): ZkclearError {
  return new ZkclearError('DATABASE_UNAVAILABLE', 'the database says nothing any more, and another process may lead')
}
