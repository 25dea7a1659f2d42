import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { packageRoot } from '../circom/paths.ts'

/**
 * The values that the package exports, by sub-path: its public API. A change here is a change for users, and belongs into
 * CHANGELOG.md. `node test/exports.test.ts --print > test/vectors/exports.json` takes it over.
 */
const EXPECTED = new URL('./vectors/exports.json', import.meta.url)

async function exportedNames(): Promise<Record<string, string[]>> {
  const { exports } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8'))
  const names: Record<string, string[]> = {}
  for (const [path, target] of Object.entries<string | { default: string }>(exports)) {
    if (typeof target === 'string') continue
    const source = target.default.replace('./dist/', '').replace(/\.js$/, '.ts')
    names[path] = Object.keys(await import(join(packageRoot(), source))).sort()
  }
  return names
}

if (process.argv.includes('--print')) console.log(JSON.stringify(await exportedNames(), null, 2))
else {
  test('each sub-path of the package exports exactly what the list of the public API names', async () => {
    assert.deepEqual(await exportedNames(), JSON.parse(await readFile(EXPECTED, 'utf8')))
  })
}
