import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { before, test } from 'node:test'
import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { startVenue } from '../../support/node-venue.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
})

test('a port that is taken is named as its option, and is all that is said', async () => {
  await using folder = await temporaryDirectory()
  await using chain = await startVenue()
  await using taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const place = { rpcUrl: chain.rpcUrl, settlement: chain.settlement, folder: folder.path }
  for (const option of ['--port', '--worker-port']) {
    await assert.rejects(startServe({ ...place, more: [`${option}=${port}`] }), ({ message }: Error) => {
      assert.match(message, new RegExp(`"${option}: 127.0.0.1:${port} cannot be listened at \\(EADDRINUSE\\)`))
      assert.doesNotMatch(message, /SIGTERM/)
      return true
    })
  }
})
