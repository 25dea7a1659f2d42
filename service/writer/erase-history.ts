import { journalHead } from '../journal/journal.ts'
import { eraseJournal } from '../journal/segments.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { snapshotsThatOpen } from './snapshots.ts'

/** What a start may need: the newest snapshot, and one more in case that one cannot be read. */
const NEEDED = 2

/**
 * Destroys the keys of records that no start needs any more: those before the second newest snapshot that opens, segment by segment.
 * Where there are no two snapshots behind the first, it destroys nothing. Returns the first record that opens still. Throws
 * DATABASE_UNAVAILABLE.
 */
export async function eraseHistory(
  database: Database,
  sealer: Sealer,
): Promise<{ readonly epoch: bigint; readonly first: bigint }> {
  const { epoch } = await journalHead(database)
  const before = (await snapshotsThatOpen(database, sealer, { epoch, most: NEEDED })).at(NEEDED - 1) ?? 0n
  return { epoch, first: await eraseJournal(database, { epoch, before }) }
}
