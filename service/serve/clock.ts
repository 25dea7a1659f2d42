import { mayRetry } from '../../venue/serve-queue.ts'
import type { Queryable } from '../postgres/database.ts'
import { currentState, ledgerOf, missingViewKeys, type SequencerState } from '../sequencer/state.ts'

/** The clock of the venue, in milliseconds since 1970: the database's, whoever of several processes leads. */
async function databaseClock(database: Queryable): Promise<bigint> {
  const [row] = await database.query<{ ms: string }>(
    'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms',
  )
  return BigInt(row!.ms)
}

/** For how long an answer is given to others, in milliseconds: who would ask as often as messages come would write a record of each millisecond. */
const KEPT_MS = 10

/**
 * The same for many who ask at once, or within ten milliseconds: they share an answer, so that a flood takes one connection, and messages that
 * come together have one tick. It may be behind the database's by that much, and is never ahead of it.
 */
export class SharedClock {
  readonly #database: Queryable
  readonly #now: () => number
  #asking: Promise<bigint> | undefined
  #known: { readonly clock: bigint; readonly askedAt: number } | undefined

  /** `now`: milliseconds, of a clock that goes on. */
  constructor(database: Queryable, now = () => performance.now()) {
    this.#database = database
    this.#now = now
  }

  async read(): Promise<bigint> {
    const known = this.#known
    if (known !== undefined && this.#now() - known.askedAt < KEPT_MS) return known.clock
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return await this.#asking
  }

  async #ask(): Promise<bigint> {
    const askedAt = this.#now()
    const clock = await databaseClock(this.#database)
    this.#known = { clock, askedAt }
    return clock
  }
}

/** How far the clock may be from the time of blocks, in seconds, before nothing is cut or accepted any more. */
const MOST_SKEW = 60n

/** Why nothing can be made at that clock; undefined if it agrees with the chain's time. */
export function skewOf(clock: bigint, blockTime: bigint): string | undefined {
  const seconds = clock / 1000n
  const skew = seconds > blockTime ? seconds - blockTime : blockTime - seconds
  if (skew <= MOST_SKEW) return undefined
  return `the database's clock says ${seconds}, and the next block would have ${blockTime}: ${skew} s apart, and ${MOST_SKEW} are allowed`
}

/** Whether time passing can lead to anything at that clock, in milliseconds: else it need not be written down. */
export function isTickDue(state: SequencerState, clock: bigint): boolean {
  const { open, waiting, entries, firstEntry, pausedUntil } = state
  if (open.items.length > 0 || waiting.length > 0) return true
  if (BigInt(entries.length) > ledgerOf(state).served - firstEntry) return true
  const current = currentState(state)
  const { table: riskTable, timestamp } = state
  if (ledgerOf(state).retries.some((account) => mayRetry(current, account, { riskTable, timestamp }))) return true
  // An order in hand that a pause stopped goes on when that has ended.
  const isPaused = clock / 1000n < pausedUntil
  if (!isPaused && [...current.books.entries()].some(([, { hand }]) => hand !== undefined)) return true
  return [...missingViewKeys(state, current).keys()].some((account) => current.accounts.get(account) !== undefined)
}
