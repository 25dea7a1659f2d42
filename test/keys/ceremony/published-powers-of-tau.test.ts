import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { PUBLISHED_POWERS_OF_TAU } from '../../../keys/ceremony/index.ts'

test("the published powers of tau are those of snarkjs's README, name by name and hash by hash", async () => {
  const require = createRequire(import.meta.url)
  const readme = await readFile(join(dirname(require.resolve('snarkjs')), '..', 'README.md'), 'utf8')
  const rows = [...readme.matchAll(/^\| +(\d+) +\|.*?\[(\S+\.ptau)\].*\| ([0-9a-f]{128}) \|$/gm)]
  assert.equal(rows.length, 21)
  assert.deepEqual(
    PUBLISHED_POWERS_OF_TAU.map(({ power, name, blake2b512 }) => [String(power), name, blake2b512]),
    rows.map(([, power, name, hash]) => [power, name, hash]),
  )
})

test('their sizes are those of files in circulation', () => {
  const bytes = new Map(PUBLISHED_POWERS_OF_TAU.map((file) => [file.power, file.bytes]))
  assert.deepEqual([bytes.get(8), bytes.get(13), bytes.get(16)], [378_008, 9_520_280, 75_580_568])
})
