import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { getBytes, hexlify, recoverAddress, SigningKey, Wallet } from 'ethers'
import { FileKeys } from '../../service/keys/file-keys.ts'
import type { KeyProvider } from '../../service/keys/key-provider.ts'
import { KeySigner } from '../../service/keys/key-signer.ts'
import {
  addSigningKey,
  forgetSealingKeys,
  forgetSigningKey,
  makeKeyStore,
  openKeys,
  readKeyStore,
  rotateKeyStore,
} from '../../service/keys/key-store.ts'
import { recoverable } from '../../service/keys/secp256k1.ts'
import { OPERATOR, testKeys } from '../support/service/test-keys.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const BROKEN = {
  code: 'SEAL_BROKEN',
  message: /cannot be opened: it was changed, follows something else, comes from elsewhere/,
}
const KEY = Buffer.alloc(32, 7)

describe('a key store', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>
  before(async () => {
    folder = await temporaryDirectory()
  })
  after(() => folder[Symbol.asyncDispose]())

  it("is its owner's alone, whole, and never takes the place of a file", async () => {
    const path = folder.file('made.json')
    const made = await makeKeyStore(path, OPERATOR)
    assert.deepEqual(await readKeyStore(path), made)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    await assert.rejects(makeKeyStore(path), {
      code: 'OUTPUT_UNWRITABLE',
      message: /is there already, and keys are not/,
    })
    assert.deepEqual(await readKeyStore(path), made)
    await assert.rejects(makeKeyStore(folder.file('no/folder.json')), { code: 'OUTPUT_UNWRITABLE' })
    for (const operator of ['0x00', `0x${'0'.repeat(64)}`, `0x${'f'.repeat(64)}`, OPERATOR.slice(2)]) {
      await assert.rejects(makeKeyStore(folder.file('other.json'), operator), (error: Error & { code: string }) => {
        assert.equal(error.code, 'INPUT_INVALID')
        assert.ok(!error.message.includes(operator))
        return true
      })
    }
    assert.deepEqual(await readdir(folder.path), ['made.json'])
  })

  it('is refused where others can read it, or it is missing or out of form, without a word on its content', async () => {
    const path = folder.file('open.json')
    await makeKeyStore(path)
    for (const mode of [0o640, 0o604, 0o620, 0o601]) {
      await chmod(path, mode)
      await assert.rejects(readKeyStore(path), {
        code: 'INPUT_INVALID',
        message: /read by others than its owner \(mode 06/,
      })
    }
    await assert.rejects(readKeyStore(folder.file('missing.json')), { code: 'FILE_UNREADABLE' })
    await chmod(path, 0o600)
    const whole = JSON.parse(await readFile(path, 'utf8'))
    const [sealing] = whole.sealing
    const [operator] = whole.operators
    const wrong = [
      'secret-text',
      '{"secret-text": 1}',
      JSON.stringify({ ...whole, version: 2 }),
      JSON.stringify({ ...whole, operators: [{ ...operator, key: `0x${'0'.repeat(64)}` }] }),
      JSON.stringify({ ...whole, operators: [{ ...operator, key: 'secret-text' }] }),
      JSON.stringify({ ...whole, operators: [operator, operator] }),
      JSON.stringify({ ...whole, operators: [] }),
      JSON.stringify({ ...whole, log: 'secret-text' }),
      JSON.stringify({ ...whole, log: undefined }),
      JSON.stringify({ ...whole, sealing: [] }),
      JSON.stringify({ ...whole, sealing: [sealing, sealing] }),
      JSON.stringify({ ...whole, sealing: [{ ...sealing, key: 'secret-text' }] }),
      JSON.stringify({ ...whole, sealing: [{ ...sealing, version: 0 }] }),
      JSON.stringify({ ...whole, more: 'secret-text' }),
      '',
      'x'.repeat((1 << 20) + 1),
    ]
    for (const text of wrong) {
      await writeFile(path, text)
      await assert.rejects(readKeyStore(path), (error: Error & { code: string }) => {
        assert.equal(error.code, 'INPUT_INVALID', text.slice(0, 200))
        assert.doesNotMatch(error.message, /secret-text/)
        return true
      })
    }
  })

  it('gets a sealing key with each rotation, and loses those that are forgotten, never the newest', async () => {
    const path = folder.file('rotated.json')
    const { operators, gas, log, sealing: first } = await makeKeyStore(path)
    await rotateKeyStore(path)
    const three = await rotateKeyStore(path)
    assert.deepEqual([three.operators, three.log], [operators, log])
    assert.deepEqual(three.sealing[0], first[0])
    assert.deepEqual(
      three.sealing.map(({ version }) => version),
      [1, 2, 3],
    )
    assert.equal(new Set(three.sealing.map((one) => JSON.stringify({ ...one, version: 0, made: '' }))).size, 3)
    assert.equal((await openKeys(path)).version, 3)
    assert.deepEqual((await forgetSealingKeys(path, 3)).sealing, [three.sealing[2]])
    await assert.rejects(forgetSealingKeys(path, 4), { code: 'INPUT_INVALID', message: /version 3 as its newest/ })
    assert.deepEqual(await readKeyStore(path), { operators, gas, log, sealing: [three.sealing[2]] })
    assert.equal((await rotateKeyStore(path)).sealing.at(-1)!.version, 4, 'no version comes twice')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  it('holds the keys of one operator after another, each once, and never none', async () => {
    const path = folder.file('operators.json')
    const { log, sealing } = await makeKeyStore(path, OPERATOR)
    const next = `0x${'11'.repeat(32)}`
    const [first, second] = [new Wallet(OPERATOR).address, new Wallet(next).address]
    const changed = await addSigningKey(path, 'operators', next)
    assert.deepEqual([changed.log, changed.sealing], [log, sealing])
    const keys = await openKeys(path)
    assert.deepEqual(keys.operators, [first, second])
    for (const operator of keys.operators) {
      const digest = Buffer.alloc(32, 5)
      const wallet = operator === first ? OPERATOR : next
      const expected = new SigningKey(wallet).sign(digest).serialized
      assert.equal((await keys.sign(digest, operator)).serialized, expected)
    }
    await assert.rejects(addSigningKey(path, 'operators', OPERATOR), {
      code: 'INPUT_INVALID',
      message: /holds that key already, of 0x/,
    })
    await assert.rejects(
      addSigningKey(path, 'operators', '0xsecret'),
      (error: Error) => !error.message.includes('secret'),
    )
    await assert.rejects(forgetSigningKey(path, 'operators', `0x${'ab'.repeat(20)}`), {
      message: /no such key of 0xabab/,
    })
    await forgetSigningKey(path, 'operators', first.toLowerCase())
    assert.deepEqual((await openKeys(path)).operators, [second])
    await assert.rejects(forgetSigningKey(path, 'operators', second), {
      message: /no other operator key, so that this one stays/,
    })
    await addSigningKey(path, 'operators')
    assert.equal((await openKeys(path)).operators.length, 2)
  })

  it('holds the keys of those who pay, none at first, and no key twice', async () => {
    const path = folder.file('gas.json')
    await makeKeyStore(path, OPERATOR)
    const payer = `0x${'22'.repeat(32)}`
    const { address } = new Wallet(payer)
    assert.deepEqual((await openKeys(path)).gas, [])
    await addSigningKey(path, 'gas', payer)
    const keys = await openKeys(path)
    assert.deepEqual([keys.gas, keys.operators], [[address], [new Wallet(OPERATOR).address]])
    const digest = Buffer.alloc(32, 6)
    assert.equal(recoverAddress(digest, await keys.sign(digest, address)), address)
    for (const [role, key] of [
      ['gas', OPERATOR],
      ['operators', payer],
    ] as const) {
      await assert.rejects(addSigningKey(path, role, key), { message: /holds that key already/ })
    }
    await assert.rejects(forgetSigningKey(path, 'operators', address), { message: /no such key/ })
    await forgetSigningKey(path, 'gas', address)
    assert.deepEqual((await openKeys(path)).gas, [])
  })

  it('loses no key to changes at the same time, nor to one that fails', async () => {
    const path = folder.file('raced.json')
    await makeKeyStore(path)
    await symlink(path, folder.file('link.json'))
    const ends = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => rotateKeyStore(i % 2 ? path : folder.file('link.json'))),
    )
    const made = ends.filter(({ status }) => status === 'fulfilled').length
    const { sealing } = await readKeyStore(path)
    assert.equal(sealing.length, 1 + made)
    await writeFile(path, 'nothing')
    await assert.rejects(rotateKeyStore(path), { code: 'INPUT_INVALID' })
    assert.equal(await readFile(path, 'utf8'), 'nothing')
    await writeFile(`${path}.new`, '')
    await assert.rejects(rotateKeyStore(path), {
      code: 'OUTPUT_UNWRITABLE',
      message: /being changed by another process; if there is none, an interruption left .*raced.json.new: remove that/,
    })
  })
})

