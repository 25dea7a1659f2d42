import assert from 'node:assert/strict'
import { readdir, stat, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { test } from 'node:test'
import { wtns } from 'snarkjs'
import { writeWitnessFile } from '../../audit/wtns.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('writes witnesses that snarkjs reads back', async () => {
  await using folder = await temporaryDirectory()
  const witness = [1n, 0n, FIELD - 1n, 1n << 200n]
  await writeWitnessFile(folder.file('a.wtns'), witness)
  assert.deepEqual(((await wtns.exportJson(folder.file('a.wtns'))) as bigint[]).map(BigInt), witness)
  assert.deepEqual(await readdir(folder.path), ['a.wtns'])
})

test('lets nobody but the owner read them, whatever the umask', async () => {
  await using folder = await temporaryDirectory()
  const umask = process.umask(0)
  try {
    await writeWitnessFile(folder.file('a.wtns'), [1n])
  } finally {
    process.umask(umask)
  }
  assert.equal((await stat(folder.file('a.wtns'))).mode & 0o777, 0o600)
})

test('replaces no file and leaves no half of one', async () => {
  await using folder = await temporaryDirectory()
  await writeFile(folder.file('a.wtns'), 'mine')
  await assert.rejects(writeWitnessFile(folder.file('a.wtns'), [1n]), { code: 'OUTPUT_UNWRITABLE' })
  await assert.rejects(writeWitnessFile(folder.file('none/a.wtns'), [1n]), { code: 'OUTPUT_UNWRITABLE' })
  await assert.rejects(writeWitnessFile(folder.file('b.wtns'), [1n, FIELD]), { code: 'INPUT_INVALID' })
  assert.deepEqual(await readdir(folder.path), ['a.wtns'])
})
