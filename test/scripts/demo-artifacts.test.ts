import assert from 'node:assert/strict'
import { test } from 'node:test'
import { artifactsOf } from '../../scripts/demo/artifacts.ts'
import { Stages } from '../../scripts/demo/progress.ts'
import { DEPLOYED_CIRCUITS } from '../../settlement/index.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('a demo of the standard profile without keys names the circuits that lack them, and the command that makes them', async () => {
  await using folder = await temporaryDirectory()
  const names = DEPLOYED_CIRCUITS.map(({ name }) => name)
  await assert.rejects(artifactsOf(new Stages(), 'standard', { buildDirectory: folder.path }), (error: Error) => {
    assert.equal('code' in error && error.code, 'ARTIFACT_MISSING')
    assert.ok(error.message.includes(names.join(', ')))
    return error.message.includes(`build --profile standard --circuit ${names.join(' ')}`)
  })
})
