import { inputName } from '../jobs/change-jobs.ts'
import { NO_TAG, newSegment, sealRecord } from '../journal/segments.ts'
import { LogTree } from '../log/tree.ts'
import { growTree } from '../log/venue-log.ts'
import type { Database, Queryable } from '../postgres/database.ts'
import { sealSnapshot } from '../writer/snapshots.ts'
import { tagOf } from './cipher.ts'
import type { Sealer } from './sealer.ts'

/** Of an epoch that was written in clear. */
const CLEAR_EPOCHS = `SELECT epoch FROM journal WHERE sequence = 0
  AND NOT EXISTS (SELECT FROM journal_segment WHERE journal_segment.epoch = journal.epoch)`
const CLEAR_JOBS = 'job WHERE input IS NOT NULL AND sealing_key IS NULL'
const CLEAR_SNAPSHOTS = 'snapshot WHERE sealing_key IS NULL'
const PAGE = 1000

/** Whether a database holds anything in clear, as one that was written before there was sealing. */
export async function hasClearData(database: Queryable): Promise<boolean> {
  const [row] = await database.query<{ has: boolean }>(
    `SELECT EXISTS (${CLEAR_EPOCHS}) OR EXISTS (SELECT FROM ${CLEAR_JOBS}) OR EXISTS (SELECT FROM ${CLEAR_SNAPSHOTS}) AS has`,
  )
  return row!.has
}

/**
 * Seals what a database holds in clear, all of it or nothing, and writes its tables anew, so that their files hold it no more. What
 * the database's log, backups and free blocks of the disk hold stays. Nobody else may write meanwhile.
 */
export async function sealClearData(database: Database, sealer: Sealer): Promise<void> {
  await database.transaction(async (transaction) => {
    await sealJournal(transaction, sealer)
    await sealSnapshots(transaction, sealer)
    await sealInputs(transaction, sealer)
  })
  for (const table of ['journal', 'snapshot', 'job', 'job_failure']) await database.query(`VACUUM FULL ${table}`)
}

async function sealJournal(transaction: Queryable, sealer: Sealer): Promise<void> {
  await transaction.query('ALTER TABLE journal DISABLE TRIGGER append_only')
  for (const row of await transaction.query<{ epoch: string }>(CLEAR_EPOCHS)) {
    const epoch = BigInt(row.epoch)
    const { segment, wrapped } = await newSegment(sealer, { epoch, first: 0n })
    await transaction.query('INSERT INTO journal_segment VALUES ($1, 0, $2)', [epoch, wrapped])
    let after: Uint8Array = NO_TAG
    for (let next = 0n; ; next += BigInt(PAGE)) {
      const page = await transaction.query<{ sequence: string; record: Buffer }>(
        'SELECT sequence, record FROM journal WHERE epoch = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3',
        [epoch, next, PAGE],
      )
      const sealed = page.map(({ sequence, record }) => {
        const one = sealRecord(segment, { sequence: BigInt(sequence), after }, record)
        after = tagOf(one)
        return one
      })
      await transaction.query(
        `UPDATE journal SET record = given.record FROM unnest($3::bytea[]) WITH ORDINALITY AS given (record, place)
         WHERE epoch = $1 AND sequence = $2::bigint + place - 1`,
        [epoch, next, sealed],
      )
      if (page.length < PAGE) break
    }
  }
  await transaction.query('ALTER TABLE journal ENABLE TRIGGER append_only')
}

async function sealSnapshots(transaction: Queryable, sealer: Sealer): Promise<void> {
  const rows = await transaction.query<{ epoch: string; sequence: string; state: Buffer }>(
    `SELECT epoch, sequence, state FROM ${CLEAR_SNAPSHOTS}`,
  )
  for (const { epoch, sequence, state } of rows) {
    const place = { epoch: BigInt(epoch), sequence: BigInt(sequence) }
    const tree = new LogTree()
    await growTree(transaction, tree, { epoch: place.epoch, next: place.sequence })
    const { sealed, key } = await sealSnapshot(transaction, sealer, place, { root: tree.root(), state })
    await transaction.query('UPDATE snapshot SET state = $3, sealing_key = $4 WHERE epoch = $1 AND sequence = $2', [
      epoch,
      sequence,
      sealed,
      key,
    ])
  }
}

async function sealInputs(transaction: Queryable, sealer: Sealer): Promise<void> {
  const rows = await transaction.query<{ id: Buffer; input: Buffer }>(`SELECT id, input FROM ${CLEAR_JOBS}`)
  for (const { id, input } of rows) {
    const { sealed, key } = await sealer.seal(inputName(id), input)
    await transaction.query('UPDATE job SET input = $2, sealing_key = $3 WHERE id = $1', [id, sealed, key])
  }
  // What was a bare hash of an input says nothing any more of what it might be.
  for (const table of ['job', 'job_failure']) {
    const digests = await transaction.query<{ digest: Buffer }>(`SELECT DISTINCT input_digest AS digest FROM ${table}`)
    for (const { digest } of digests) {
      const keyed = sealer.digestOfHash(digest)
      await transaction.query(`UPDATE ${table} SET input_digest = $2 WHERE input_digest = $1`, [digest, keyed])
    }
  }
}
