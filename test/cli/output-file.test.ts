import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { test } from 'node:test'
import { openOutputDirectory } from '../../cli/output-directory.ts'
import { openOutputFile } from '../../cli/output-file.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('a private file is for its owner alone, whatever the umask and the file that had its name', async () => {
  await using folder = await temporaryDirectory()
  await writeFile(folder.file('exit.json'), 'old', { mode: 0o644 })
  const umask = process.umask(0)
  try {
    await using file = await openOutputFile(folder.file('exit.json'), { isPrivate: true })
    const [temporary] = (await readdir(folder.path)).filter((name) => name !== 'exit.json')
    assert.equal((await stat(folder.file(temporary!))).mode & 0o777, 0o600)
    await file.commit('new')
  } finally {
    process.umask(umask)
  }
  assert.equal((await stat(folder.file('exit.json'))).mode & 0o777, 0o600)
  assert.equal(await readFile(folder.file('exit.json'), 'utf8'), 'new')
})

test('an empty path is refused as such, not taken for the working directory', async () => {
  for (const open of [openOutputFile, openOutputDirectory]) {
    await assert.rejects(open(''), { code: 'OUTPUT_UNWRITABLE', message: /is empty; name / })
  }
})
