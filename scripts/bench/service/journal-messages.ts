import { readJournal } from '../../../service/journal/journal.ts'
import type { Database } from '../../../service/postgres/database.ts'
import type { Sealer } from '../../../service/sealing/sealer.ts'
import { decodeRecord } from '../../../service/sequencer/record.ts'

/** The record of a message, its account, and the nonce of the first in its bundle. */
export type JournalMessage = readonly [record: number, account: number, nonce: string]

/** All orders that the journal has. */
export async function messagesInJournal(database: Database, sealer: Sealer, epoch: bigint): Promise<JournalMessage[]> {
  const messages: JournalMessage[] = []
  for await (const { sequence, record } of readJournal(database, sealer, { epoch })) {
    const decoded = decodeRecord(record)
    const [first] = decoded.kind === 'message' ? decoded.bundle.messages : []
    if (first !== undefined) messages.push([Number(sequence), first.account, `${first.nonce}`])
  }
  return messages
}
