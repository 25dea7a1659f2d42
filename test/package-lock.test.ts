import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageRoot } from '../circom/paths.ts'

test('the lock file knows the hash of every package, also of those for other platforms', async () => {
  const lock = JSON.parse(await readFile(join(packageRoot(), 'package-lock.json'), 'utf8'))
  const packages = Object.entries<{ integrity?: string; link?: boolean }>(lock.packages)
  const own = ['', ...lock.packages[''].workspaces]
  const unknown = packages.filter(([path, { integrity, link }]) => !own.includes(path) && !link && !integrity)
  assert.deepEqual(
    unknown.map(([path]) => path),
    [],
  )
})
