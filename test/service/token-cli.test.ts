import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { it } from 'node:test'
import { makeKeyStore } from '../../service/keys/key-store.ts'
import { databaseFolder } from '../../service/postgres/borrow.ts'
import { Database } from '../../service/postgres/database.ts'
import { migrate } from '../../service/postgres/migrate.ts'
import { startPostgres } from '../../service/postgres/server.ts'
import { readToken } from '../../service/tokens/tokens.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

it('tokens are made into files of their own, listed without what opens anything, and taken back', async () => {
  await using folder = await temporaryDirectory()
  await chmod(folder.path, 0o711)
  const directory = folder.file('data')
  // Runs already, as a venue's does; the commands use it.
  await using server = await startPostgres({ directory: databaseFolder(directory) })
  await using database = new Database({ connection: server.connection })
  await migrate(database)
  const token = (...args: string[]) => zkclear(['token', ...args, '--data', directory, '--json'])
  const out = folder.file('ada.txt')
  const create = ['create', '--scope', 'operator', '--name', 'Ada', '--days', '7', '--out', out]
  const made = await token(...create)
  assert.equal(made.code, 0, made.stderr)
  const { id, ...rest } = JSON.parse(made.stdout)
  assert.deepEqual(rest, { name: 'Ada', scope: 'operator', days: 7, out })
  assert.equal((await stat(out)).mode & 0o777, 0o600)
  const text = (await readFile(out, 'utf8')).trim()
  assert.equal((await readToken(database, text))?.name, 'Ada')
  assert.ok(!made.stdout.includes(text))
  assert.equal(errorOf(await token(...create)).code, 'OUTPUT_UNWRITABLE')
  assert.equal((await token('create', '--scope', 'trader', '--name', 'x', '--out', `${out}2`)).code, 2)
  const listed = await token('list')
  const [first, ...others] = JSON.parse(listed.stdout).tokens
  assert.deepEqual(others, [])
  assert.deepEqual([first.id, first.state, Number(first.expiresAt) - Number(first.createdAt)], [id, 'good', 7 * 86_400])
  assert.ok(!listed.stdout.includes(text))
  assert.equal((await token('revoke', '--id', id)).code, 0)
  assert.equal(await readToken(database, text), undefined)
  const again = await token('revoke', '--id', id)
  assert.equal(again.code, 2)
  assert.equal(errorOf(again).path, '--id')
  assert.equal(JSON.parse((await token('list')).stdout).tokens[0].state, 'revoked')
})

it('a folder that holds no database is refused, and stays as it was', async () => {
  await using folder = await temporaryDirectory()
  const keyStore = folder.file('keys.json')
  await makeKeyStore(keyStore)
  await mkdir(folder.file('empty'))
  for (const name of ['empty', 'mistyped']) {
    const data = folder.file(name)
    for (const words of [
      ['token', 'list'],
      ['token', 'create', '--scope', 'worker', '--name', 'x', '--out', folder.file('token.txt')],
      ['token', 'revoke', '--id', '0123456789ab'],
      ['keys', 'erase', '--key-store', keyStore],
      ['keys', 'forget', '--before', '2', '--key-store', keyStore],
    ]) {
      const result = await zkclear([...words, '--data', data, '--json'])
      const { code, path, message } = errorOf(result)
      assert.deepEqual([result.code, code, path], [2, 'INPUT_INVALID', data], result.stderr)
      assert.match(message, /holds no venue's database; correct --data/)
    }
  }
  assert.deepEqual((await readdir(folder.path)).sort(), ['empty', 'keys.json'])
  assert.deepEqual(await readdir(folder.file('empty')), [])
})
