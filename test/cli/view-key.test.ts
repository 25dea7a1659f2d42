import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { test } from 'node:test'
import { readViewKey } from '../../cli/view-key.ts'
import { encodeKeys, encodeViewKeys } from '../../venue/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('a view key is read from a file by itself, of view keys or of keys, or from the environment', async () => {
  await using folder = await temporaryDirectory()
  const file = folder.file('view')
  const keys = new Map([[7, { privateKey: new Uint8Array(32), ownerSecret: 5n, viewKey: 77n }]])
  for (const text of [
    '77',
    ' 0x4d\n',
    JSON.stringify(encodeViewKeys(new Map([[7, 77n]]))),
    `\n${JSON.stringify(encodeKeys(keys))}`,
  ]) {
    await writeFile(file, text)
    assert.equal(await readViewKey(file, 7), 77n)
  }
  process.env.ZKCLEAR_VIEW_KEY = '78'
  assert.equal(await readViewKey(undefined, 7), 78n)
  assert.equal(await readViewKey(file, 7), 77n)
  delete process.env.ZKCLEAR_VIEW_KEY
  await assert.rejects(readViewKey(undefined, 7), { code: 'INPUT_INVALID', path: '--view-key-file' })
})

test('a view key that is not there, or that is none, is refused without a word of it', async () => {
  await using folder = await temporaryDirectory()
  const file = folder.file('view')
  for (const [text, path] of [
    ['f00df00d', '--view-key-file'],
    [JSON.stringify(encodeViewKeys(new Map([[8, 0xf00dn]]))), '--view-key-file'],
    ['{ f00d', file],
    ['{ "version": 1, "accounts": [{ "index": 7, "viewKey": "f00d" }] }', 'keys.accounts[0]'],
  ] as const) {
    await writeFile(file, text)
    await assert.rejects(readViewKey(file, 7), (error: Error & { code: string; path: string }) => {
      assert.equal(error.code, 'INPUT_INVALID')
      assert.ok(error.path.startsWith(path), error.path)
      assert.doesNotMatch(error.message, /f00d|61453/)
      return true
    })
  }
})
