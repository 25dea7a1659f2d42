import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../../circom/paths.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

/** What a process says on stderr that makes so many digests, one by one or together. */
async function saidBy(make: string, native: string | undefined): Promise<string> {
  await using folder = await temporaryDirectory()
  const hash = pathToFileURL(join(packageRoot(), 'protocol', 'hash.ts')).href
  const program = `import { hashWordsAll, poseidon } from ${JSON.stringify(hash)}\n${make}`
  const env: NodeJS.ProcessEnv = { ...process.env, ZKCLEAR_NATIVE_DIRECTORY: folder.path, ZKCLEAR_NATIVE: native }
  if (native === undefined) delete env.ZKCLEAR_NATIVE
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program]
  const { stderr, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stderr
}

const oneByOne = (count: number) => `for (let i = 0n; i < ${count}n; i++) poseidon('OWNER', [i])`
const together = (count: number) => `hashWordsAll('OWNER', Array.from({ length: ${count} }, () => [1n]))`
const WARNING = /ZKCLEAR_PLAIN_INTEGERS.*without the native addon.*it was not built in/

test('who hashes a lot without the addon is told once that it is slow, and why', async () => {
  for (const make of [`${oneByOne(1000)}; ${oneByOne(1000)}`, `${together(400)}; ${together(1400)}`]) {
    const said = await saidBy(make, undefined)
    assert.match(said, WARNING)
    assert.equal(said.split('ZKCLEAR_PLAIN_INTEGERS').length, 2, said)
  }
})

test('who hashes little, or asked for plain integers, is told nothing', async () => {
  assert.equal(await saidBy(`${oneByOne(500)}; ${together(499)}`, undefined), '')
  assert.equal(await saidBy(oneByOne(1100), 'off'), '')
})
