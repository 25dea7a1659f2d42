import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { type AttestationFault, AttestationRefused } from '../../../service/attestation/refused.ts'
import { verifyAttestation } from '../../../service/attestation/verify.ts'
import type { Item } from '../../support/nitro/cbor-writer.ts'
import { CA_USAGE, certificate, extension, inShell, LEAF_USAGE, p384 } from '../../support/nitro/certificate-writer.ts'
import { type Changes, nitro, PCR0 } from '../../support/nitro/nitro.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 5, 1, 12)

describe('the verifier of attestation documents', () => {
  const machine = nitro({ now: NOW })
  const { keys, policy } = machine
  const nonce = randomBytes(32)
  const enclave = generateKeyPairSync('x25519')
  const publicKey = enclave.publicKey.export({ format: 'der', type: 'spki' })
  const documentOf = (changes: Changes = {}) => machine.document({ nonce, publicKey }, changes)
  const look = (bytes: Uint8Array, now = NOW) => verifyAttestation(bytes, { policy, nonce, now })

  function refuses(fault: AttestationFault, bytes: Uint8Array, what: string): void {
    assert.throws(
      () => look(bytes),
      (error) => error instanceof AttestationRefused && error.fault === fault,
      `${what}: ${faultOf(bytes)} in place of ${fault}`,
    )
  }

  function faultOf(bytes: Uint8Array): string {
    try {
      return look(bytes).image
    } catch (error) {
      return error instanceof AttestationRefused ? error.fault : String(error)
    }
  }

  const fields = (changed: Readonly<Record<string, Item | undefined>>) => documentOf({ fields: changed })
  const pcrs = (...values: readonly (readonly [number, string])[]) => {
    return fields({ pcrs: new Map(values.map(([index, value]) => [index, Buffer.from(value, 'hex')])) })
  }

  it('takes one of an allowed image for this nonce, tagged or not, with the key in it, until its first certificate ends', () => {
    const until = NOW + 3 * 3_600_000
    const bytes = documentOf({ certificates: { enclave: { until } } })
    for (const form of [bytes, Buffer.concat([Buffer.of(0xd2), bytes])]) {
      const attested = look(form)
      assert.deepEqual({ image: attested.image, until: attested.until }, { image: 'release 1', until })
      assert.ok(attested.key.equals(enclave.publicKey))
    }
    assert.equal(look(fields({ user_data: Buffer.from('more') })).image, 'release 1')
  })

  it('refuses one in which any byte is another, with a typed reason', () => {
    const bytes = documentOf()
    for (let i = 0; i < bytes.length; i += i < 100 ? 1 : 13) {
      const changed = Buffer.from(bytes)
      changed[i]! ^= 1 << (i % 8)
      assert.throws(() => look(changed), AttestationRefused, `byte ${i}`)
    }
    for (let length = 0; length < bytes.length; length += 97) {
      refuses('MALFORMED', bytes.subarray(0, length), `${length} bytes`)
    }
    refuses('MALFORMED', Buffer.concat([bytes, Buffer.of(0)]), 'a byte more')
    refuses('MALFORMED', Buffer.alloc(1 << 20), 'a mebibyte')
  })

  it('refuses headers but the one of ES384', () => {
    refuses('MALFORMED', documentOf({ header: new Map([[1, -7]]) }), 'ES256')
    refuses('MALFORMED', documentOf({ header: new Map() }), 'no algorithm')
    refuses(
      'MALFORMED',
      documentOf({
        header: new Map([
          [1, -35],
          [4, 1],
        ]),
      }),
      'one more header',
    )
    refuses('MALFORMED', documentOf({ others: new Map([[1, -35]]) }), 'a header that is not protected')
  })

  it('refuses each field that is not in form, missing or more', () => {
    for (const name of ['module_id', 'timestamp', 'digest', 'pcrs', 'certificate', 'cabundle']) {
      refuses('MALFORMED', fields({ [name]: undefined }), `no ${name}`)
      refuses('MALFORMED', fields({ [name]: null }), `${name} null`)
    }
    const wrong: Readonly<Record<string, Item>> = {
      ...{ module_id: 1, timestamp: -1, digest: 'SHA256', pcrs: new Map(), certificate: 'x', cabundle: ['x'] },
      ...{ public_key: 'x', user_data: 'x', nonce: 'x', more: 1 },
    }
    for (const [name, value] of Object.entries(wrong)) refuses('MALFORMED', fields({ [name]: value }), name)
    refuses('MALFORMED', pcrs([32, PCR0]), 'a register too many')
    refuses('MALFORMED', pcrs([0, PCR0.slice(2)]), 'a register too short')
    refuses('MALFORMED', documentOf({ cabundle: () => [] }), 'no authorities')
    refuses('MALFORMED', documentOf({ cabundle: (all) => Array(9).fill(all[0]!) }), 'nine authorities')
  })

  it('refuses another nonce, none, and a document of another time', () => {
    refuses('NONCE', fields({ nonce: randomBytes(32) }), 'another nonce')
    refuses('NONCE', fields({ nonce: nonce.subarray(1) }), 'a part of it')
    refuses('NONCE', fields({ nonce: undefined }), 'none')
    refuses('VALIDITY', fields({ timestamp: NOW - 301_000 }), 'too old')
    refuses('VALIDITY', fields({ timestamp: NOW + 301_000 }), 'of later')
  })

  it('refuses debug mode, and images that are not allowed', () => {
    refuses('DEBUG', pcrs([0, '00'.repeat(48)], [1, '00'.repeat(48)]), 'debug mode')
    refuses('IMAGE', pcrs([0, '0d'.repeat(48)], [1, '0b'.repeat(48)]), 'another image')
    refuses('IMAGE', pcrs([0, PCR0], [1, '0d'.repeat(48)]), 'another second register')
    refuses('IMAGE', pcrs([0, PCR0]), 'a register that is missing')
    refuses('IMAGE', pcrs([1, '0b'.repeat(48)]), 'no measurement of the image')
  })

  it('refuses a document without a key that something can be wrapped to', () => {
    refuses('KEY', fields({ public_key: undefined }), 'none')
    refuses('KEY', fields({ public_key: Buffer.of(1, 2, 3) }), 'none that is one')
    const p = p384().publicKey.export({ format: 'der', type: 'spki' })
    refuses('KEY', fields({ public_key: p }), 'a key on P-384')
    const low = Buffer.concat([publicKey.subarray(0, 12), Buffer.alloc(32)])
    refuses('KEY', fields({ public_key: low }), 'a point of small order')
  })

  it('refuses what another key signed than that of the certificate', () => {
    refuses('SIGNATURE', documentOf({ key: p384().privateKey }), 'a key of nobody')
    refuses('SIGNATURE', documentOf({ key: keys.instance }), 'the key of the authority above')
  })

  it('refuses a chain of another root, also one with the same names', () => {
    const other = nitro({ now: NOW }).document({ nonce, publicKey })
    refuses('ROOT', other, 'another root')
    refuses('ROOT', documentOf({ certificates: { root: { until: NOW + 2 * DAY } } }), 'the root, made anew')
    refuses('ROOT', documentOf({ cabundle: ([, ...rest]) => rest }), 'no root')
    const foreign = nitro({ now: NOW })
    const bytes = foreign.document({ nonce, publicKey }, { cabundle: ([, ...rest]) => [machine.chain[0]!, ...rest] })
    refuses('CHAIN', bytes, 'the pinned root above a foreign chain')
  })

  it('refuses certificates that are not valid now, each of them', () => {
    for (const name of ['region', 'zone', 'instance', 'enclave'] as const) {
      refuses('VALIDITY', documentOf({ certificates: { [name]: { until: NOW - 1000 } } }), `${name} is over`)
      refuses('VALIDITY', documentOf({ certificates: { [name]: { from: NOW + 1000 } } }), `${name} is to come`)
    }
    const bytes = documentOf({ fields: { timestamp: NOW + 2 * DAY } })
    assert.throws(
      () => look(bytes, NOW + 2 * DAY),
      (error) => error instanceof AttestationRefused && error.fault === 'VALIDITY',
      'the root is over too',
    )
  })

  it('refuses a chain in which anybody but an authority issues, or more than it may', () => {
    for (const name of ['region', 'zone', 'instance'] as const) {
      refuses('CHAIN', documentOf({ certificates: { [name]: { isAuthority: false } } }), `${name} is no authority`)
      refuses('CHAIN', documentOf({ certificates: { [name]: { usage: LEAF_USAGE } } }), `${name} signs no certificates`)
    }
    refuses('CHAIN', documentOf({ certificates: { region: { pathLength: 1 } } }), 'region has one below it too many')
    refuses('CHAIN', documentOf({ certificates: { enclave: { isAuthority: true } } }), 'the last one is an authority')
    refuses('CHAIN', documentOf({ certificates: { enclave: { usage: CA_USAGE } } }), 'the last one signs no documents')
    refuses('CHAIN', documentOf({ cabundle: ([root, a, b, c]) => [root!, b!, a!, c!] }), 'another order')
    refuses('CHAIN', documentOf({ cabundle: ([root, , b, c]) => [root!, b!, c!] }), 'one left out')
    refuses('CHAIN', documentOf({ certificates: { zone: { issuer: 'root' } } }), 'zone names another issuer')
    refuses('CHAIN', documentOf({ certificates: { zone: { signWith: keys.zone } } }), 'zone signed itself')
  })

  it('refuses what an attested enclave certifies itself', () => {
    const own = p384()
    const below = { subject: 'below', issuer: 'enclave', now: NOW, isAuthority: false }
    const last = certificate({ ...below, key: own.publicKey, signWith: keys.enclave })
    const bytes = documentOf({
      cabundle: (all) => [...all, machine.chain.at(-1)!],
      certificate: last,
      key: own.privateKey,
    })
    refuses('CHAIN', bytes, 'a certificate below that of an enclave')
  })

  it('refuses a certificate in PEM inside of a shell of DER that says other things of what it is for', () => {
    const own = { authority: p384(), enclave: p384() }
    const below = { subject: 'below', issuer: 'instance', now: NOW, isAuthority: true, signWith: keys.instance }
    const last = { subject: 'last', issuer: 'below', now: NOW, isAuthority: false, signWith: own.authority.privateKey }
    const chainOf = (instance: (der: Buffer) => Buffer) =>
      documentOf({
        certificates: { region: { pathLength: 2 + 1 }, zone: { pathLength: 1 + 1 } },
        cabundle: ([root, region, zone, der]) => {
          return [root!, region!, zone!, instance(der!), certificate({ ...below, key: own.authority.publicKey })]
        },
        certificate: certificate({ ...last, key: own.enclave.publicKey }),
        key: own.enclave.privateKey,
      })
    refuses(
      'CHAIN',
      chainOf((der) => der),
      'one authority more than the instance may have below it',
    )
    refuses('MALFORMED', chainOf(inShell), 'the same, where another reader sees no bound')
    refuses('MALFORMED', documentOf({ cabundle: (all) => all.with(-1, inShell(all.at(-1)!)) }), 'a shell alone')
  })

  it('refuses certificates of other keys, signatures and critical extensions', () => {
    const small = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    refuses('MALFORMED', documentOf({ certificates: { enclave: { key: small.publicKey } } }), 'a key on P-256')
    refuses('MALFORMED', documentOf({ certificates: { enclave: { hash: 'sha256' } } }), 'SHA-256')
    const unknown = (isCritical: boolean) => [extension('551d36', Buffer.of(5, 0), isCritical)]
    const changed = (extensions: readonly Buffer[]) => documentOf({ certificates: { zone: { extensions } } })
    refuses('MALFORMED', changed(unknown(true)), 'an unknown critical extension')
    assert.equal(look(changed(unknown(false))).image, 'release 1')
    refuses('MALFORMED', changed([extension('551d0f', Buffer.of(3, 2, 1, 6))]), 'keyUsage twice')
    refuses('MALFORMED', documentOf({ certificate: Buffer.from('x') }), 'none')
    const long = [extension('551d36', Buffer.alloc(1024), false)]
    refuses('MALFORMED', changed(long), 'a certificate that is too long')
  })
})
