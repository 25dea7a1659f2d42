import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Jobs } from '../../service/jobs/jobs.ts'
import { Groups } from '../../service/journal/groups.ts'
import { Journal, type JournalOptions, journalHead, readJournal } from '../../service/journal/journal.ts'
import { Database } from '../../service/postgres/database.ts'
import type { Sealer } from '../../service/sealing/sealer.ts'
import { plainJob } from '../support/service/plain-job.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'

const record = (text: string) => ({ record: Buffer.from(text) })

const lead = async (database: Database, options?: JournalOptions) =>
  Journal.lead(database, await sealerOf(database), options)

async function contents(database: Database, from = 0n): Promise<string[]> {
  const found: string[] = []
  for await (const { sequence, record } of readJournal(database, await sealerOf(database), { epoch: 0n, from })) {
    found.push(`${sequence}: ${Buffer.from(record)}`)
  }
  return found
}

describe('the journal', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('numbers records in the order of calls, from 0 without gaps, and reads them from any place', async () => {
    await using database = await server.fresh()
    const journal = await lead(database)
    const calls = ['a', 'b', 'c'].map((text) => journal.append([record(text), record(`${text}${text}`)]))
    assert.equal(journal.next, 6n)
    assert.deepEqual(await Promise.all(calls), [0n, 2n, 4n])
    assert.deepEqual(await contents(database), ['0: a', '1: aa', '2: b', '3: bb', '4: c', '5: cc'])
    assert.deepEqual(await contents(database, 4n), ['4: c', '5: cc'])
    assert.deepEqual(await contents(database, 6n), [])
    assert.deepEqual(await journalHead(database), { epoch: 0n, next: 6n })
  })

  it('is read page by page', async () => {
    await using database = await server.fresh()
    const journal = await lead(database)
    await journal.append(Array.from({ length: 2_001 }, (_, i) => record(`${i}`)))
    const found = await contents(database, 1n)
    assert.equal(found.length, 2_000)
    assert.equal(found.at(-1), '2000: 2000')
  })

  it('is led by the next one although who leads stands still in the middle of a transaction', async () => {
    await using database = await server.fresh()
    const { connection } = server
    await using still = new Database({ connection, schema: database.schema, idleTransactionMs: 200 })
    const sealer = await sealerOf(database)
    const standing = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const stopping: Pick<Sealer, 'seal' | 'digest'> = {
      async seal(name, clear) {
        standing.resolve()
        await goOn.promise
        return await sealer.seal(name, clear)
      },
      digest: (clear) => sealer.digest(clear),
    }
    const first = await Journal.lead(still, stopping as Sealer)
    const changed = assert.rejects(first.changeJobs([{ enqueue: plainJob(1) }]), { code: 'DATABASE_UNAVAILABLE' })
    await standing.promise
    const next = await lead(database)
    goOn.resolve()
    await changed
    assert.equal(next.term, first.term + 1n)
    assert.deepEqual(await database.query('SELECT id FROM job'), [])
  })

  it('gathers what is appended at one go, and what is during a commit into the next one', async () => {
    await using database = await server.fresh()
    const journal = await lead(database)
    const append = () => Array.from({ length: 50 }, (_, i) => journal.append([record(`${i}`)]))
    const first = append()
    await setImmediate()
    await Promise.all([...first, ...append()])
    const [row] = await database.query<{ commits: number }>(
      'SELECT count(DISTINCT xmin::text)::integer AS commits FROM journal',
    )
    assert.equal(row!.commits, 2)
  })

  it('asks the server once for records alone, and is as safe from another writer', async () => {
    await using database = await server.fresh()
    const journal = await lead(database)
    await journal.append([record('a')])
    const { transaction } = database
    database.transaction = () => assert.fail('records alone need no begin and no end')
    assert.equal(await journal.append([record('b'), record('c')]), 1n)
    database.transaction = transaction
    await lead(database)
    await assert.rejects(journal.append([record('x')]), { code: 'LEADERSHIP_LOST' })
    assert.deepEqual(await contents(database), ['0: a', '1: b', '2: c'])
  })

  it('is not appended to by a term that another one followed, nor ever again by that writer', async () => {
    await using database = await server.fresh()
    const first = await lead(database)
    await first.append([record('a')])
    const second = await lead(database)
    assert.equal(second.term, first.term + 1n)
    const lost = { code: 'LEADERSHIP_LOST', message: /term 1 does not lead any more/ }
    const calls = [first.append([record('x')]), first.append([record('y')])]
    for (const call of calls) await assert.rejects(call, lost)
    await assert.rejects(first.append([record('z')]), lost)
    assert.equal(await second.append([record('b')]), 1n)
    assert.deepEqual(await contents(database), ['0: a', '1: b'])
  })

  it('lets one of two lead whose appends race', async () => {
    await using database = await server.fresh()
    const writers = await Promise.all(Array.from({ length: 4 }, () => lead(database)))
    const ends = await Promise.allSettled(writers.map((writer) => writer.append([record(`${writer.term}`)])))
    assert.deepEqual(ends.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected', 'rejected'])
    assert.deepEqual(await contents(database), ['0: 4'])
  })

  it('takes no record at a place that somebody else filled, whatever the term', async () => {
    await using database = await server.fresh()
    const journal = await lead(database)
    await database.query("INSERT INTO journal VALUES (0, 0, 1, 'x', repeat('l', 32)::bytea)")
    await assert.rejects(journal.append([record('a')]), { code: 'LEADERSHIP_LOST' })
    assert.deepEqual(await database.query('SELECT record FROM journal'), [{ record: Buffer.from('x') }])
  })

  it('changes jobs all or none, for as long as it leads', async () => {
    await using database = await server.fresh()
    const journal = await lead(database)
    const jobs = new Jobs(database, await sealerOf(database))
    await journal.changeJobs([{ enqueue: plainJob(1) }])
    assert.deepEqual(await jobs.count(), { ready: 1 })
    const second = { ...plainJob(2), id: Buffer.from('too short') }
    await assert.rejects(journal.changeJobs([{ withdraw: plainJob(1).id }, { enqueue: second }]), /job_id_check/)
    assert.deepEqual(await jobs.count(), { ready: 1 })
    await lead(database)
    // Those of whoever leads now stay as they are.
    for (const change of [{ withdraw: plainJob(1).id }, { keep: [] }, { enqueue: plainJob(2) }]) {
      await assert.rejects(journal.changeJobs([change]), { code: 'LEADERSHIP_LOST' })
    }
    assert.deepEqual(await jobs.count(), { ready: 1 })
  })

  it('is append-only for everybody', async () => {
    await using database = await server.fresh()
    await (await lead(database)).append([record('a')])
    for (const change of ['UPDATE journal SET term = 9', 'DELETE FROM journal', 'TRUNCATE journal']) {
      await assert.rejects(database.query(change), /the journal is append-only/)
    }
  })
})

