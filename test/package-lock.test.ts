import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageRoot } from '../circom/paths.ts'
import { PKCS11JS } from '../service/keys/token/cryptoki.ts'
import { EMBEDDED } from '../service/postgres/binaries.ts'

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

test('the service names its dependencies by exact versions, and its code the one that it asks users to install', async () => {
  const own = JSON.parse(await readFile(join(packageRoot(), 'service', 'package.json'), 'utf8'))
  const named = { ...own.dependencies, ...own.optionalDependencies, ...own.devDependencies }
  for (const [name, version] of Object.entries(named)) assert.match(String(version), /^\d+\.\d+\.\d+(-[\w.]+)?$/, name)
  assert.equal(own.optionalDependencies[EMBEDDED.name], EMBEDDED.version)
  assert.equal(own.optionalDependencies.pkcs11js, PKCS11JS)
})
