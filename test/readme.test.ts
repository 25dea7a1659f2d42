import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../circom/paths.ts'

test("the README's library example proves and verifies, and exits by itself", async () => {
  const readme = await readFile(join(packageRoot(), 'README.md'), 'utf8')
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readme)!
  // Inside the package, because TypeScript sources run only outside node_modules.
  const directory = await mkdtemp(join(packageRoot(), 'build', 'readme-'))
  try {
    const entry = pathToFileURL(join(packageRoot(), 'index.ts')).href
    await writeFile(join(directory, 'example.ts'), example!.replace("'zkclear'", `'${entry}'`))
    const run = spawnSync(process.execPath, [join(directory, 'example.ts')], { encoding: 'utf8' })
    assert.deepEqual([run.status, run.stdout], [0, 'true\n'], run.stderr)
  } finally {
    await rm(directory, { recursive: true })
  }
})
