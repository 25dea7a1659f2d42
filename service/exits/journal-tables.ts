import type { RiskTable } from '../../protocol/risk-table.ts'
import { readJournal } from '../journal/journal.ts'
import { firstThatOpens } from '../journal/segments.ts'
import type { Queryable } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { decodeRecord, RECORD_VERSION } from '../sequencer/record.ts'

const TABLE = Buffer.from(`${String.fromCharCode(RECORD_VERSION)}{"kind":"table",`)

/** All risk tables that are in a journal and were not erased, oldest first: of the others' records no more is looked at than what they are. */
export async function* tablesInJournal(database: Queryable, sealer: Sealer, epoch: bigint): AsyncGenerator<RiskTable> {
  const from = await firstThatOpens(database, epoch)
  for await (const { record: bytes } of readJournal(database, sealer, { epoch, from })) {
    if (!Buffer.from(bytes.subarray(0, TABLE.length)).equals(TABLE)) continue
    const record = decodeRecord(bytes)
    if (record.kind === 'table') yield record.table
  }
}
