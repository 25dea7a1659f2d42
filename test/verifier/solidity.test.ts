import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { LOCAL_CHAIN_IDS, soliditySource, verifierContractName } from '../../verifier/solidity.ts'
import { PRODUCT } from '../support/toy-definitions.ts'
import { type SnarkjsVkey, snarkjsProductProof } from '../support/toy-proof.ts'

const DIGEST = 'ab'.repeat(32)
const CEREMONY = { digest: 'cd'.repeat(32), contributions: 3 }

suite('soliditySource', () => {
  let honest: SnarkjsVkey
  let skipped: SnarkjsVkey
  before(async () => {
    const toy = await snarkjsProductProof()
    honest = toy.vkey
    skipped = toy.initialVkey
  })

  test('names the contract after the template, and pins the compiler, the key and its set-up', async () => {
    const source = await soliditySource(PRODUCT, honest, { digest: DIGEST, setup: 'ceremony', ceremony: CEREMONY })
    assert.equal(verifierContractName(PRODUCT), 'ProductVerifier')
    assert.match(source, /^contract ProductVerifier \{$/m)
    assert.match(source, /^pragma solidity 0\.8\.37;$/m)
    assert.ok(source.includes(`// circuit: product\n// key: sha256 ${DIGEST}\n// setup: ceremony\n`))
    assert.ok(source.includes(`// ceremony: transcript sha256 ${'cd'.repeat(32)}, contributions 3\n`))
    assert.ok(source.includes(`PRODUCT_X = ${honest.IC[1]![0]};`))
  })

  test('takes one word per public signal', async () => {
    const source = await soliditySource(PRODUCT, honest, { digest: DIGEST, setup: 'ceremony', ceremony: CEREMONY })
    assert.match(source, /uint256\[3\] calldata signals/)
    assert.match(source, /msg\.data\.length == 356;/)
  })

  test('binds the verifier of a dev key to local chains, and no other verifier', async () => {
    const source = (setup: 'dev' | 'ceremony') =>
      soliditySource(PRODUCT, honest, { digest: DIGEST, setup, ceremony: CEREMONY })
    assert.doesNotMatch(await source('ceremony'), /constructor|chainid/)
    for (const id of LOCAL_CHAIN_IDS) assert.ok((await source('dev')).includes(`block.chainid == ${id}`))
  })

  test('refuses a ceremony key without a ceremony, or with one that nobody contributed to', async () => {
    const digest = DIGEST
    for (const ceremony of [undefined, { ...CEREMONY, contributions: 0 }, { ...CEREMONY, digest: 'cd\nimport "x"' }]) {
      const making = soliditySource(PRODUCT, honest, { digest, setup: 'ceremony', ceremony })
      await assert.rejects(making, { code: 'KEY_UNSAFE' })
    }
  })

  test('refuses a key with gamma = delta, and one for another number of signals', async () => {
    const options = { digest: DIGEST, setup: 'dev' } as const
    await assert.rejects(soliditySource(PRODUCT, skipped, options), { code: 'KEY_UNSAFE' })
    const two = { ...PRODUCT, publicSignals: PRODUCT.publicSignals.slice(1) }
    await assert.rejects(soliditySource(two, honest, options), { code: 'ARTIFACT_CORRUPT' })
  })
})
