import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Database } from '../../service/postgres/database.ts'
import { migrate } from '../../service/postgres/migrate.ts'
import { MIGRATIONS } from '../../service/postgres/migrations.ts'
import { testServer } from '../support/service/test-server.ts'

const FIRST = { name: 'people', sql: 'CREATE TABLE person (name text)' }
const SECOND = {
  name: 'ages',
  sql: 'ALTER TABLE person ADD age integer NOT NULL DEFAULT 7; CREATE INDEX ON person (age)',
}
const FAILING = { name: 'fails', sql: 'CREATE TABLE half (x integer); SELECT nothing_such()' }

const BYTES = (byte: string) => `'\\x${byte.repeat(32)}'`

/** A row of each table, as the release wrote it that made the table. */
const ROWS: readonly (readonly [table: string, row: Readonly<Record<string, string>>])[] = [
  ['journal', { epoch: '0', sequence: '0', term: '1', record: `'\\x0102'`, leaf: BYTES('ab') }],
  [
    'job',
    {
      ...{ id: BYTES('01'), circuit: `'trade-batch'`, profile: `'small'`, circuit_digest: `'x'`, memory: '1' },
      ...{ statement: `'{}'`, input_digest: BYTES('02'), input: `'\\x03'` },
    },
  ],
  ['token', { hash: BYTES('04'), id: `'a'`, name: `'a worker'`, scope: `'worker'`, expires_at: 'now()' }],
  ['snapshot', { epoch: '0', sequence: '0', state: `'\\x05'` }],
  [
    'settlement_tx',
    {
      ...{
        hash: `'0x'`,
        chain_id: '1',
        sender: `'0x'`,
        nonce: '0',
        batch: '1',
        batches: '1',
        root: `'1'`,
        raw: `'0x'`,
      },
      ...{ max_fee: '1', priority_fee: '1' },
    },
  ],
]

/** The statement that writes a row, with the columns that the table has by then. */
async function fitting(database: Database, table: string, row: Readonly<Record<string, string>>): Promise<string> {
  const found = await database.query<{ name: string }>(
    'SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped',
    [table],
  )
  const columns = found.map(({ name }) => name).filter((name) => name in row)
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => row[name]).join(', ')})`
}

describe('migrations', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('go forward over tables with data, each step once', async () => {
    await using database = server.empty()
    await migrate(database, [FIRST])
    await database.query("INSERT INTO person VALUES ('Ada')")
    await migrate(database, [FIRST, SECOND])
    await migrate(database, [FIRST, SECOND])
    assert.deepEqual(await database.query('SELECT name, age FROM person'), [{ name: 'Ada', age: 7 }])
    assert.deepEqual(await database.query('SELECT step, name FROM migration ORDER BY step'), [
      { step: 1, name: 'people' },
      { step: 2, name: 'ages' },
    ])
  })

  it('go forward from every release, over rows of that release, which stay', async () => {
    for (let from = 1; from < MIGRATIONS.length; from++) {
      await using database = server.empty()
      await migrate(database, MIGRATIONS.slice(0, from))
      const held: string[] = []
      for (const [table, row] of ROWS) {
        const [there] = await database.query('SELECT to_regclass($1) AS name', [`${database.schema}.${table}`])
        if ((there as { name: string | null }).name === null) continue
        await database.query(await fitting(database, table, row))
        held.push(table)
      }
      await migrate(database)
      for (const table of held) {
        assert.equal((await database.query(`SELECT FROM ${table}`)).length, 1, `${table} from step ${from}`)
      }
    }
  })

  it('are taken once by processes that start together', async () => {
    await using database = server.empty()
    await Promise.all(Array.from({ length: 6 }, () => migrate(database)))
    assert.equal((await database.query('SELECT FROM migration')).length, MIGRATIONS.length)
  })

  it('refuse tables of newer code, and of other code', async () => {
    await using database = server.empty()
    await migrate(database, [FIRST, SECOND])
    await assert.rejects(migrate(database, [FIRST]), {
      code: 'DATABASE_REFUSED',
      message: /changed by newer code \(step 2, "ages"\), and this knows 1; run the release that it belongs to/,
    })
    const other = { ...FIRST, sql: `${FIRST.sql};` }
    await assert.rejects(migrate(database, [other, SECOND]), {
      code: 'DATABASE_REFUSED',
      message: /changed by other code: its step 1 is "people"/,
    })
  })

  it('leave nothing of a step that fails', async () => {
    await using database = server.empty()
    await assert.rejects(migrate(database, [FIRST, FAILING]), /nothing_such/)
    const found = await database.query('SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace', [
      database.schema,
    ])
    const names = found.map((row) => (row as { relname: string }).relname)
    assert.ok(names.includes('person'))
    assert.ok(!names.includes('half'))
    await migrate(database, [FIRST, SECOND])
  })
})
