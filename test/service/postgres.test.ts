import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ErrorCode } from '../../protocol/errors.ts'
import { serveDispatcher } from '../../service/dispatcher/dispatcher.ts'
import { changeJobs } from '../../service/jobs/change-jobs.ts'
import { Jobs } from '../../service/jobs/jobs.ts'
import { newJob } from '../../service/jobs/new-job.ts'
import { Journal, journalHead, readJournal } from '../../service/journal/journal.ts'
import { EMBEDDED, locateBinaries, withinReach } from '../../service/postgres/binaries.ts'
import { Database } from '../../service/postgres/database.ts'
import { migrate } from '../../service/postgres/migrate.ts'
import { startPostgres } from '../../service/postgres/server.ts'
import { requireReachable, serverUser } from '../../service/postgres/system-user.ts'
import { createToken } from '../../service/tokens/tokens.ts'
import { inState } from '../support/service/job-state.ts'
import { PLAIN, plainJob } from '../support/service/plain-job.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { toyCircuits } from '../support/service/toy-venue.ts'
import { startToyWorker } from '../support/service/toy-worker.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { productInstance } from '../support/toy-definitions.ts'

const CHILD = fileURLToPath(new URL('../support/service/postgres-child.ts', import.meta.url))

const OTHER_PROCESS = `${new URL('../../service/postgres/database.ts', import.meta.url)}?other`
const PREPARED = 'SELECT name, statement FROM pg_prepared_statements'

const PLAIN_REQUEST = { holder: 'anna', circuitDigests: [PLAIN], memory: 1000 }

/** A process of ours that supervises a server. */
async function startChild(directory: string): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [chunk] = await once(child.stdout!, 'data')
  return { child, pid: Number(String(chunk)) }
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit')
  child.kill(signal)
  return (await exit)[0]
}

