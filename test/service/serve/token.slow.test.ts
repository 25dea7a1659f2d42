/** Needs SoftHSM 2 (Debian's softhsm2) and the package pkcs11js, which is built where it is installed. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { parseLogKey } from '../../../log/log-key.ts'
import { addSigningKey, makeTokenStore, rotateKeyStore } from '../../../service/keys/key-store.ts'
import { connect } from '../../../settlement/index.ts'
import { publishedBatches } from '../../../settlement/published-batches.ts'
import { ALICE, startVenue } from '../../support/node-venue.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { softHsm } from '../../support/service/soft-hsm.ts'
import { OPERATOR } from '../../support/service/test-keys.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

it('a venue whose keys are in a token settles, paid by another, signs its log, and opens its data again, also after a rotation', async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  await using folder = await temporaryDirectory()
  await using hsm = await softHsm('venue')
  await using chain = await startVenue()
  const keyStore = folder.file('keys.json')
  const { log } = await makeTokenStore(keyStore, hsm.placeOf('venue'), OPERATOR)
  await addSigningKey(keyStore, 'gas', ALICE.key)
  const place = { ...chain, folder: folder.path }
  {
    await using serve = await startServe(place)
    const { batches } = await serve.until(({ batches }) => batches.settled > 0 && batches.settled === batches.sealed)
    assert.equal(batches.settledRoot, `${(await chain.status()).stateRoot}`)
    assert.deepEqual(await payersOf(chain), new Array(batches.settled).fill(ALICE.address))
    const { key } = parseLogKey((await serve.get('/v1/log/key')).body.key)
    const told = key.export({ format: 'der', type: 'spki' }).subarray(-32)
    assert.equal(told.toString('hex'), log.publicKey)
    assert.equal(await serve.end('SIGKILL'), 'SIGKILL')
  }
  await rotateKeyStore(keyStore)
  await using again = await startServe(place)
  assert.ok((await again.status()).batches.settled > 0)
  assert.equal(await again.end('SIGTERM'), 0)
  assert.match(again.lines.join('\n'), /data keys wrapped anew/)
})

/** Who sent the settlements. */
async function payersOf({ rpcUrl, settlement }: { rpcUrl: string; settlement: string }): Promise<readonly string[]> {
  using connection = await connect({ rpcUrl })
  const provider = connection.signer.provider!
  const payers: string[] = []
  for await (const { transactionHash } of publishedBatches({ provider, settlement, firstNumber: 1n })) {
    payers.push((await provider.getTransaction(transactionHash))!.from)
  }
  return payers
}
