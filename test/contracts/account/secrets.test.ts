import assert from 'node:assert/strict'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import {
  concat,
  getBytes,
  type Signer,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
  Wallet,
} from 'ethers'
import { describe, it } from 'mocha'
import { ownerCommitment, viewCommitment } from '../../../protocol/account.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { registeredKey, tradingKey } from '../../../protocol/signature.ts'
import { deriveAccountSecrets, registrationOf } from '../../../settlement/account/secrets.ts'

const SETTLEMENT = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const PLACE = { chainId: 31337n, settlement: SETTLEMENT, number: 0 }
const wallet = new Wallet(`0x${'59'.repeat(32)}`)

/** A wallet that tells what it was asked to sign, and may answer something else. */
function spy(answer: (signature: string) => string = (signature) => signature) {
  const asked: { domain: TypedDataDomain; value: Record<string, unknown> }[] = []
  const signer = {
    getAddress: () => wallet.getAddress(),
    async signTypedData(
      domain: TypedDataDomain,
      types: Record<string, TypedDataField[]>,
      value: Record<string, unknown>,
    ) {
      asked.push({ domain, value })
      return answer(await wallet.signTypedData(domain, types, value))
    },
  } as unknown as Signer
  return { signer, asked }
}

describe('the secrets of an account', () => {
  it('follow from one signature, asked for twice, which names chain, contract and number and says what it gives away', async () => {
    const { signer, asked } = spy()
    await deriveAccountSecrets(signer, { ...PLACE, number: 3 })
    const [{ domain, value }, again] = asked as [(typeof asked)[number], (typeof asked)[number]]
    assert.deepEqual([asked.length, again], [2, { domain, value }])
    assert.deepEqual(domain, { name: 'zkclear', version: '1', chainId: 31337n, verifyingContract: SETTLEMENT })
    const { warning, ...rest } = value
    assert.deepEqual(rest, { number: 3, rotation: 0 })
    assert.match(String(warning), /Whoever has this signature has the keys of this account.* no website/)
  })

  it('are refused to a wallet that signs differently each time: it could not have them again', async () => {
    const key = new Uint8Array(32).fill(0x59)
    const { signer } = spy()
    const random = Object.assign(signer, {
      async signTypedData(domain: TypedDataDomain, types: Record<string, TypedDataField[]>, value: object) {
        const digest = getBytes(TypedDataEncoder.hash(domain, types, value))
        const signed = secp256k1.sign(digest, key, { prehash: false, extraEntropy: true, format: 'recovered' })
        return concat([signed.subarray(1), new Uint8Array([27 + signed[0]!])])
      },
    })
    await assert.rejects(deriveAccountSecrets(random, PLACE), { code: 'INPUT_INVALID', path: 'signer' })
  })

  it('are the same whenever the wallet is asked, and these', async () => {
    const secrets = await deriveAccountSecrets(wallet, PLACE)
    assert.deepEqual(await deriveAccountSecrets(spy().signer, PLACE), secrets)
    const { privateKey, ...elements } = secrets
    // What one release derived, every later one must.
    assert.deepEqual(
      { privateKey: Buffer.from(privateKey).toString('hex'), ...elements },
      {
        privateKey: 'b6facb9f4c360b81f0d4f70dec3d0942625b4e4e51609cbaf2f886fb7f365003',
        ownerSecret: 21078468387665953434524238927085335240852833105507916061539985294917051673288n,
        viewKey: 19942444917396426900995685498986535324293671252997785894817104788512849024815n,
      },
    )
  })

  it('are others for another number, chain, contract or wallet', async () => {
    const all = await Promise.all([
      deriveAccountSecrets(wallet, PLACE),
      deriveAccountSecrets(wallet, { ...PLACE, number: 1 }),
      deriveAccountSecrets(wallet, { ...PLACE, chainId: 1n }),
      deriveAccountSecrets(wallet, { ...PLACE, settlement: wallet.address }),
      deriveAccountSecrets(new Wallet(`0x${'5a'.repeat(32)}`), PLACE),
    ])
    const words = all.flatMap(({ privateKey, ownerSecret, viewKey }) => [
      `${privateKey}`,
      `${ownerSecret}`,
      `${viewKey}`,
    ])
    assert.equal(new Set(words).size, 15)
  })

  it('keep owner secret and view key when the trading key is rotated', async () => {
    const first = await deriveAccountSecrets(wallet, PLACE)
    const { signer, asked } = spy()
    const second = await deriveAccountSecrets(signer, { ...PLACE, rotation: 1 })
    assert.equal(asked.length, 4)
    assert.notDeepEqual(second.privateKey, first.privateKey)
    assert.deepEqual({ ...second, privateKey: 0 }, { ...first, privateKey: 0 })
  })

  it('are field elements of 128 bits and more, and never 0', async () => {
    for (let number = 0; number < 20; number++) {
      const { privateKey, ownerSecret, viewKey } = await deriveAccountSecrets(wallet, { ...PLACE, number })
      assert.equal(privateKey.length, 32)
      for (const secret of [ownerSecret, viewKey]) assert.ok(secret >> 200n !== 0n && secret < FIELD)
    }
  })

  it('are registered with an eighth of the trading key and two commitments', async () => {
    const secrets = await deriveAccountSecrets(wallet, PLACE)
    const { key, ...commitments } = registrationOf(secrets)
    assert.deepEqual(registeredKey(key), tradingKey(secrets.privateKey))
    assert.deepEqual(commitments, {
      ownerCommitment: ownerCommitment(secrets.ownerSecret),
      viewCommitment: viewCommitment(secrets.viewKey),
    })
  })

  it('are not derived from a signature that the wallet cannot be known to repeat', async () => {
    const contract = spy(() => `0x${'12'.repeat(99)}`)
    const foreign = spy((signature) => signature.replace(/^0x./, (digits) => (digits === '0x1' ? '0x2' : '0x1')))
    for (const { signer } of [contract, foreign]) {
      await assert.rejects(deriveAccountSecrets(signer, PLACE), (error: Record<string, unknown>) => {
        assert.deepEqual([error.code, error.path], ['INPUT_INVALID', 'signer'])
        return true
      })
    }
  })

  it('are not derived if the wallet refuses, or for a number that is none', async () => {
    const refusing = { signTypedData: async () => Promise.reject(new Error('user rejected')) } as unknown as Signer
    await assert.rejects(deriveAccountSecrets(refusing, PLACE), { code: 'TRANSACTION_FAILED' })
    for (const number of [-1, 0.5, 2 ** 32, Number.NaN]) {
      await assert.rejects(deriveAccountSecrets(wallet, { ...PLACE, number }), {
        code: 'INPUT_INVALID',
        path: 'number',
      })
    }
    const place = { ...PLACE, settlement: '0x12' }
    await assert.rejects(deriveAccountSecrets(wallet, place), { code: 'INPUT_INVALID', path: 'settlement' })
  })
})
