import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openCopy } from '../../../service/backup/copy.ts'
import { BackupFolder } from '../../../service/backup/folder.ts'
import { firstLook, follow } from '../../../service/backup/follow.ts'
import { acknowledge, Replica, requireSynchronous } from '../../../service/backup/replica.ts'
import { Journal } from '../../../service/journal/journal.ts'
import type { Database, Queryable } from '../../../service/postgres/database.ts'
import { migrate } from '../../../service/postgres/migrate.ts'
import { MIGRATIONS } from '../../../service/postgres/migrations.ts'
import { sealerOf } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const fail = (message: string) => assert.fail(message)

describe('a second copy that is waited for', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const open = (database: Database, signal = new AbortController().signal) =>
    Replica.open(database, { epoch: 0n, onLate: () => undefined, signal })

  /** Whether it has happened when everything that was under way has. */
  const hasHappened = async (promise: Promise<unknown>) => {
    let happened = false
    promise.then(
      () => {
        happened = true
      },
      () => undefined,
    )
    await new Promise((resolve) => setImmediate(resolve))
    return happened
  }

  it('has a record before its append resolves, as soon as its writer says so and not before', async () => {
    await using database = await server.fresh()
    await using replica = await open(database)
    const journal = await Journal.lead(database, await sealerOf(database), {
      onWritten: (leaves) => replica.reaches(BigInt(leaves.length)),
    })
    const appended = journal.append([{ record: Buffer.from('a') }])
    while ((await database.query('SELECT FROM journal')).length === 0);
    await acknowledge(database, { epoch: 0n, next: 0n })
    await acknowledge(database, { epoch: 1n, next: 9n })
    assert.equal(await hasHappened(appended), false)
    await acknowledge(database, { epoch: 0n, next: 1n })
    assert.equal(await appended, 0n)
  })

  it('is told to be late once it was waited for for five seconds, until it has what was', async () => {
    await using database = await server.fresh()
    let now = 0
    const told: (string | undefined)[] = []
    let onTold: (message: string | undefined) => void = () => undefined
    const onLate = (message: string | undefined) => {
      told.push(message)
      onTold(message)
    }
    const isTold = (isSo: (message: string | undefined) => boolean) =>
      new Promise<void>((resolve) => {
        onTold = (message) => isSo(message) && resolve()
      })
    const { signal } = new AbortController()
    await using replica = await Replica.open(database, { epoch: 0n, onLate, signal, now: () => now })
    const reached = replica.reaches(3n)
    now = 5_000
    await acknowledge(database, { epoch: 0n, next: 2n })
    await isTold(() => true)
    assert.ok(told.every((message) => message === undefined))
    now = 5_001
    await isTold((message) => message !== undefined)
    assert.match(told.at(-1)!, /has 2 records, and 3 are written: nothing is answered or settled/)
    await acknowledge(database, { epoch: 0n, next: 3n })
    await reached
    assert.equal(told.at(-1), undefined)
  })

  it('is what a backup that follows writes, which is told at once what to copy', async () => {
    await using database = await server.fresh()
    await using place = await temporaryDirectory()
    await using replica = await open(database)
    const journal = await Journal.lead(database, await sealerOf(database), {
      onWritten: async () => await replica.reaches(journal.next),
    })
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    const ended = new AbortController()
    const following = follow({
      ...{ database, folder, signal: ended.signal, warn: fail },
      // It is told, or this test does not end.
      everyMs: 1 << 30,
      onReach: () => undefined,
    })
    for (let i = 0; i < 5; i++) {
      await journal.append([{ record: Buffer.from('a') }])
      assert.equal((await openCopy(folder)).tail.next, journal.next)
    }
    ended.abort()
    await following
  })

  it('may come before its venue: a backup waits for all tables, at whichever step of them it looks', async () => {
    await using database = server.empty()
    await using place = await temporaryDirectory()
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    for (let steps = 0; steps < MIGRATIONS.length; steps++) {
      if (steps > 0) await migrate(database, MIGRATIONS.slice(0, steps))
      const ended = new AbortController()
      const { promise: waits, resolve: warn } = Promise.withResolvers<string>()
      const looked = firstLook({ ...{ database, folder, warn }, everyMs: 1, signal: ended.signal })
      assert.match(await Promise.race([waits, looked.then(() => 'began')]), /no venue has begun there yet/)
      ended.abort()
      await assert.rejects(looked, { name: 'AbortError' })
    }
    await migrate(database)
    const never = new AbortController().signal
    assert.equal((await firstLook({ ...{ database, folder, warn: fail }, everyMs: 1, signal: never })).next, 0n)
  })

  it('of two is the one that reaches further, whichever says so last', async () => {
    await using database = await server.fresh()
    await using replica = await open(database)
    const reached = replica.reaches(5n)
    await acknowledge(database, { epoch: 0n, next: 5n })
    await acknowledge(database, { epoch: 0n, next: 4n })
    await reached
    await using again = await open(database)
    await again.reaches(5n)
  })

  it('says again how far it reaches when a venue waits, although it reaches no further', async () => {
    await using database = await server.fresh()
    await using place = await temporaryDirectory()
    const journal = await Journal.lead(database, await sealerOf(database))
    await journal.append([{ record: Buffer.from('a') }])
    const folder = new BackupFolder(place.file('backup'))
    await folder.make()
    const ended = new AbortController()
    const begun = Promise.withResolvers<void>()
    const following = follow({
      ...{ database, folder, signal: ended.signal, warn: fail, everyMs: 1 << 30 },
      onReach: () => begun.resolve(),
    })
    await begun.promise
    await database.query('DELETE FROM replica')
    await using replica = await open(database)
    await replica.reaches(journal.next)
    ended.abort()
    await following
  })

  it('that is not to be had any more fails what waits for it', async () => {
    await using database = await server.fresh()
    const lost = { code: 'DATABASE_UNAVAILABLE', message: /the second copy did not get what was written/ }
    const replica = await open(database)
    const waiting = assert.rejects(replica.reaches(1n), lost)
    await replica[Symbol.asyncDispose]()
    await waiting
    await assert.rejects(replica.reaches(1n), lost)
    await replica.reaches(0n)
  })

  it('of the database itself is one that its commits wait for', async () => {
    const settings = (names: string, commit: string) =>
      ({ query: async () => [{ names, commit }] }) as unknown as Queryable
    for (const commit of ['on', 'remote_apply']) await requireSynchronous(settings('*', commit))
    for (const [names, commit] of [
      ['', 'on'],
      ['*', 'local'],
      ['*', 'off'],
      ['*', 'remote_write'],
    ] as const) {
      await assert.rejects(requireSynchronous(settings(names, commit)), { code: 'INPUT_INVALID' })
    }
    await using database = await server.fresh()
    await assert.rejects(
      requireSynchronous(database),
      /does not wait for a second one: its synchronous_standby_names is ''/,
    )
  })
})
