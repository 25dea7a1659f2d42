import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { test } from 'node:test'
import { findPostmaster, isDeserted, isReused, pidFile } from '../../service/postgres/postmaster.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** What a server writes, as far as it is read. */
const text = (pid: number) => `${pid}\n/data\n1764450000\n5432\n/somewhere/socket\n\n  123 0\nready   \n`

test('a server is found by the file that it writes, once the lines that matter are whole', async () => {
  await using folder = await temporaryDirectory()
  await writeFile(pidFile(folder.path), text(process.pid))
  assert.equal(await findPostmaster(folder.path), undefined, 'this process works in another folder')
  assert.equal(await isReused(folder.path), true)
  assert.equal(await isDeserted(folder.path), true)
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1 << 30)'], { cwd: folder.path, stdio: 'ignore' })
  const exit = once(child, 'exit')
  await once(child, 'spawn')
  const whole = text(child.pid!)
  const end = whole.indexOf('/socket') + '/socket'.length
  for (let length = 0; length <= whole.length; length++) {
    await writeFile(pidFile(folder.path), whole.slice(0, length))
    const expected = length > end ? { pid: child.pid, host: '/somewhere/socket' } : undefined
    assert.deepEqual(await findPostmaster(folder.path), expected, `${length} bytes of it`)
    assert.equal(await isReused(folder.path), false)
  }
  assert.equal(await isDeserted(folder.path), false)
  child.kill('SIGKILL')
  await exit
  assert.equal(await findPostmaster(folder.path), undefined)
  assert.equal(await isReused(folder.path), false)
})