describe("the operator's signatures", () => {
  const digests = Array.from({ length: 40 }, (_, i) => Buffer.alloc(32, i + 1))
  const keys: KeyProvider = testKeys()
  const operator = new Wallet(OPERATOR).address

  it('have s in the lower half, and the address follows from them', async () => {
    for (const digest of digests) {
      const signature = await keys.sign(digest, operator)
      assert.ok(2n * BigInt(signature.s) < ORDER)
      assert.equal(recoverAddress(digest, signature), operator)
    }
  })

  it('are brought to that form whatever signed, and refused from another key', () => {
    for (const digest of digests) {
      const expected = new SigningKey(OPERATOR).sign(digest)
      const r = BigInt(expected.r)
      const s = BigInt(expected.s)
      for (const given of [s, ORDER - s]) {
        assert.equal(recoverable({ r, s: given }, digest, operator).serialized, expected.serialized)
      }
      const wrong = [
        { r, s: s + 1n },
        { r: r + 1n, s },
        { r: 0n, s },
        { r, s: 0n },
        { r: ORDER, s },
      ]
      for (const other of wrong) assert.throws(() => recoverable(other, digest, operator), { code: 'KEY_UNSAFE' })
    }
  })

  it('make the very transactions, messages and typed data that a wallet signs, and none from another address', async () => {
    const signer = new KeySigner(keys, operator)
    const wallet = new Wallet(OPERATOR)
    assert.equal(await signer.getAddress(), wallet.address)
    const request = {
      ...{
        type: 2,
        chainId: 31337n,
        nonce: 7,
        to: `0x${'ab'.repeat(20)}`,
        data: '0x1234',
        gasLimit: 90_000n,
        value: 0n,
      },
      ...{ maxFeePerGas: 9n, maxPriorityFeePerGas: 1n },
    }
    for (const one of [request, { ...request, from: wallet.address }]) {
      assert.equal(await signer.signTransaction(one), await wallet.signTransaction(one))
    }
    await assert.rejects(signer.signTransaction({ ...request, from: request.to }), TypeError)
    assert.equal(await signer.signMessage('text'), await wallet.signMessage('text'))
    const typed = [{ name: 'x' }, { Word: [{ name: 'value', type: 'uint256' }] }, { value: 5n }] as const
    const types = { Word: [...typed[1].Word] }
    assert.equal(
      await signer.signTypedData(typed[0], types, typed[2]),
      await wallet.signTypedData(typed[0], types, typed[2]),
    )
  })
})

