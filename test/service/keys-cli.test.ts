import assert from 'node:assert/strict'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { Journal, readJournal } from '../../service/journal/journal.ts'
import { makeKeyStore, openKeys, rotateKeyStore } from '../../service/keys/key-store.ts'
import { Database } from '../../service/postgres/database.ts'
import { migrate } from '../../service/postgres/migrate.ts'
import { startPostgres } from '../../service/postgres/server.ts'
import { rewrap } from '../../service/sealing/rewrap.ts'
import { Sealer } from '../../service/sealing/sealer.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

it('zkclear keys forgets what the database needs no more, and nothing else; erases nothing that a start needs', async () => {
  await using folder = await temporaryDirectory()
  await chmod(folder.path, 0o711)
  const data = folder.file('data')
  const store = folder.file('keys.json')
  const place = ['--key-store', store, '--data', data, '--json']
  const keysNow = () => openKeys(store)
  await makeKeyStore(store)
  {
    await using server = await startPostgres({ directory: join(data, 'postgres') })
    await using database = new Database({ connection: server.connection })
    await migrate(database)
    const empty = await zkclear(['keys', 'forget', '--before', '2', ...place])
    assert.match(errorOf(empty).message, /holds nothing that is sealed/)
    const sealer = await Sealer.open(database, await keysNow())
    await (await Journal.lead(database, sealer)).append([{ record: Buffer.from('a') }])
    const single = await zkclear(['keys', 'forget', '--before', '2', ...place])
    assert.deepEqual([single.code, errorOf(single).path], [2, '--before'])
    assert.match(errorOf(single).message, /the newest sealing key is version 1, .* run "zkclear keys rotate" first/)
    await rotateKeyStore(store)
    const before = await readFile(store, 'utf8')
    const early = await zkclear(['keys', 'forget', '--before', '2', ...place])
    assert.equal(early.code, 2)
    assert.match(
      errorOf(early).message,
      /got 2, and the database holds data keys under version 1: start the venue once/,
    )
    assert.equal(await readFile(store, 'utf8'), before)
    await rewrap(database, await keysNow())
    const forgotten = await zkclear(['keys', 'forget', '--before', '2', ...place])
    assert.equal(forgotten.code, 0, forgotten.stderr)
    const [left, ...more] = JSON.parse(forgotten.stdout).sealing
    assert.deepEqual([left.version, more.length], [2, 0])
    const late = await zkclear(['keys', 'forget', '--before', '3', ...place])
    assert.equal(late.code, 2)
    const reread = await Sealer.read(database, await keysNow())
    for await (const { record } of readJournal(database, reread, { epoch: 0n })) assert.equal(`${record}`, 'a')
  }
  // Of a venue that does not run.
  const erased = await zkclear(['keys', 'erase', ...place])
  assert.equal(erased.code, 0, erased.stderr)
  assert.deepEqual(JSON.parse(erased.stdout), { epoch: '0', first: '0' })
  const other = folder.file('other.json')
  await makeKeyStore(other)
  const refused = await zkclear(['keys', 'erase', '--key-store', other, '--data', data, '--json'])
  assert.match(errorOf(refused).message, /does not hold the key that this database is sealed under \(version 2\)/)
})
