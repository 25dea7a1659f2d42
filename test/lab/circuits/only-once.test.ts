import assert from 'node:assert/strict'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { onlyOnce } from '../../../lab/circuits/only-once.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

/** Makes a folder last used so many minutes ago. */
async function oldFolder(path: string, minutes: number): Promise<void> {
  await mkdir(path)
  const then = new Date(Date.now() - minutes * 60_000)
  await utimes(path, then, then)
}

suite('what is made for tests', () => {
  test('is made once, however many ask for it at the same time', async () => {
    await using parent = await temporaryDirectory()
    let times = 0
    const fill = async (folder: string) => {
      times++
      await writeFile(join(folder, 'made'), '')
    }
    await Promise.all([1, 2, 3].map(() => onlyOnce(parent.file('name-O0-a'), fill)))
    assert.equal(times, 1)
    assert.deepEqual(await readdir(parent.path), ['name-O0-a'])
    assert.deepEqual(await readdir(parent.file('name-O0-a')), ['made'])
  })

  test('appears whole or not at all', async () => {
    await using parent = await temporaryDirectory()
    const fill = async (folder: string) => {
      await writeFile(join(folder, 'half'), '')
      throw new Error('stopped')
    }
    await assert.rejects(onlyOnce(parent.file('name-O0-a'), fill), ({ message }: Error) => message === 'stopped')
    assert.deepEqual(await readdir(parent.path), [])
  })

  test('outlives another version of itself while tests may use it, and goes an hour later', async () => {
    await using parent = await temporaryDirectory()
    for (const [name, minutes] of Object.entries({
      ...{ 'name-O0-used': 59, 'name-O0-unused': 61, 'unfinished-used': 59, 'unfinished-unused': 61 },
      ...{ 'name-O1-unused': 61, 'name-marked-O0-unused': 61 },
    })) {
      await oldFolder(parent.file(name), minutes)
    }
    await onlyOnce(parent.file('name-O0-new'), async () => {})
    assert.deepEqual((await readdir(parent.path)).sort(), [
      ...['name-O0-new', 'name-O0-used', 'name-O1-unused', 'name-marked-O0-unused', 'unfinished-used'],
    ])
  })

  test('counts as used each time that it is asked for', async () => {
    await using parent = await temporaryDirectory()
    await oldFolder(parent.file('name-O0-a'), 600)
    await onlyOnce(parent.file('name-O0-a'), () => assert.fail('it is there'))
    await onlyOnce(parent.file('name-O0-b'), async () => {})
    assert.deepEqual((await readdir(parent.path)).sort(), ['name-O0-a', 'name-O0-b'])
  })
})
