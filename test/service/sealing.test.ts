import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { changeJobs } from '../../service/jobs/change-jobs.ts'
import { sha256 } from '../../service/jobs/digest.ts'
import { Jobs } from '../../service/jobs/jobs.ts'
import { Journal, readJournal } from '../../service/journal/journal.ts'
import { eraseJournal } from '../../service/journal/segments.ts'
import type { Database } from '../../service/postgres/database.ts'
import { migrate } from '../../service/postgres/migrate.ts'
import { MIGRATIONS } from '../../service/postgres/migrations.ts'
import { hasClearData, sealClearData } from '../../service/sealing/clear-data.ts'
import { earliestVersion, rewrap } from '../../service/sealing/rewrap.ts'
import { Sealer } from '../../service/sealing/sealer.ts'
import { PLAIN, plainJob } from '../support/service/plain-job.ts'
import { sealerOf, testKeys } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'

const SECRET = 'balance 10731846205937'
const BROKEN = (error: Error & { code: string }) => {
  assert.equal(error.code, 'SEAL_BROKEN', error.message)
  assert.doesNotMatch(error.message, /balance|10731846205937/)
  return true
}
const OTHERS = {
  operators: [{ key: `0x${'11'.repeat(32)}`, added: '2026-01-01T00:00:00Z' }],
  gas: [],
  log: '08'.repeat(32),
}
const REQUEST = { holder: 'anna', circuitDigests: [PLAIN], memory: 1000 }
const jobNumber = (number: number) => plainJob(number, { input: Buffer.from(`${SECRET} of job ${number}`) })

async function records(database: Database, sealer: Sealer, epoch = 0n, from = 0n): Promise<string[]> {
  const found: string[] = []
  for await (const { record } of readJournal(database, sealer, { epoch, from })) found.push(`${Buffer.from(record)}`)
  return found
}

/** All that the tables hold, in hex. */
async function everything(database: Database): Promise<string> {
  const tables = await database.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = $2',
    [database.schema, 'r'],
  )
  const rows = await Promise.all(
    tables.map(({ name }) => database.query<{ row: string }>(`SELECT ${name}::text AS row FROM ${name}`)),
  )
  return rows.flatMap((of) => of.map(({ row }) => row)).join('\n')
}

const holds = (text: string, secret = SECRET) =>
  text.includes(secret) || text.includes(Buffer.from(secret).toString('hex'))

