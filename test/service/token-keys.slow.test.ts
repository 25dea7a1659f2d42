/** Needs SoftHSM 2 (Debian's softhsm2) and the package pkcs11js, which is built where it is installed. */
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { recoverAddress, Wallet } from 'ethers'
import type { KeyProvider } from '../../service/keys/key-provider.ts'
import {
  addSigningKey,
  forgetSealingKeys,
  forgetSigningKey,
  makeTokenStore,
  openKeys,
  rotateKeyStore,
} from '../../service/keys/key-store.ts'
import { errorOf, zkclear } from '../support/cli.ts'
import { MODULE, PIN, softHsm } from '../support/service/soft-hsm.ts'
import { OPERATOR } from '../support/service/test-keys.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const BROKEN = { code: 'SEAL_BROKEN' }
const KEY = Buffer.alloc(32, 7)

describe('keys in a token', () => {
  let hsm: Awaited<ReturnType<typeof softHsm>>
  let path: string
  let keys: KeyProvider & Disposable
  before(async () => {
    hsm = await softHsm('venue', 'other')
    path = hsm.file('keys.json')
    await makeTokenStore(path, hsm.placeOf('venue'))
    keys = await openKeys(path)
  })
  after(async () => {
    keys?.[Symbol.dispose]()
    await hsm[Symbol.asyncDispose]()
  })

  it('are named by a file that only its owner can read, which holds none of them', async () => {
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    const { token, operators, log, sealing } = JSON.parse(await readFile(path, 'utf8'))
    assert.deepEqual(token, hsm.placeOf('venue'))
    assert.deepEqual(Object.keys(operators[0]), ['id', 'address', 'added'])
    assert.deepEqual(Object.keys(log), ['id', 'publicKey'])
    assert.deepEqual(Object.keys(sealing[0]), ['version', 'id', 'made'])
    assert.ok(!(await readFile(path, 'utf8')).includes(PIN))
  })

  it("sign as the operator, with s in the lower half and the operator's address", async () => {
    const [operator] = keys.operators
    for (let i = 0; i < 40; i++) {
      const digest = Buffer.alloc(32, i + 1)
      const signature = await keys.sign(digest, operator!)
      assert.ok(2n * BigInt(signature.s) < ORDER)
      assert.equal(recoverAddress(digest, signature), operator)
    }
  })

  it('sign the log', async () => {
    const message = Buffer.from('a head')
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(keys.log.publicKey).toString('base64url') }
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    assert.ok(verify(null, message, key, await keys.log.sign(message)))
    assert.ok(!verify(null, Buffer.from('another'), key, await keys.log.sign(message)))
  })

  it('wrap a data key for one name, and open it for no other, nor changed, cut or longer', async () => {
    const wrapped = await keys.wrap(KEY, 'job/01')
    assert.deepEqual(Buffer.from(await keys.unwrap(wrapped, 'job/01')), KEY)
    assert.ok(!Buffer.from(wrapped).includes(KEY))
    assert.notDeepEqual(await keys.wrap(KEY, 'job/01'), wrapped, 'nonces differ')
    await assert.rejects(keys.unwrap(wrapped, 'job/02'), BROKEN)
    for (let i = 0; i < wrapped.length; i++) {
      const changed = Uint8Array.from(wrapped)
      changed[i]! ^= 1
      await assert.rejects(keys.unwrap(changed, 'job/01'), BROKEN)
      await assert.rejects(keys.unwrap(wrapped.subarray(0, i), 'job/01'), BROKEN)
    }
    await assert.rejects(keys.unwrap(Buffer.concat([wrapped, Buffer.alloc(1)]), 'job/01'), BROKEN)
    assert.deepEqual(Buffer.from(await keys.unwrap(wrapped, 'job/01')), KEY, 'it works on')
  })

  it('are rotated, and those that are forgotten open nothing any more', async () => {
    const place = hsm.file('rotated.json')
    await makeTokenStore(place, hsm.placeOf('venue'))
    using first = await openKeys(place)
    const wrapped = await first.wrap(KEY, 'x')
    const former = await readFile(place)
    await rotateKeyStore(place)
    {
      using both = await openKeys(place)
      assert.equal(both.version, 2)
      assert.deepEqual(Buffer.from(await both.unwrap(wrapped, 'x')), KEY)
      await assert.rejects(first.unwrap(await both.wrap(KEY, 'x'), 'x'), BROKEN)
    }
    await forgetSealingKeys(place, 2)
    await writeFile(place, former)
    using late = await openKeys(place)
    await assert.rejects(late.unwrap(wrapped, 'x'), { code: 'KEYS_UNAVAILABLE', message: /no key of the id/ })
  })

  it('are of one operator after another: a new one, or one whose private key is given', async () => {
    const place = hsm.file('operators.json')
    await makeTokenStore(place, hsm.placeOf('venue'))
    await addSigningKey(place, 'operators', OPERATOR)
    await assert.rejects(addSigningKey(place, 'operators', OPERATOR), {
      code: 'INPUT_INVALID',
      message: /holds that key already, of 0x/,
    })
    using both = await openKeys(place)
    const { address } = new Wallet(OPERATOR)
    assert.deepEqual(both.operators[1], address)
    const digest = Buffer.alloc(32, 3)
    assert.equal(recoverAddress(digest, await both.sign(digest, address)), address)
    await forgetSigningKey(place, 'operators', both.operators[0]!)
    using left = await openKeys(place)
    assert.deepEqual(left.operators, [address])
    await assert.rejects(forgetSigningKey(place, 'operators', address), { code: 'INPUT_INVALID' })
  })

  it("are not taken for another's: what signs with another key than the file says is refused", async () => {
    const place = hsm.file('swapped.json')
    await makeTokenStore(place, hsm.placeOf('venue'))
    const store = JSON.parse(await readFile(place, 'utf8'))
    const { id } = JSON.parse(await readFile(path, 'utf8')).operators[0]
    store.operators[0].id = id
    await writeFile(place, JSON.stringify(store))
    using swapped = await openKeys(place)
    await assert.rejects(swapped.sign(Buffer.alloc(32, 1), swapped.operators[0]!), { code: 'KEY_UNSAFE' })
  })

  it('are told by commands, which say what to do where the token cannot be used, and never the PIN', async () => {
    const at = (name: string) => hsm.file(`${name}.json`)
    const make = async (name: string, module: string, token: string, pinFile: string) => {
      const where = ['--pkcs11-module', module, '--token', token, '--pin-file', pinFile]
      return await zkclear(['keys', 'make', '--out', at(name), ...where, '--json'])
    }
    const made = await make('made', MODULE, 'other', hsm.pinFile)
    assert.equal(made.code, 0, made.stderr)
    const shown = await zkclear(['keys', 'show', '--key-store', at('made'), '--json'])
    assert.equal(JSON.parse(shown.stdout).operators[0], JSON.parse(made.stdout).operators[0])
    const wrongPin = hsm.file('wrong.txt')
    await writeFile(wrongPin, '999999', { mode: 0o600 })
    const open = hsm.file('open.txt')
    await writeFile(open, PIN)
    await chmod(open, 0o644)
    const cases = [
      [MODULE, 'nobody', hsm.pinFile, /has no token "nobody"; there are .*"venue"/],
      [MODULE, 'venue', wrongPin, /is not taken by the token "venue" \(CKR_PIN_INCORRECT\): give the PIN of its user/],
      [MODULE, 'venue', open, /can be read by others than its owner \(mode 0644\)/],
      [hsm.pinFile, 'venue', hsm.pinFile, /cannot be loaded as a PKCS#11 module .*the library of the token's maker/],
    ] as const
    for (const [module, token, pinFile, message] of cases) {
      const refused = await make('refused', module, token, pinFile)
      assert.deepEqual([refused.code, errorOf(refused).code], [2, 'INPUT_INVALID'], refused.stderr)
      assert.match(errorOf(refused).message, message)
      for (const secret of [PIN, '999999']) assert.ok(!refused.stderr.includes(secret))
    }
    const half = await zkclear(['keys', 'make', '--out', at('half'), '--token', 'venue', '--json'])
    assert.match(errorOf(half).message, /give --pkcs11-module, --token and --pin-file together/)
  })

  it('are gone with their token, which is said', async () => {
    const place = hsm.file('gone.json')
    await makeTokenStore(place, hsm.placeOf('other'))
    const store = JSON.parse(await readFile(place, 'utf8'))
    await writeFile(place, JSON.stringify({ ...store, log: { ...store.log, id: 'ab'.repeat(16) } }))
    using lost = await openKeys(place)
    const told = { code: 'KEYS_UNAVAILABLE', message: /the token "other" fails: it has no key of the id abab/ }
    await assert.rejects(lost.log.sign(Buffer.from('x')), told)
    await rm(place)
  })
})
