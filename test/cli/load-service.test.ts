import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { loadService, SERVICE_PACKAGES } from '../../cli/load-service.ts'
import { PKCS11JS } from '../../service/keys/token/cryptoki.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('a service whose packages are missing says what installs them', async () => {
  await using folder = await temporaryDirectory()
  for (const name of Object.keys(SERVICE_PACKAGES)) {
    // Outside of the project nothing is found.
    await writeFile(folder.file('service.mjs'), `import '${name}'`)
    const load = () => import(`${pathToFileURL(folder.file('service.mjs'))}?${name}`)
    const message = new RegExp(`${name} is missing; run "npm install fastify@.* pg@.*"`)
    await assert.rejects(loadService(load), { code: 'INPUT_INVALID', message })
  }
})

test('any other failure stays what it is', async () => {
  const builtin: string = 'node:nothing'
  const load = () => import(builtin)
  await assert.rejects(loadService(load), { code: 'ERR_UNKNOWN_BUILTIN_MODULE' })
})

test('the packages are those of the workspace, but for the one that only keys in a token need', async () => {
  const text = await readFile(new URL('../../service/package.json', import.meta.url), 'utf8')
  const { dependencies, optionalDependencies } = JSON.parse(text)
  assert.deepEqual({ ...dependencies, ...optionalDependencies }, { ...SERVICE_PACKAGES, pkcs11js: PKCS11JS })
})
