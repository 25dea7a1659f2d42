import { type KeyObject, X509Certificate } from 'node:crypto'
import { bodyOf, DER, type Der, readDer } from './der.ts'
import { malformed } from './refused.ts'

/** A certificate, with what of it says what it may be used for. */
export interface Certificate {
  readonly x509: X509Certificate
  readonly key: KeyObject
  /** Unix milliseconds from which, and up to which, it is valid. */
  readonly from: number
  readonly until: number
  /** Whether it is an authority's, and how many of other authorities may stand between it and the last one; undefined: any number. */
  readonly isAuthority: boolean
  readonly pathLength: number | undefined
  readonly signsCertificates: boolean
  readonly signsOtherThings: boolean
}

const MOST_BYTES = 1024
const CURVE = 'secp384r1'
/** The algorithm's identifier ecdsa-with-SHA384, and the names of the two extensions that are understood. */
const ECDSA_SHA384 = '300a06082a8648ce3d040303'
const BASIC_CONSTRAINTS = '551d13'
const KEY_USAGE = '551d0f'
const VERSION_3 = 'a003020102'
const EXTENSIONS = 0xa3
const TRUE = 'ff'

/**
 * Reads a certificate (X.509 of version 3) of an authority's or an enclave's key on P-384, signed by ECDSA with SHA-384. Throws
 * AttestationRefused, MALFORMED, for all others, and for one with a critical extension but basicConstraints and keyUsage.
 */
export function readCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > MOST_BYTES) throw malformed(`a certificate has more than ${MOST_BYTES} bytes`)
  const [all, ...rest] = readDer(bytes)
  const [body, algorithm] = readDer(bodyOf(all, DER.sequence))
  if (rest.length > 0) throw malformed('bytes follow a certificate')
  const fields = readDer(bodyOf(body, DER.sequence))
  // The version, the serial number, and then how it is signed, which stands outside of what is signed too.
  if (hex(fields[0]) !== VERSION_3) throw malformed('a certificate is not of version 3')
  if (hex(fields[2]) !== ECDSA_SHA384 || hex(algorithm) !== ECDSA_SHA384) {
    throw malformed('a certificate is signed otherwise than by ECDSA with SHA-384')
  }
  const x509 = parsed(bytes)
  const [from, until] = [x509.validFromDate.getTime(), x509.validToDate.getTime()]
  if (Number.isNaN(from) || Number.isNaN(until)) throw malformed('a certificate has times that are none')
  return { ...{ x509, from, until, key: keyOf(x509) }, ...usesOf(extensionsOf(fields.at(-1))) }
}

function parsed(bytes: Uint8Array): X509Certificate {
  try {
    const x509 = new X509Certificate(bytes)
    // It looks for PEM first, anywhere in the bytes: what is signed would be another certificate than the one that says what it is for.
    if (x509.raw.equals(bytes)) return x509
  } catch {
    // Told below.
  }
  throw malformed('a certificate is none')
}

function keyOf(x509: X509Certificate): KeyObject {
  try {
    const key = x509.publicKey
    if (key.asymmetricKeyDetails?.namedCurve === CURVE) return key
  } catch {
    // Told below.
  }
  throw malformed(`a certificate has no key on ${CURVE}`)
}

/** What each extension that is understood holds, by its name. */
function extensionsOf(last: Der | undefined): ReadonlyMap<string, Uint8Array> {
  const [list] = readDer(bodyOf(last, EXTENSIONS))
  const found = new Map<string, Uint8Array>()
  for (const extension of readDer(bodyOf(list, DER.sequence))) {
    const [name, ...rest] = readDer(bodyOf(extension, DER.sequence))
    const [critical, value] = rest.length === 2 ? rest : [undefined, rest[0]]
    const isCritical = critical !== undefined && Buffer.from(bodyOf(critical, DER.boolean)).toString('hex') === TRUE
    const oid = Buffer.from(bodyOf(name, DER.oid)).toString('hex')
    if (found.has(oid)) throw malformed('an extension of a certificate is there twice')
    if (isCritical && oid !== BASIC_CONSTRAINTS && oid !== KEY_USAGE) {
      throw malformed('a certificate has a critical extension that is not known')
    }
    found.set(oid, bodyOf(value, DER.octets))
  }
  return found
}

type Uses = Pick<Certificate, 'isAuthority' | 'pathLength' | 'signsCertificates' | 'signsOtherThings'>

function usesOf(extensions: ReadonlyMap<string, Uint8Array>): Uses {
  const [basic] = readDer(extensions.get(BASIC_CONSTRAINTS) ?? new Uint8Array())
  const [first, second] = basic === undefined ? [] : readDer(bodyOf(basic, DER.sequence))
  const isAuthority = first?.tag === DER.boolean && hex(first).endsWith(TRUE)
  const length = first?.tag === DER.integer ? first : second
  const pathLength = length === undefined ? undefined : smallInteger(length)
  const [usage] = readDer(extensions.get(KEY_USAGE) ?? new Uint8Array())
  // The first byte of a string of bits says how many of the last byte are none.
  const bits = usage === undefined ? 0 : (bodyOf(usage, DER.bits)[1] ?? 0)
  return {
    ...{ isAuthority, pathLength },
    signsCertificates: (bits & 0x04) !== 0,
    signsOtherThings: (bits & 0x80) !== 0,
  }
}

function smallInteger(element: Der): number {
  const body = bodyOf(element, DER.integer)
  if (body.length === 1 && body[0]! < 0x80) return body[0]!
  throw malformed('a certificate allows a path of no length')
}

function hex(element: Der | undefined): string {
  return element === undefined ? '' : Buffer.from(element.whole).toString('hex')
}
