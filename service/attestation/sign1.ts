import { decodeCbor, isList, isMap } from './cbor.ts'
import { malformed } from './refused.ts'

/** A payload with one signature over it (COSE_Sign1 of RFC 9052), by ES384. */
export interface Sign1 {
  readonly payload: Uint8Array
  /** What is signed: payload and protected header, as `Sig_structure` has them. */
  readonly signed: Uint8Array
  /** r and s, 48 bytes each. */
  readonly signature: Uint8Array
}

const TAG = 0xd2
const ALGORITHM = 1n
const ES384 = -35n
const SIGNATURE_BYTES = 96

/** Reads one, tagged or not. Throws AttestationRefused, MALFORMED, also for another algorithm and for any other header. */
export function decodeSign1(bytes: Uint8Array): Sign1 {
  const item = decodeCbor(bytes[0] === TAG ? bytes.subarray(1) : bytes)
  if (!isList(item) || item.length !== 4) throw malformed('it is no COSE_Sign1')
  const [head, others, payload, signature] = item
  if (!(head instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array)) {
    throw malformed('its header, payload and signature are not bytes')
  }
  const header = decodeCbor(head)
  if (!isMap(header) || header.size !== 1 || header.get(ALGORITHM) !== ES384) {
    throw malformed('its protected header is another one than that of ES384')
  }
  if (!isMap(others) || others.size > 0) throw malformed('it has headers that are not protected')
  if (signature.length !== SIGNATURE_BYTES) throw malformed(`its signature has not ${SIGNATURE_BYTES} bytes`)
  return { payload, signature, signed: signedBytes(head, payload) }
}

/** The `Sig_structure` of RFC 9052, 4.4, without data from outside. */
function signedBytes(head: Uint8Array, payload: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from('\x84\x6aSignature1', 'latin1'),
    ...byteString(head),
    Buffer.of(0x40),
    ...byteString(payload),
  ])
}

function byteString(bytes: Uint8Array): readonly Uint8Array[] {
  const { length } = bytes
  if (length < 24) return [Buffer.of(0x40 | length), bytes]
  if (length < 1 << 8) return [Buffer.of(0x58, length), bytes]
  return [Buffer.of(0x59, length >> 8, length & 0xff), bytes]
}