describe('sealed data', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** Three records and two jobs; the change of the journal goes around who refuses it. */
  async function filled(options: { readonly segmentRecords?: bigint } = {}) {
    const database = await server.fresh()
    const sealer = await sealerOf(database)
    const journal = await Journal.lead(database, sealer, options)
    for (const text of ['a', 'b', 'c']) await journal.append([{ record: Buffer.from(`${SECRET} ${text}`) }])
    await changeJobs(database, sealer, [{ enqueue: jobNumber(1) }, { enqueue: jobNumber(2) }])
    const change = async (sql: string) => {
      await database.query('ALTER TABLE journal DISABLE TRIGGER append_only')
      await database.query(sql)
    }
    return {
      ...{ database, sealer, journal, change, jobs: new Jobs(database, sealer) },
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  }

  it('is nowhere in the tables in clear, and its digest is no hash that one could try', async () => {
    await using given = await filled()
    const { database, sealer } = given
    assert.deepEqual(await records(database, sealer), [`${SECRET} a`, `${SECRET} b`, `${SECRET} c`])
    const all = await everything(database)
    assert.ok(all.includes(jobNumber(1).id.toString('hex')), 'what is looked through is what is stored')
    assert.ok(!holds(all))
    assert.ok(!all.includes(sha256(jobNumber(1).input).toString('hex')))
    const [{ sealed }] = (await database.query('SELECT record AS sealed FROM journal LIMIT 1')) as [{ sealed: Buffer }]
    // Salt, record, tag.
    assert.equal(sealed.length, 32 + `${SECRET} a`.length + 16)
  })

  it('gives the same record another form at each place and under each leader', async () => {
    await using given = await filled()
    const { database, sealer, journal } = given
    await journal.append(Array.from({ length: 4 }, () => ({ record: Buffer.from('same') })))
    const second = await Journal.lead(database, sealer)
    await second.append(Array.from({ length: 4 }, () => ({ record: Buffer.from('same') })))
    const rows = await database.query<{ record: Buffer }>('SELECT record FROM journal WHERE sequence > 2')
    assert.equal(new Set(rows.map(({ record }) => record.toString('hex'))).size, 8)
    assert.equal((await database.query('SELECT FROM journal_segment')).length, 2)
    assert.equal((await records(database, sealer)).length, 11)
  })

  const journalTampering: Readonly<Record<string, string>> = {
    'a bit of a record is changed':
      'UPDATE journal SET record = set_byte(record, 3, get_byte(record, 3) # 1) WHERE sequence = 1',
    'the tag of a record is changed':
      'UPDATE journal SET record = set_byte(record, length(record) - 1, get_byte(record, length(record) - 1) # 1) WHERE sequence = 1',
    'a record is cut': 'UPDATE journal SET record = substring(record FOR length(record) - 1) WHERE sequence = 1',
    'a record is empty': "UPDATE journal SET record = '' WHERE sequence = 1",
    'a record is longer': "UPDATE journal SET record = record || '\\x00' WHERE sequence = 1",
    'two records are swapped':
      'UPDATE journal SET record = (SELECT record FROM journal other WHERE other.sequence = 3 - journal.sequence) WHERE sequence IN (1, 2)',
    'a record is put in another place': 'UPDATE journal SET sequence = 3 WHERE sequence = 1',
    'a record is put in clear': "UPDATE journal SET record = 'balance 1' WHERE sequence = 1",
    'the key of the segment is changed':
      'UPDATE journal_segment SET sealing_key = set_byte(sealing_key, 40, get_byte(sealing_key, 40) # 1)',
    'the segment begins elsewhere': 'UPDATE journal_segment SET first = 1',
    'the segment is gone': 'DELETE FROM journal_segment',
    'the key is that of something else': 'UPDATE journal_segment SET sealing_key = (SELECT sealing_key FROM data_key)',
  }
  for (const [what, sql] of Object.entries(journalTampering)) {
    it(`is refused if ${what}`, async () => {
      await using given = await filled()
      await given.change(sql)
      await assert.rejects(records(given.database, given.sealer), BROKEN)
    })
  }

  it('is refused in another epoch', async () => {
    await using given = await filled()
    const { database, sealer, change } = given
    await change('UPDATE journal SET epoch = 1')
    await change('UPDATE journal_segment SET epoch = 1')
    await assert.rejects(records(database, sealer, 1n), BROKEN)
  })

  const jobTampering: Readonly<Record<string, string>> = {
    'two jobs have swapped inputs': 'UPDATE job SET input = (SELECT input FROM job other WHERE other.id <> job.id)',
    'two jobs have swapped inputs and keys':
      'UPDATE job SET (input, sealing_key) = (SELECT input, sealing_key FROM job other WHERE other.id <> job.id)',
    'two jobs have swapped keys':
      'UPDATE job SET sealing_key = (SELECT sealing_key FROM job other WHERE other.id <> job.id)',
    'the input is cut': 'UPDATE job SET input = substring(input FOR 20)',
    'the input is shorter than a tag': 'UPDATE job SET input = substring(input FOR 3)',
    'a bit of the input is changed': 'UPDATE job SET input = set_byte(input, 0, get_byte(input, 0) # 1)',
    'the input is put in clear, without a key': "UPDATE job SET input = 'balance 1', sealing_key = NULL",
    'the key is empty': "UPDATE job SET sealing_key = ''",
    'the key is cut': 'UPDATE job SET sealing_key = substring(sealing_key FOR 30)',
    'the key claims another version': 'UPDATE job SET sealing_key = set_byte(sealing_key, 3, 2)',
  }
  for (const [what, sql] of Object.entries(jobTampering)) {
    it(`is given to no worker if ${what}`, async () => {
      await using given = await filled()
      const { database, jobs } = given
      const lease = (await jobs.lease(REQUEST))!
      assert.equal(`${Buffer.from(await jobs.input(lease))}`, `${SECRET} of job 1`)
      await database.query(sql)
      await assert.rejects(jobs.input(lease), BROKEN)
    })
  }

  it('does not open with the keys of another venue, which are refused before anything is read', async () => {
    await using given = await filled()
    const { database } = given
    const sealing = [{ version: 1, key: 'ab'.repeat(32), made: '2026-01-01T00:00:00Z' }]
    const { FileKeys } = await import('../../service/keys/file-keys.ts')
    const others = new FileKeys({ ...OTHERS, sealing })
    await assert.rejects(Sealer.open(database, others), {
      code: 'INPUT_INVALID',
      message: /key store: does not hold the key that this database is sealed under \(version 1\)/,
    })
  })

  it('comes under the newest key without being written anew, and the earlier one then opens nothing', async () => {
    await using given = await filled({ segmentRecords: 2n })
    const { database } = given
    const dataOf = () =>
      database.query(
        `SELECT record AS data FROM journal UNION ALL SELECT input FROM job UNION ALL SELECT state FROM snapshot ORDER BY 1`,
      )
    const before = await dataOf()
    assert.equal(await earliestVersion(database), 1)
    // The digest, two segments, two jobs.
    assert.equal(await rewrap(database, testKeys(2)), 5)
    assert.equal(await rewrap(database, testKeys(2)), 0)
    assert.equal(await earliestVersion(database), 2)
    assert.deepEqual(await dataOf(), before)
    await assert.rejects(Sealer.open(database, testKeys(1)), { code: 'INPUT_INVALID' })
    await assert.rejects(records(database, given.sealer), BROKEN)
    const rotated = await Sealer.open(database, testKeys(2))
    assert.equal((await records(database, rotated)).length, 3)
    const jobs = new Jobs(database, rotated)
    assert.equal(`${Buffer.from(await jobs.input((await jobs.lease(REQUEST))!))}`, `${SECRET} of job 1`)
    // The same input is the same still.
    await changeJobs(database, rotated, [{ enqueue: jobNumber(1) }])
    assert.equal((await jobs.find(jobNumber(1).id))!.state, 'leased')
  })

  it('is wrapped anew all or none: a key that does not open leaves the others as they were', async () => {
    await using given = await filled()
    const { database, change } = given
    await change(
      'UPDATE job SET sealing_key = set_byte(sealing_key, 20, get_byte(sealing_key, 20) # 1) WHERE id = (SELECT max(id) FROM job)',
    )
    await assert.rejects(rewrap(database, testKeys(2)), BROKEN)
    assert.equal((await records(database, given.sealer)).length, 3)
  })

  it('loses its key with its input: what a page holds still opens with nothing that is stored', async () => {
    await using given = await filled()
    const { database, sealer, jobs } = given
    const [dead] = await database.query<{ input: Buffer; sealing_key: Buffer }>(
      'SELECT input, sealing_key FROM job ORDER BY ordinal LIMIT 1',
    )
    await jobs.complete((await jobs.lease(REQUEST))!, {})
    await changeJobs(database, sealer, [{ withdraw: jobNumber(2).id }])
    assert.deepEqual(await database.query('SELECT input, sealing_key FROM job'), [
      { input: null, sealing_key: null },
      { input: null, sealing_key: null },
    ])
    const name = `job/${jobNumber(1).id.toString('hex')}`
    const found = await everything(database)
    assert.ok(!found.includes(dead!.sealing_key.toString('hex')))
    const stored = await database.query<{ key: Buffer }>(
      'SELECT sealing_key AS key FROM data_key UNION ALL SELECT sealing_key FROM journal_segment',
    )
    for (const { key } of stored) await assert.rejects(sealer.open(name, { sealed: dead!.input, key }), BROKEN)
    // Whoever finds the page with the key as well opens it until the version is forgotten under which that was wrapped.
    const found2 = { sealed: dead!.input, key: dead!.sealing_key }
    assert.match(`${await sealer.open(name, found2)}`, /of job 1/)
    await rewrap(database, testKeys(2))
    const { FileKeys } = await import('../../service/keys/file-keys.ts')
    const second = { version: 2, key: '2'.padStart(64, '0'), made: '2026-01-01T00:00:00.000Z' }
    const forgot = new FileKeys({ ...OTHERS, sealing: [second] })
    const later = await Sealer.open(database, forgot)
    await assert.rejects(later.open(name, found2), BROKEN)
    assert.equal((await records(database, later)).length, 3)
  })

  it('has a key for each so many records, and those of the past can be erased', async () => {
    await using given = await filled({ segmentRecords: 2n })
    const { database, sealer, journal } = given
    await journal.append([{ record: Buffer.from('d') }])
    await journal.append([{ record: Buffer.from('e') }])
    assert.equal(await eraseJournal(database, { epoch: 0n, before: 1n }), 0n, 'record 1 shares its key with record 0')
    assert.equal(await eraseJournal(database, { epoch: 0n, before: 3n }), 2n)
    assert.equal(await hasClearData(database), false)
    await assert.rejects(records(database, sealer), BROKEN)
    await assert.rejects(records(database, sealer, 0n, 1n), BROKEN)
    assert.deepEqual(await records(database, sealer, 0n, 2n), [`${SECRET} c`, 'd', 'e'])
    await rewrap(database, testKeys(2))
    assert.deepEqual(await records(database, await Sealer.open(database, testKeys(2)), 0n, 2n), [
      `${SECRET} c`,
      'd',
      'e',
    ])
    assert.equal(await eraseJournal(database, { epoch: 0n, before: 100n }), 4n, 'the last segment is being written')
    assert.deepEqual(await records(database, await Sealer.open(database, testKeys(2)), 0n, 4n), ['e'])
  })

  it('is made of what a database holds in clear, all of it, and of nothing that comes later', async () => {
    await using database = server.empty()
    await migrate(
      database,
      MIGRATIONS.slice(
        0,
        MIGRATIONS.findIndex(({ name }) => name === 'log'),
      ),
    )
    const many = Array.from({ length: 2_003 }, (_, i) => Buffer.from(`${SECRET} ${i}`))
    await database.query(
      'INSERT INTO journal SELECT 0, place - 1, 1, record FROM unnest($1::bytea[]) WITH ORDINALITY AS given (record, place)',
      [many],
    )
    await database.query('INSERT INTO snapshot VALUES (0, 0, $1)', [Buffer.from(`${SECRET} of snapshot`)])
    const { id, input, circuit, profile, circuitDigest } = jobNumber(1)
    await database.query(
      `INSERT INTO job (id, circuit, profile, circuit_digest, memory, statement, input_digest, input) VALUES ($1, $2, $3, $4, 1, '{}', $5, $6)`,
      [id, circuit, profile, circuitDigest, sha256(input), Buffer.from(input)],
    )
    await database.query("INSERT INTO job_failure VALUES ($1, $2, 'WITNESS_FAILED', '')", [
      jobNumber(2).id,
      sha256(jobNumber(2).input),
    ])
    await migrate(database)
    assert.ok(holds(await everything(database)))
    assert.equal(await hasClearData(database), true)
    const sealer = await sealerOf(database)
    await sealClearData(database, sealer)
    assert.equal(await hasClearData(database), false)
    assert.ok(!holds(await everything(database)))
    assert.deepEqual(
      await records(database, sealer),
      many.map((record) => `${record}`),
    )
    const jobs = new Jobs(database, sealer)
    assert.equal(`${Buffer.from(await jobs.input((await jobs.lease(REQUEST))!))}`, `${SECRET} of job 1`)
    // The same input is known, the failed one too.
    await changeJobs(database, sealer, [{ enqueue: jobNumber(1) }, { enqueue: jobNumber(2) }])
    assert.equal((await jobs.find(id))!.state, 'leased')
    assert.equal((await jobs.find(jobNumber(2).id))!.state, 'failed')
    await assert.rejects(database.query('DELETE FROM journal'), /append-only/)
    await (await Journal.lead(database, sealer)).append([{ record: Buffer.from('after') }])
    assert.equal((await records(database, sealer)).at(-1), 'after')
  })
})
