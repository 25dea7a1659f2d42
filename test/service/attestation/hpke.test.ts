import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { open, seal } from '../../../service/attestation/hpke.ts'
import { unwrapInput, wrapInput } from '../../../service/attestation/wrapping.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const privateKey = (text: string) => {
  return createPrivateKey({ key: hex(`302e020100300506032b656e04220420${text}`), format: 'der', type: 'pkcs8' })
}

describe('what is sealed to a public key', () => {
  it('is as RFC 9180 has it: the first message of A.1.1, base mode, of X25519, HKDF-SHA256 and AES-128-GCM', () => {
    const ephemeral = privateKey('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736')
    const recipient = privateKey('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8')
    const purpose = { info: 'Ode on a Grecian Urn', context: hex('436f756e742d30') }
    const plaintext = hex('4265617574792069732074727574682c20747275746820626561757479')
    const sealed = seal(createPublicKey(recipient), purpose, plaintext, { aead: 1, ephemeral })
    const key = '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'
    const ciphertext = 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a'
    assert.equal(sealed.toString('hex'), key + ciphertext)
    assert.deepEqual(open(recipient, purpose, sealed, { aead: 1 }), plaintext)
  })

  it('opens for that key and lease alone, as it is', () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519')
    const other = generateKeyPairSync('x25519').privateKey
    const job = { id: Buffer.alloc(32, 1), fence: 7n }
    const input = Buffer.from('an input')
    const wrapped = wrapInput(publicKey, job, input)
    assert.deepEqual(unwrapInput(privateKey, job, wrapped), input)
    assert.notDeepEqual(wrapInput(publicKey, job, input), wrapped)
    assert.equal(unwrapInput(other, job, wrapped), undefined)
    assert.equal(unwrapInput(privateKey, { ...job, fence: 8n }, wrapped), undefined)
    assert.equal(unwrapInput(privateKey, { ...job, id: Buffer.alloc(32, 2) }, wrapped), undefined)
    for (let i = 0; i < wrapped.length; i++) {
      const changed = Buffer.from(wrapped)
      changed[i]! ^= 1
      assert.equal(unwrapInput(privateKey, job, changed), undefined, `byte ${i}`)
      assert.equal(unwrapInput(privateKey, job, wrapped.subarray(0, i)), undefined, `${i} bytes`)
    }
  })
})