describe('groups', () => {
  it('hold what came together up to their limits, and never part a call', async () => {
    const written: (readonly string[])[] = []
    const groups = new Groups<string>({
      ...{ most: 3, mostBytes: 10 },
      bytesOf: (text) => text.length,
      async write(items) {
        written.push(items)
      },
    })
    const given = [['a'], ['b', 'c'], ['d', 'e', 'f', 'g'], ['hh', 'iiiiiiiii'], ['j'], []]
    await Promise.all(given.map((items) => groups.add(items)))
    assert.deepEqual(written, [['a', 'b', 'c'], ['d', 'e', 'f', 'g'], ['hh', 'iiiiiiiii'], ['j']])
  })

  it('are what one turn of the loop adds, also after others of it, and then what came while the one before was written', async () => {
    const written: (readonly string[])[] = []
    const isWriting = Promise.withResolvers<void>()
    const mayGoOn = Promise.withResolvers<void>()
    const groups = new Groups<string>({
      ...{ most: 9, mostBytes: 9, bytesOf: () => 0 },
      async write(items) {
        written.push(items)
        isWriting.resolve()
        await mayGoOn.promise
      },
    })
    const first = groups.add(['a'])
    await Promise.resolve()
    const second = groups.add(['b'])
    await isWriting.promise
    const others = [groups.add(['c']), groups.add(['d'])]
    mayGoOn.resolve()
    await Promise.all([first, second, ...others])
    assert.deepEqual(written, [
      ['a', 'b'],
      ['c', 'd'],
    ])
  })
})
