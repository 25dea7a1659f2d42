import { type KeyWrapper, versionOf } from '../keys/key-provider.ts'
import type { Database, Queryable } from '../postgres/database.ts'

/** Where wrapped data keys are, and the names that they are wrapped for. Those that were erased are empty. */
const PLACES = [
  { table: 'data_key', name: 'name' },
  { table: 'journal_segment', name: `'segment/' || epoch || '/' || first` },
  { table: 'snapshot', name: `'snapshot/' || epoch || '/' || sequence` },
  { table: 'job', name: `'job/' || encode(id, 'hex')` },
  { table: 'standing_cancels', name: `'standing-cancels/' || account` },
]
const PRESENT = 'sealing_key IS NOT NULL AND length(sealing_key) > 0'

/**
 * Wraps all data keys under the version of now that are under an earlier one; what they seal stays as it is. Returns how many, and
 * either all are or none. Throws SEAL_BROKEN for a key that does not open.
 */
export async function rewrap(database: Database, keys: KeyWrapper): Promise<number> {
  return await database.transaction(async (transaction) => {
    let count = 0
    for (const place of PLACES) count += await rewrapTable(transaction, place, keys)
    return count
  })
}

/** The earliest version under which a data key is wrapped; undefined in a database without any. */
export async function earliestVersion(database: Queryable): Promise<number | undefined> {
  const all = PLACES.map(({ table }) => `SELECT sealing_key FROM ${table} WHERE ${PRESENT}`).join(' UNION ALL ')
  const rows = await database.query<{ head: Buffer }>(
    `SELECT DISTINCT substring(sealing_key FOR 4) AS head FROM (${all}) AS every`,
  )
  return rows.length === 0 ? undefined : Math.min(...rows.map(({ head }) => versionOf(head)))
}

async function rewrapTable(
  transaction: Queryable,
  { table, name }: (typeof PLACES)[number],
  keys: KeyWrapper,
): Promise<number> {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(keys.version)
  const rows = await transaction.query<{ place: string; name: string; wrapped: Buffer }>(
    `SELECT ctid::text AS place, ${name} AS name, sealing_key AS wrapped FROM ${table}
     WHERE ${PRESENT} AND substring(sealing_key FOR 4) <> $1 FOR UPDATE`,
    [head],
  )
  for (const { place, name, wrapped } of rows) {
    const again = await keys.wrap(await keys.unwrap(wrapped, name), name)
    await transaction.query(`UPDATE ${table} SET sealing_key = $2 WHERE ctid = $1::tid`, [place, Buffer.from(again)])
  }
  return rows.length
}
