import { setTimeout } from 'node:timers/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Database } from '../postgres/database.ts'
import { isMigrated } from '../postgres/migrate.ts'
import { type BackupReach, backUp } from './back-up.ts'
import type { BackupFolder } from './folder.ts'
import { acknowledge, WRITTEN } from './replica.ts'

export interface FollowOptions {
  readonly database: Database
  readonly folder: BackupFolder
  /** From the end of one look to the next. */
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Told each time that the backup reaches further. */
  readonly onReach: (reach: BackupReach) => void
  readonly warn: (message: string) => void
}

/**
 * Keeps a backup up to date until the signal aborts, and says each time how far it reaches to a venue that waits for that. Looks at once when
 * such a venue writes. A database that cannot be had is asked again. Throws as {@link backUp} otherwise.
 */
export async function follow({ database, folder, everyMs, signal, onReach, warn }: FollowOptions): Promise<void> {
  await using written = new Written(database)
  let next = -1n
  let isGone = false
  let isAwaited = true
  while (!signal.aborted) {
    try {
      await written.listen()
      const reach = await backUp(database, folder)
      // Also what it had before, where a venue waits: it may not have been noted.
      if (isAwaited || reach.next !== next) await acknowledge(database, reach)
      if (isGone) warn('the database is there again; the backup is up to date')
      isGone = false
      if (reach.next > next) onReach(reach)
      next = reach.next
    } catch (error) {
      if (!(error instanceof ZkclearError) || error.code !== 'DATABASE_UNAVAILABLE') throw error
      if (!isGone) warn(`the backup stands still until the database is there again: ${error.message}`)
      isGone = true
    }
    isAwaited = await written.within(everyMs, signal)
  }
}

/** A first look, before which a database is waited for that is not there yet, or has not all of a venue's tables. Throws as {@link follow}. */
export async function firstLook(
  options: Pick<FollowOptions, 'database' | 'folder' | 'everyMs' | 'signal' | 'warn'>,
): Promise<BackupReach> {
  const { database, folder, everyMs, signal, warn } = options
  for (let tries = 0; ; tries++) {
    let why = 'no venue has begun there yet, or it is being brought up to date'
    try {
      if (await isMigrated(database)) return await backUp(database, folder)
    } catch (error) {
      if (!(error instanceof ZkclearError) || error.code !== 'DATABASE_UNAVAILABLE') throw error
      why = error.message
    }
    if (tries === 0) warn(`the backup waits for the venue's database: ${why}`)
    await setTimeout(everyMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

/** Hears of what is written. */
class Written implements AsyncDisposable {
  readonly #database: Database
  #listening: AsyncDisposable | undefined
  #heard = Promise.withResolvers<void>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Begins to hear, unless it does; what was written before is not told. */
  async listen(): Promise<void> {
    this.#heard = Promise.withResolvers<void>()
    this.#listening ??= await this.#database.listen(
      WRITTEN,
      () => this.#heard.resolve(),
      () => {
        this.#listening = undefined
      },
    )
  }

  /** Resolves when something is written, to true, or after so many milliseconds. */
  async within(ms: number, signal: AbortSignal): Promise<boolean> {
    const heard = new AbortController()
    const either = AbortSignal.any([signal, heard.signal])
    this.#heard.promise.then(() => heard.abort())
    await setTimeout(ms, undefined, { signal: either }).catch(() => undefined)
    return heard.signal.aborted
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]()
  }
}
