import { setTimeout } from 'node:timers/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Database } from '../postgres/database.ts'
import { type BackupReach, backUp } from './back-up.ts'
import type { BackupFolder } from './folder.ts'

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

/** Keeps a backup up to date until the signal aborts. A database that cannot be had is asked again. Throws as {@link backUp} otherwise. */
export async function follow({ database, folder, everyMs, signal, onReach, warn }: FollowOptions): Promise<void> {
  let next = -1n
  let isGone = false
  while (!signal.aborted) {
    try {
      const reach = await backUp(database, folder)
      if (isGone) warn('the database is there again; the backup is up to date')
      isGone = false
      if (reach.next > next) onReach(reach)
      next = reach.next
    } catch (error) {
      if (!(error instanceof ZkclearError) || error.code !== 'DATABASE_UNAVAILABLE') throw error
      if (!isGone) warn(`the backup stands still until the database is there again: ${error.message}`)
      isGone = true
    }
    await setTimeout(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
