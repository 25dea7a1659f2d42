import { malformed } from './refused.ts'

/** An element of DER (X.690): its tag, what is in it, and all of it. */
export interface Der {
  readonly tag: number
  readonly body: Uint8Array
  readonly whole: Uint8Array
}

export const DER = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, sequence: 0x30 } as const

/** The elements that the bytes are, one behind the other. Throws AttestationRefused, MALFORMED, for what is no DER. */
export function readDer(bytes: Uint8Array): readonly Der[] {
  const elements: Der[] = []
  for (let at = 0; at < bytes.length; ) {
    const [tag, first] = [bytes[at]!, bytes[at + 1]]
    if ((tag & 0x1f) === 0x1f || first === undefined) throw malformed('a certificate is no DER')
    const size = first < 0x80 ? 0 : first - 0x80
    const start = at + 2 + size
    if (first === 0x80 || size > 2 || start > bytes.length) throw malformed('a certificate is no DER')
    const length = size === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0)
    const least = size === 0 ? 0 : size === 1 ? 0x80 : 0x100
    const end = start + length
    if (length < least || end > bytes.length) throw malformed('a certificate is no DER')
    elements.push({ tag, body: bytes.subarray(start, end), whole: bytes.subarray(at, end) })
    at = end
  }
  return elements
}

/** What is in an element of that tag. Throws AttestationRefused, MALFORMED, where it is another one or none. */
export function bodyOf(element: Der | undefined, tag: number): Uint8Array {
  if (element?.tag === tag) return element.body
  throw malformed('a certificate is not in form')
}
