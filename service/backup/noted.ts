import { sha256 } from '../jobs/digest.ts'
import type { Queryable } from '../postgres/database.ts'

/** SQLSTATEs of a role that may read alone, a server that does, and tables of before. */
const MAY_NOT = ['42501', '25006', '42P01']

/** Seconds for which what was noted is new enough. */
const NEW = 30

/**
 * Notes in the database that a backup of it, to that folder, reaches as far as it does now, so that the venue knows. Who may not write there
 * backs up unnoticed.
 */
export async function noteBackup(database: Queryable, folder: string): Promise<void> {
  try {
    await database.query(
      `INSERT INTO backup (folder) VALUES ($1) ON CONFLICT (folder)
       DO UPDATE SET at = clock_timestamp() WHERE backup.at < clock_timestamp() - $2 * interval '1 s'`,
      [sha256(folder), NEW],
    )
  } catch (error) {
    if (!mayNotWrite(error)) throw error
  }
}

/** Whether that is what a database says to who may read alone. */
export function mayNotWrite(error: unknown): boolean {
  return MAY_NOT.includes((error as { code?: string }).code ?? '')
}

/** Since when there is something to lose, and when the last backup was up to date; unix milliseconds. */
export async function backupTimes(database: Queryable): Promise<{ begunAt: number; backupAt: number | undefined }> {
  // The first snapshot is as old as the venue here.
  const [row] = await database.query<{ begun: number; noted: number | null }>(
    `SELECT (extract(epoch FROM (SELECT coalesce(min(at), now()) FROM snapshot)) * 1000)::float8 AS begun,
       (extract(epoch FROM (SELECT max(at) FROM backup)) * 1000)::float8 AS noted`,
  )
  return { begunAt: Math.floor(row!.begun), backupAt: row!.noted === null ? undefined : Math.floor(row!.noted) }
}