describe("the log's signatures", () => {
  it('verify under the public key, which follows from the store', async () => {
    const { log } = testKeys()
    const message = Buffer.from('a head')
    const signature = await log.sign(message)
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(log.publicKey).toString('base64url') }
    assert.ok(verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature))
    // RFC 8032, 7.1, test 1.
    const known = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
    const keys = new FileKeys({ ...(await emptyStore()), log: known })
    const expected = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
    assert.equal(Buffer.from(keys.log.publicKey).toString('hex'), expected)
  })

  async function emptyStore() {
    await using folder = await temporaryDirectory()
    return await makeKeyStore(folder.file('keys.json'))
  }
})

describe('a wrapped data key', () => {
  it('opens for the name it was wrapped for, and for no other', async () => {
    const keys = testKeys()
    const wrapped = await keys.wrap(KEY, 'job/01')
    assert.deepEqual(Buffer.from(await keys.unwrap(wrapped, 'job/01')), KEY)
    for (const name of ['job/02', 'job/0', 'job/011', '']) await assert.rejects(keys.unwrap(wrapped, name), BROKEN)
    assert.notEqual(hexlify(await keys.wrap(KEY, 'job/01')), hexlify(wrapped), 'nonces differ')
    assert.ok(!hexlify(wrapped).includes(KEY.toString('hex')))
  })

  it('does not open if a bit of it is changed, or it is cut or longer', async () => {
    const keys = testKeys(2)
    const wrapped = await keys.wrap(KEY, 'job/01')
    for (let i = 0; i < wrapped.length; i++) {
      const changed = Uint8Array.from(wrapped)
      changed[i]! ^= 1
      await assert.rejects(keys.unwrap(changed, 'job/01'), BROKEN)
      await assert.rejects(keys.unwrap(wrapped.subarray(0, i), 'job/01'), BROKEN)
    }
    await assert.rejects(keys.unwrap(Buffer.concat([wrapped, Buffer.alloc(1)]), 'job/01'), BROKEN)
  })

  it('opens with an earlier version as long as that is held, and not with an earlier one alone', async () => {
    const [one, two] = [testKeys(1), testKeys(2)]
    const wrapped = await one.wrap(KEY, 'x')
    assert.deepEqual(Buffer.from(await two.unwrap(wrapped, 'x')), KEY)
    const again = await two.wrap(getBytes(KEY), 'x')
    await assert.rejects(one.unwrap(again, 'x'), BROKEN)
    // Said to be of the version that the thief has.
    await assert.rejects(one.unwrap(Buffer.concat([Buffer.from([0, 0, 0, 1]), again.subarray(4)]), 'x'), BROKEN)
  })
})
