import assert from 'node:assert/strict'
import { chmod, readFile, stat } from 'node:fs/promises'
import { it } from 'node:test'
import { borrowDatabase } from '../../service/postgres/borrow.ts'
import { readToken } from '../../service/tokens/tokens.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

it('tokens are made into files of their own, listed without what opens anything, and taken back', async () => {
  await using folder = await temporaryDirectory()
  await chmod(folder.path, 0o711)
  const directory = folder.file('data')
  // Runs already, as a venue's does; the commands use it.
  await using venue = await borrowDatabase({ directory, signal: new AbortController().signal })
  const token = (...args: string[]) => zkclear(['token', ...args, '--data', directory, '--json'])
  const out = folder.file('ada.txt')
  const create = ['create', '--scope', 'operator', '--name', 'Ada', '--days', '7', '--out', out]
  const made = await token(...create)
  assert.equal(made.code, 0, made.stderr)
  const { id, ...rest } = JSON.parse(made.stdout)
  assert.deepEqual(rest, { name: 'Ada', scope: 'operator', days: 7, out })
  assert.equal((await stat(out)).mode & 0o777, 0o600)
  const text = (await readFile(out, 'utf8')).trim()
  assert.equal((await readToken(venue.database, text))?.name, 'Ada')
  assert.ok(!made.stdout.includes(text))
  assert.equal(errorOf(await token(...create)).code, 'OUTPUT_UNWRITABLE')
  assert.equal((await token('create', '--scope', 'trader', '--name', 'x', '--out', `${out}2`)).code, 2)
  const listed = await token('list')
  const [first, ...others] = JSON.parse(listed.stdout).tokens
  assert.deepEqual(others, [])
  assert.deepEqual([first.id, first.state, Number(first.expiresAt) - Number(first.createdAt)], [id, 'good', 7 * 86_400])
  assert.ok(!listed.stdout.includes(text))
  assert.equal((await token('revoke', '--id', id)).code, 0)
  assert.equal(await readToken(venue.database, text), undefined)
  const again = await token('revoke', '--id', id)
  assert.equal(again.code, 2)
  assert.equal(errorOf(again).path, '--id')
  assert.equal(JSON.parse((await token('list')).stdout).tokens[0].state, 'revoked')
})
