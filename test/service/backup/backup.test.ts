import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { backUp } from '../../../service/backup/back-up.ts'
import { openCopy } from '../../../service/backup/copy.ts'
import { BackupFolder } from '../../../service/backup/folder.ts'
import { partOf, readPart } from '../../../service/backup/part.ts'
import { Journal } from '../../../service/journal/journal.ts'
import { eraseJournal } from '../../../service/journal/segments.ts'
import { backedUp } from '../../support/service/backed-up.ts'
import { sealerOf } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'

const BROKEN = { code: 'BACKUP_BROKEN' }

describe('a backup', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const sequences = async (folder: BackupFolder) => {
    const found: bigint[] = []
    for await (const row of (await openCopy(folder)).rows()) if (row.kind === 'record') found.push(row.sequence)
    return found
  }

  it('grows by what is new, part by part, each whole; what changes is kept in the last two', async () => {
    await using given = await backedUp(server, [400_000, 10, 700_000, 10, 900_000, 10])
    const { database, folder, file, grow } = given
    const parts = await folder.count()
    assert.ok(parts >= 3, `${parts} parts`)
    const all = await sequences(folder)
    assert.deepEqual(all, [0n, 1n, 2n, 3n, 4n, 5n])
    const tails = await Promise.all(
      Array.from({ length: parts }, async (_, i) => (await folder.part(i))!.tail !== undefined),
    )
    assert.deepEqual(tails.slice(-3), [false, true, true])
    const { mtimeMs } = await stat(file(parts - 1))
    await backUp(database, folder)
    assert.equal((await stat(file(parts - 1))).mtimeMs, mtimeMs, 'nothing is new')
    await grow(10)
    assert.equal((await sequences(folder)).length, 7)
  })

  it('without the end of its last part loses that part alone, and is made whole by the next look', async () => {
    await using given = await backedUp(server, [900_000, 200_000, 10])
    const { database, folder, file, place } = given
    assert.equal(await folder.count(), 2)
    const whole = await readFile(file(1))
    const cuts = [1, 66, 70, 71, 100, whole.length - 1, whole.length]
    for (const cut of cuts) {
      await writeFile(file(1), whole.subarray(0, whole.length - cut))
      const copy = await openCopy(new BackupFolder(folder.path))
      assert.deepEqual([copy.isTorn, copy.tail.next], [true, 1n], `${cut} bytes less`)
      assert.deepEqual(await sequences(folder), [0n])
    }
    await backUp(database, folder)
    assert.deepEqual(await sequences(folder), [0n, 1n, 2n])
    const single = new BackupFolder(place.file('single'))
    await single.make()
    await copyFile(file(0), join(single.path, '00000000.part'))
    await truncate(join(single.path, '00000000.part'), 1000)
    await assert.rejects(openCopy(single), /one part alone, and that is cut off/)
  })

  it('is refused if a bit is changed anywhere, a part is missing, cut off in the middle, swapped or another', async () => {
    await using given = await backedUp(server, [900_000, 200_000, 900_000, 200_000, 10])
    const { folder, file } = given
    const parts = await folder.count()
    const read = async () => await sequences(new BackupFolder(folder.path))
    for (let number = 0; number < parts; number++) {
      const whole = await readFile(file(number))
      for (const place of [0, 100, whole.length >> 1, whole.length - 100, whole.length - 10]) {
        const changed = Buffer.from(whole)
        changed[place]! ^= 1
        await writeFile(file(number), changed)
        await assert.rejects(read(), BROKEN, `part ${number} at ${place}`)
      }
      if (number < parts - 1) {
        await writeFile(file(number), whole.subarray(0, -1))
        await assert.rejects(read(), BROKEN)
        await rename(file(number), `${file(number)}.away`)
        await assert.rejects(read(), { ...BROKEN, message: /is missing/ })
        await rm(`${file(number)}.away`)
      }
      await writeFile(file(number), whole)
    }
    const [first, second] = [await readFile(file(0)), await readFile(file(1))]
    await writeFile(file(0), second)
    await writeFile(file(1), first)
    await assert.rejects(read(), BROKEN)
    // Whoever writes digests of his own leaves what does not follow.
    const [head, ...rows] = readPart(first, '')!.lines.toString().trimEnd().split('\n')
    const other = Buffer.from(`${[head, ...rows.slice(0, -1)].join('\n')}\n`)
    await writeFile(file(0), Buffer.concat(partOf(other)))
    await writeFile(file(1), second)
    await assert.rejects(read(), { ...BROKEN, message: /does not follow from the part before it/ })
  })

  it('whose part is a link to nothing, or a folder, cannot be read', async () => {
    await using given = await backedUp(server, [10])
    const { folder, file } = given
    await rm(file(0))
    for (const make of [() => symlink('nowhere', file(0)), () => mkdir(file(0))]) {
      await make()
      await assert.rejects(sequences(new BackupFolder(folder.path)), { code: 'FILE_UNREADABLE' })
      await rm(file(0), { recursive: true })
    }
  })

  it('has no keys of records that were erased, and says so of none that is there', async () => {
    await using given = await backedUp(server, [10])
    const { database, folder } = given
    const second = await Journal.lead(database, await sealerOf(database))
    await second.append([{ record: Buffer.from('b') }])
    await backUp(database, folder)
    const keysOf = async () => (await openCopy(folder)).tail.segments.map(({ key }) => key.length > 0)
    assert.deepEqual(await keysOf(), [true, true])
    await eraseJournal(database, { epoch: 0n, before: 1n })
    await backUp(database, folder)
    assert.deepEqual(await keysOf(), [false, true])
  })

  it('has keys that were erased in no part any more with the next look', async () => {
    await using given = await backedUp(server, [800_000, 10])
    const { database, folder, file } = given
    const second = await Journal.lead(database, await sealerOf(database))
    await second.append([{ record: Buffer.from('b') }])
    await backUp(database, folder)
    assert.equal(await folder.count(), 2)
    const tailOf = async (number: number) => readPart(await readFile(file(number)), file(number))!.tail
    assert.ok((await tailOf(0))!.segments[0]!.key.length > 0)
    await eraseJournal(database, { epoch: 0n, before: 2n })
    await backUp(database, new BackupFolder(folder.path))
    assert.equal(await tailOf(0), undefined)
    assert.deepEqual(
      (await tailOf(1))!.segments.map(({ key }) => key.length > 0),
      [false, true],
    )
    assert.deepEqual(await sequences(folder), [0n, 1n, 2n])
  })

  it('is not mixed with what another history, another venue or another process writes', async () => {
    await using given = await backedUp(server, [10, 10])
    const { database, folder, place } = given
    await using other = await backedUp(server, [10, 10, 10])
    const refused = (message: RegExp) => ({ code: 'INPUT_INVALID', message })
    await assert.rejects(backUp(other.database, folder), refused(/has another record 1 than the database/))
    await assert.rejects(backUp(database, other.folder), refused(/has 3 records, and the database 2/))
    await database.query('UPDATE leadership SET epoch = 5')
    await assert.rejects(backUp(database, folder), refused(/is of epoch 0, and the database writes epoch 5/))
    const full = new BackupFolder(place.file('full'))
    await full.make()
    await writeFile(place.file('full/notes.txt'), 'mine')
    await assert.rejects(backUp(database, full), refused(/holds other files and no backup/))
    await other.database.transaction(async (transaction) => {
      const { hash } = await import('node:crypto')
      const key = hash('sha256', `zkclear backup ${other.folder.path}`, 'buffer').readBigInt64BE()
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [key])
      await assert.rejects(backUp(other.database, other.folder), refused(/is being written by another process/))
    })
  })
})
