import { readRecord } from '../journal/journal.ts'
import type { Queryable } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { decodeRecord, type SequencerRecord } from '../sequencer/record.ts'
import type { VenueLog, WireReceipt } from './venue-log.ts'

export interface ReceiptParts {
  readonly database: Queryable
  readonly sealer: Sealer
  readonly log: VenueLog
}

/** The receipt of an accepted message by the number of its record; undefined for a record that is no message of that account, or was erased. */
export async function receiptOf(
  { database, sealer, log }: ReceiptParts,
  record: number,
  account: number,
): Promise<WireReceipt | undefined> {
  if (record >= log.head.size) return undefined
  const stored = await readRecord(database, sealer, { epoch: log.epoch, sequence: BigInt(record) })
  if (stored === undefined || accountOf(decodeRecord(stored.record)) !== account) return undefined
  return log.receipt({ record, salt: stored.salt, bytes: stored.record })
}

function accountOf(record: SequencerRecord): number | undefined {
  if (record.kind === 'message') return record.bundle.messages[0]?.account
  return record.kind === 'cash-message' ? record.signed.message.account : undefined
}
