import { createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import { verifyChain } from './chain.ts'
import { decodeDocument } from './document.ts'
import { seal } from './hpke.ts'
import type { AllowedImage, AttestationPolicy } from './policy.ts'
import { AttestationRefused, malformed } from './refused.ts'
import { decodeSign1 } from './sign1.ts'

/** An enclave that was attested. */
export interface AttestedEnclave {
  /** Which of the policy's images it runs. */
  readonly image: string
  /** To which its inputs are wrapped: X25519. */
  readonly key: KeyObject
  /** Until when its certificates are valid: unix milliseconds. */
  readonly until: number
}

export interface AttestationTerms {
  readonly policy: AttestationPolicy
  /** What the document was asked for with. */
  readonly nonce: Uint8Array
  /** The venue's clock, unix milliseconds. */
  readonly now: number
}

/** Longest document: the payload of one has 16 KiB at most. */
export const MOST_DOCUMENT_BYTES = 20 << 10
/** How far the clock of the enclave's machine may be from the venue's, in milliseconds. */
const MOST_SKEW_MS = 300_000

/**
 * What an attestation document says, signed as COSE_Sign1, of an enclave that the policy allows. In order: its form; that the chain is
 * valid and begins with the pinned root; that the key at its end signed it; that it is of now, and for this nonce; that the enclave is
 * not in debug mode and runs an allowed image; that it has a key. Throws AttestationRefused.
 */
export function verifyAttestation(bytes: Uint8Array, { policy, nonce, now }: AttestationTerms): AttestedEnclave {
  if (bytes.length > MOST_DOCUMENT_BYTES) throw malformed(`it has more than ${MOST_DOCUMENT_BYTES} bytes`)
  const { payload, signed, signature } = decodeSign1(bytes)
  const document = decodeDocument(payload)
  const { key, until } = verifyChain(document.chain, { root: policy.root, now })
  if (!verify('sha384', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) {
    throw new AttestationRefused('SIGNATURE', 'it was not signed with the key of its certificate')
  }
  if (Math.abs(document.timestamp - now) > MOST_SKEW_MS) {
    throw new AttestationRefused('VALIDITY', `it was made more than ${MOST_SKEW_MS / 1000} s before or after now`)
  }
  if (document.nonce?.length !== nonce.length || !timingSafeEqual(document.nonce, nonce)) {
    throw new AttestationRefused('NONCE', 'it is for another nonce')
  }
  const image = imageOf(document.pcrs, policy.images)
  return { image, key: readKey(document.publicKey), until }
}

function imageOf(pcrs: ReadonlyMap<number, Uint8Array>, images: readonly AllowedImage[]): string {
  if (pcrs.get(0)?.every((byte) => byte === 0)) {
    throw new AttestationRefused('DEBUG', 'the enclave is in debug mode: whoever runs its machine can read it')
  }
  const measured = (index: number) => Buffer.from(pcrs.get(index) ?? []).toString('hex')
  const found = images.find((image) => [...image.pcrs].every(([index, value]) => measured(index) === value))
  if (found !== undefined) return found.name
  throw new AttestationRefused('IMAGE', 'the enclave runs none of the images that the policy allows')
}

/** A public key of X25519, as SubjectPublicKeyInfo, that something can be sealed to. */
function readKey(bytes: Uint8Array | undefined): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(bytes!), format: 'der', type: 'spki' })
    // Refuses a key of another kind, and a point of small order, with which everybody could open it.
    seal(key, { info: '', context: new Uint8Array() }, new Uint8Array())
    return key
  } catch {
    throw new AttestationRefused('KEY', 'it has no public key of X25519, as SubjectPublicKeyInfo in DER')
  }
}
