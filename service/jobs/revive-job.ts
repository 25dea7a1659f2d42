import type { Queryable } from '../postgres/database.ts'
import { READY, telling } from './change-jobs.ts'

/** Lets a dead letter be tried again, as often as a new job. Returns whether there was such a one. */
export async function reviveJob(database: Queryable, id: Buffer): Promise<boolean> {
  const revived = await database.query(
    `UPDATE job SET state = 'ready', attempts = 0, fence = fence + 1, ready_at = clock_timestamp(),
       changed_at = clock_timestamp()
     WHERE id = $1 AND state = 'dead' RETURNING ${telling(READY)}`,
    [id],
  )
  return revived.length > 0
}
