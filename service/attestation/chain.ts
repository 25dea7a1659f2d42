import type { KeyObject } from 'node:crypto'
import { sha256 } from '../jobs/digest.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { AttestationRefused, malformed } from './refused.ts'

/** Certificates from the root down to the one of the key that signs documents: each was issued by the one before it. */
export interface Chain {
  /** As the document has them, DER; the root's first. */
  readonly authorities: readonly Uint8Array[]
  readonly last: Uint8Array
}

const MOST_AUTHORITIES = 8

/**
 * The key that a chain certifies, and until when, in unix milliseconds. `root`: sha256 of the root's certificate, in hex; `now`: unix
 * milliseconds. Throws AttestationRefused: MALFORMED, ROOT, VALIDITY, CHAIN.
 */
export function verifyChain(
  { authorities, last }: Chain,
  { root, now }: { readonly root: string; readonly now: number },
): { readonly key: KeyObject; readonly until: number } {
  const [first] = authorities
  if (first === undefined || authorities.length > MOST_AUTHORITIES) {
    throw malformed(`it has not one to ${MOST_AUTHORITIES} certificates of authorities`)
  }
  if (sha256(first).toString('hex') !== root) throw new AttestationRefused('ROOT', 'its root is not the pinned one')
  const path = [...authorities, last].map((bytes) => readCertificate(bytes))
  for (const [i, one] of path.entries()) {
    requireValid(one, now)
    if (i > 0) requireIssued(one, path[i - 1]!)
    if (i < authorities.length) requireAuthority(one, authorities.length - 1 - i)
  }
  const { key, isAuthority, signsOtherThings } = path.at(-1)!
  if (isAuthority || !signsOtherThings) throw broken('its last certificate is not of a key that signs documents')
  return { key, until: Math.min(...path.map(({ until }) => until)) }
}

function requireValid({ from, until }: Certificate, now: number): void {
  if (from <= now && now <= until) return
  const [begins, ends] = [from, until].map((ms) => new Date(ms).toISOString())
  throw new AttestationRefused('VALIDITY', `a certificate is valid from ${begins} to ${ends}`)
}

function requireIssued({ x509 }: Certificate, issuer: Certificate): void {
  if (x509.checkIssued(issuer.x509) && x509.verify(issuer.key)) return
  throw broken('a certificate was not issued by the one before it')
}

/** `below`: how many other authorities stand between it and the last one. */
function requireAuthority({ isAuthority, signsCertificates, pathLength }: Certificate, below: number): void {
  if (!isAuthority || !signsCertificates) throw broken('a certificate that issues others is not of an authority')
  if (pathLength !== undefined && below > pathLength) throw broken('an authority stands further up than it may')
}

function broken(message: string): AttestationRefused {
  return new AttestationRefused('CHAIN', message)
}
