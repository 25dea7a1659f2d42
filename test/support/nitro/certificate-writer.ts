import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { bits, der, integer, nameOf, oid, sequence, TRUE, time } from './der-writer.ts'

export const CA_USAGE = 0x06
export const LEAF_USAGE = 0x80
const DAY = 86_400_000

/** A certificate to be made; what is left out is as in an honest chain. */
export interface NewCertificate {
  readonly subject: string
  readonly issuer: string
  readonly key: KeyObject
  /** Of the issuer. */
  readonly signWith: KeyObject
  readonly now: number
  readonly isAuthority: boolean
  readonly from?: number
  readonly until?: number
  readonly pathLength?: number | undefined
  readonly usage?: number
  readonly extensions?: readonly Buffer[]
  readonly hash?: 'sha384' | 'sha256'
}

const ALGORITHMS = { sha384: sequence(oid('2a8648ce3d040303')), sha256: sequence(oid('2a8648ce3d040302')) }

export function p384() {
  return generateKeyPairSync('ec', { namedCurve: 'P-384' })
}

export function extension(name: string, value: Buffer, isCritical = true): Buffer {
  return sequence(oid(name), ...(isCritical ? [TRUE] : []), der(0x04, value))
}

/** DER of a certificate of version 3. */
export function certificate(one: NewCertificate): Buffer {
  const { subject, issuer, key, signWith, now, isAuthority, pathLength, hash = 'sha384', extensions = [] } = one
  const { from = now - DAY, until = now + DAY, usage = isAuthority ? CA_USAGE : LEAF_USAGE } = one
  const length = pathLength === undefined ? [] : [integer(pathLength)]
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1 + subject.length),
    ALGORITHMS[hash],
    nameOf(issuer),
    sequence(time(from), time(until)),
    nameOf(subject),
    key.export({ format: 'der', type: 'spki' }),
    der(
      0xa3,
      sequence(
        extension('551d13', isAuthority ? sequence(TRUE, ...length) : sequence()),
        extension('551d0f', bits(usage)),
        ...extensions,
      ),
    ),
  )
  return sequence(body, ALGORITHMS[hash], der(0x03, Buffer.of(0), sign(hash, body, signWith)))
}

/** DER of an authority without bound, as far as its extensions say, in which that certificate stands as PEM: OpenSSL's readers see this one. */
export function inShell(inner: Buffer): Buffer {
  const text = inner.toString('base64').replaceAll(/.{64}/g, '$&\n')
  const pem = `\n-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`
  const uses = sequence(extension('551d13', sequence(TRUE)), extension('551d0f', bits(CA_USAGE)))
  const body = sequence(der(0xa0, integer(2)), integer(1), ALGORITHMS.sha384, der(0xa3, uses))
  return sequence(body, ALGORITHMS.sha384, der(0x04, Buffer.from(pem)))
}
