import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { certificate, extension, p384 } from '../nitro/certificate-writer.ts'
import { der, sequence } from '../nitro/der-writer.ts'

/** Names of an address and of localhost, as a certificate has them (RFC 5280, 4.2.1.6). */
function namesOf(address: string): Buffer {
  const bytes = Buffer.from(address.split('.').map(Number))
  return extension('551d11', sequence(der(0x87, bytes), der(0x82, Buffer.from('localhost'))), false)
}

export interface Certificates {
  /** PEM: of the authority, and the certificate of this machine that it issued, with its key. */
  readonly authority: string
  readonly cert: string
  readonly key: string
}

/** An authority that nobody knows, and a certificate of it for an address of this machine and for localhost, good for a day. */
export function certificatesOfThisMachine(address = '127.0.0.1'): Certificates {
  const now = Date.now()
  const [root, own] = [p384(), generateKeyPairSync('ec', { namedCurve: 'P-256' })]
  const issued = { issuer: 'authority of a test', signWith: root.privateKey, now }
  const authority = certificate({ ...issued, subject: issued.issuer, key: root.publicKey, isAuthority: true })
  const cert = certificate({
    ...{ ...issued, subject: 'a venue', key: own.publicKey, isAuthority: false },
    extensions: [namesOf(address)],
  })
  return { authority: pem(authority), cert: pem(cert), key: keyPem(own.privateKey) }
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function keyPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }) as string
}
