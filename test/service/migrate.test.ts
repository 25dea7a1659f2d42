import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { migrate } from '../../service/postgres/migrate.ts'
import { MIGRATIONS } from '../../service/postgres/migrations.ts'
import { testServer } from '../support/service/test-server.ts'

const FIRST = { name: 'people', sql: 'CREATE TABLE person (name text)' }
const SECOND = {
  name: 'ages',
  sql: 'ALTER TABLE person ADD age integer NOT NULL DEFAULT 7; CREATE INDEX ON person (age)',
}
const FAILING = { name: 'fails', sql: 'CREATE TABLE half (x integer); SELECT nothing_such()' }

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