const failsWith = (code: ErrorCode, message: RegExp) => (error: { code: string; message: string }) => {
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

describe('the embedded database', () => {
  // Making a database takes seconds: they all use one, and each leaves it stopped.
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(() => folder[Symbol.asyncDispose]())

  it('has checksums, and is reached by a socket in a folder of its owner alone', async () => {
    await using server = await startPostgres({ directory: folder.path })
    await using database = new Database({ connection: server.connection })
    const show = async (name: string) => {
      const [row] = await database.query<Record<string, string>>(`SHOW ${name}`)
      return Object.values(row!)[0]
    }
    assert.equal(server.adopted, false)
    assert.equal(await show('data_checksums'), 'on')
    assert.equal(await show('listen_addresses'), '')
    assert.equal(await show('fsync'), 'on')
    for (const path of [folder.path, server.connection.host, join(folder.path, 'cluster')]) {
      assert.equal((await stat(path)).mode & 0o777, 0o700, path)
    }
    assert.equal((await stat(join(folder.path, 'server.log'))).mode & 0o777, 0o600)
  })

  it('is reached by a URL as well, and one that leads nowhere is not repeated with its password', async () => {
    await using server = await startPostgres({ directory: folder.path })
    const { host } = server.connection
    await using database = new Database({ connection: `postgres://zkclear@/postgres?host=${encodeURIComponent(host)}` })
    assert.deepEqual(await database.query('SELECT 1 AS one'), [{ one: 1 }])
    await using nowhere = new Database({ connection: 'postgres://zkclear:canary@127.0.0.1:1/postgres' })
    await assert.rejects(nowhere.query('SELECT 1'), (error: Error) => {
      assert.doesNotMatch(`${error.message} ${error.stack}`, /canary/)
      return failsWith('DATABASE_UNAVAILABLE', /ECONNREFUSED/)(error as Error & { code: string })
    })
  })

  it('reads and plans a statement with values once on a connection', async () => {
    await using server = await startPostgres({ directory: folder.path })
    await using database = new Database({ connection: server.connection, connections: 1 })
    const sum = async (one: number) => (await database.query('SELECT 1 + $1::integer AS sum', [one]))[0]
    assert.deepEqual([await sum(1), await sum(2)], [{ sum: 2 }, { sum: 3 }])
    await database.transaction(async ({ query }) => {
      assert.deepEqual(await query('SELECT 1 + $1::integer AS sum', [3]), [{ sum: 4 }])
    })
    const prepared = await database.query(
      'SELECT statement, generic_plans + custom_plans AS runs FROM pg_prepared_statements',
    )
    assert.deepEqual(prepared, [{ statement: 'SELECT 1 + $1::integer AS sum', runs: '3' }])
  })

  it('never has two statements of one name, whatever other processes prepare on its connections, as behind a pooler', async () => {
    await using server = await startPostgres({ directory: folder.path })
    // As another process has it.
    const other: typeof import('../../service/postgres/database.ts') = await import(OTHER_PROCESS)
    const texts = ['SELECT $1::integer AS one', 'SELECT $1::integer AS two']
    const statements = new Map<string, string>()
    for (const [Named, ordered] of [
      [Database, texts],
      [other.Database, texts.toReversed()],
    ] as const) {
      await using database = new Named({ connection: server.connection, connections: 1 })
      for (const text of ordered) await database.query(text, [1])
      for (const { name, statement } of await database.query<{ name: string; statement: string }>(PREPARED)) {
        assert.equal(statement, statements.get(name) ?? statement, `${name} is another one's`)
        statements.set(name, statement)
      }
    }
    assert.equal(statements.size, texts.length)
  })

  it('logs neither statements nor values of those that fail', async () => {
    await using server = await startPostgres({ directory: folder.path })
    await using database = new Database({ connection: server.connection })
    await database.query('CREATE TEMPORARY TABLE held (x text CHECK (length(x) < 3))')
    await assert.rejects(database.query("INSERT INTO held VALUES ('canary-1')"))
    await assert.rejects(database.query('INSERT INTO held VALUES ($1)', ['canary-2']))
    assert.doesNotMatch(await readFile(join(folder.path, 'server.log'), 'utf8'), /canary/)
  })

  it('is adopted, with all that was committed, after kill -9 of the process that started it', async () => {
    const { child, pid } = await startChild(folder.path)
    await endOf(child, 'SIGKILL')
    await using server = await startPostgres({ directory: folder.path })
    assert.equal(server.adopted, true)
    assert.equal(server.pid, pid)
  })

  it('is stopped cleanly when its process is told to end, and starts again', async () => {
    const { child } = await startChild(folder.path)
    assert.equal(await endOf(child, 'SIGTERM'), 0)
    assert.match(await readFile(join(folder.path, 'server.log'), 'utf8'), /database system is shut down\n$/)
    // The number is another process's by now: that of this test.
    await writeFile(join(folder.path, 'cluster', 'postmaster.pid'), `${process.pid}\n/\n0\n5432\n/tmp\n\n0 0\nready\n`)
    await using server = await startPostgres({ directory: folder.path })
    assert.equal(server.adopted, false)
  })

  it('has one supervisor at a time', async () => {
    await using _ = await startPostgres({ directory: folder.path })
    await assert.rejects(
      startPostgres({ directory: folder.path }),
      failsWith('DATABASE_UNAVAILABLE', /another process supervises the database/),
    )
  })

  it('keeps every acknowledged record, and no half of one, when it is killed in mid-commit', async () => {
    const acknowledged: bigint[] = []
    let issued = 0
    {
      const server = await startPostgres({ directory: folder.path })
      await using database = new Database({ connection: server.connection })
      await migrate(database)
      const journal = await Journal.lead(database, await sealerOf(database))
      const write = async () => {
        for (;;) {
          issued += 2
          acknowledged.push(await journal.append([{ record: Buffer.from('a') }, { record: Buffer.from('b') }]))
          // Others are under way now.
          if (acknowledged.length === 40) process.kill(server.pid, 'SIGKILL')
        }
      }
      const ends = await Promise.allSettled(Array.from({ length: 8 }, write))
      for (const end of ends) {
        assert.equal(end.status, 'rejected')
        assert.equal(end.reason.code, 'DATABASE_UNAVAILABLE')
      }
      assert.equal((await server.lost).code, 'DATABASE_UNAVAILABLE')
      await assert.rejects(journal.append([{ record: Buffer.from('c') }]), failsWith('DATABASE_UNAVAILABLE', /./))
    }
    await using server = await startPostgres({ directory: folder.path })
    assert.equal(server.adopted, false)
    await using database = new Database({ connection: server.connection })
    const { next } = await journalHead(database)
    assert.ok(acknowledged.every((first) => next >= first + 2n))
    assert.ok(next <= BigInt(issued))
    assert.equal(next % 2n, 0n, 'records of one call are written together')
    assert.equal(
      await (await Journal.lead(database, await sealerOf(database))).append([{ record: Buffer.from('d') }]),
      next,
    )
  })

  it('has every proof that a record behind it tells of, and no job that nobody can take, when it is killed among them', async () => {
    const schema = 'proofs'
    {
      const server = await startPostgres({ directory: folder.path })
      await using database = new Database({ connection: server.connection, schema })
      await migrate(database)
      const sealer = await sealerOf(database)
      const [journal, jobs] = [await Journal.lead(database, sealer), new Jobs(database, sealer)]
      const enqueue = Array.from({ length: 60 }, (_, i) => ({ enqueue: plainJob(i) }))
      await changeJobs(database, sealer, enqueue)
      let told = 0
      const prove = async () => {
        for (;;) {
          const lease = (await jobs.lease(PLAIN_REQUEST))!
          await jobs.complete(lease, {})
          await journal.append([{ record: lease.id }])
          // Of others proofs alone are stored by now.
          if (++told === 20) process.kill(server.pid, 'SIGKILL')
        }
      }
      const ends = await Promise.allSettled(Array.from({ length: 6 }, prove))
      assert.ok(ends.every(({ status }) => status === 'rejected') && told >= 20)
      await server.lost
    }
    await using server = await startPostgres({ directory: folder.path })
    await using database = new Database({ connection: server.connection, schema })
    const sealer = await sealerOf(database)
    const jobs = new Jobs(database, sealer, { retryMs: 0 })
    const { epoch } = await journalHead(database)
    let records = 0
    for await (const { record } of readJournal(database, sealer, { epoch })) {
      assert.equal((await jobs.find(Buffer.from(record)))?.state, 'proved', `of record ${records}`)
      records++
    }
    assert.ok(records >= 20)
    await database.query(`UPDATE job SET lease_until = clock_timestamp() WHERE state = 'leased'`)
    await jobs.expire()
    for (let lease = await jobs.lease(PLAIN_REQUEST); lease !== undefined; lease = await jobs.lease(PLAIN_REQUEST)) {
      await jobs.complete(lease, {})
    }
    assert.deepEqual(await jobs.count(), { proved: 60 })
  })

  it('is left and found again by a dispatcher and its worker: a job goes on after the server was killed', async () => {
    await using toys = await toyCircuits()
    const first = await startPostgres({ directory: folder.path })
    await using database = new Database({ connection: first.connection, schema: 'dispatched' })
    await migrate(database)
    const failures: unknown[] = []
    const sealer = await sealerOf(database)
    await using dispatcher = await serveDispatcher({
      ...{ database, sealer, circuits: [toys.product, toys.slow], sweepMs: 20, jobs: { leaseMs: 1000, retryMs: 0 } },
      onFailure: (error) => failures.push(error),
    })
    const { url, jobs } = dispatcher
    const { text: token } = await createToken(database, { name: 'a worker', scope: 'worker', seconds: 3600 })
    await using worker = startToyWorker({ url, token, selection: toys.selection })
    const enqueue = async (left: bigint, right: bigint) => {
      const job = newJob(toys.product, productInstance(left, right))
      await changeJobs(database, sealer, [{ enqueue: job }])
      return job.id
    }
    await inState(jobs, await enqueue(3n, 5n), 'proved')
    const ids = [await enqueue(4n, 5n), await enqueue(5n, 5n)]
    process.kill(first.pid, 'SIGKILL')
    await first.lost
    await worker.hear(/cannot be reached/)
    await using _second = await startPostgres({ directory: folder.path })
    for (const id of ids) await inState(jobs, id, 'proved')
    assert.ok(failures.length > 0)
  })

  it('refuses a folder that holds something else, is too long, or of another version', async () => {
    await using folder = await temporaryDirectory()
    const refused = (directory: string, message: RegExp) =>
      assert.rejects(startPostgres({ directory }), failsWith('DATABASE_UNAVAILABLE', message))
    await refused(folder.file('a'.repeat(120)), /too long a path for a socket/)
    await writeFile(folder.file('letter.txt'), '')
    await refused(folder.path, /holds other files/)
    const old = folder.file('old')
    await chmod(folder.path, 0o755)
    await mkdir(join(old, 'cluster'), { recursive: true })
    await writeFile(join(old, 'cluster', 'PG_VERSION'), '17\n')
    await refused(old, /PostgreSQL 17, and this is 18/)
  })

  it('copies its programs to where its user can run them, if those of the package are out of his reach', async () => {
    await using folder = await temporaryDirectory()
    const user = serverUser() ?? { name: 'us', uid: process.getuid!() + 1, gid: process.getgid!() + 1 }
    const given = await locateBinaries()
    const home = folder.file('home')
    await mkdir(home, { mode: 0o700 })
    await cp(dirname(dirname(given.postgres)), join(home, 'native'), { recursive: true, verbatimSymlinks: true })
    const hidden = { initdb: join(home, 'native/bin/initdb'), postgres: join(home, 'native/bin/postgres') }
    const copied = await withinReach(hidden, folder.path, user)
    assert.equal(dirname(dirname(copied.postgres)), folder.file(`programs-${EMBEDDED.version}`))
    assert.deepEqual(await withinReach(hidden, folder.path, user), copied)
    const { stdout } = await promisify(execFile)(copied.postgres, ['--version'])
    assert.match(stdout, /PostgreSQL\) 18/)
  })

  it('says which folder above shuts its user out', async () => {
    await using folder = await temporaryDirectory()
    await chmod(folder.path, 0o700)
    const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 }
    await assert.rejects(
      requireReachable(folder.file('data/cluster'), stranger),
      failsWith('DATABASE_UNAVAILABLE', new RegExp(`"stranger", who cannot enter ${folder.path} \\(mode 0700\\)`)),
    )
  })
})
