import { malformed } from './refused.ts'

/** An item of CBOR (RFC 8949), of the kinds that attestation documents have. */
export type Cbor = bigint | string | null | Uint8Array | readonly Cbor[] | CborMap
export type CborMap = ReadonlyMap<bigint | string, Cbor>

export function isList(item: Cbor | undefined): item is readonly Cbor[] {
  return Array.isArray(item)
}

export function isMap(item: Cbor | undefined): item is CborMap {
  return item instanceof Map
}

/** How far items may stand in each other. */
const MOST_DEPTH = 4

/**
 * The one item that the bytes are. Strict: lengths are definite and numbers as short as they can be, no key is there twice, and nothing
 * follows. Throws AttestationRefused, MALFORMED, for all else, tags, floats and simple values but null included.
 */
export function decodeCbor(bytes: Uint8Array): Cbor {
  const reader = new Reader(bytes)
  const item = reader.item(0)
  if (reader.isAtEnd) return item
  throw malformed('bytes follow what should be all')
}

const NULL = 0xf6

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  item(depth: number): Cbor {
    if (depth > MOST_DEPTH) throw malformed(`items stand more than ${MOST_DEPTH} deep`)
    const first = this.#take(1)[0]!
    if (first === NULL) return null
    const value = this.#value(first & 0x1f)
    switch (first >> 5) {
      case 0:
        return value
      case 1:
        return -1n - value
      case 2:
        return this.#take(value)
      case 3:
        return text(this.#take(value))
      case 4:
        return this.#list(value, depth)
      case 5:
        return this.#map(value, depth)
      default:
        throw malformed('a tag, a float or a simple value stands where there is none')
    }
  }

  /** The number that a head holds or that follows it. */
  #value(info: number): bigint {
    if (info < 24) return BigInt(info)
    if (info > 27) throw malformed('a length is indefinite, or no length')
    const size = 1 << (info - 24)
    const value = this.#take(size).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    const least = size === 1 ? 24n : 1n << BigInt(4 * size)
    if (value < least) throw malformed('a number is longer than it has to be')
    return value
  }

  #list(length: bigint, depth: number): readonly Cbor[] {
    const items: Cbor[] = []
    // Each takes a byte at least, so a length that is made up ends with the bytes.
    for (let left = length; left > 0n; left--) items.push(this.item(depth + 1))
    return items
  }

  #map(length: bigint, depth: number): CborMap {
    const items = new Map<bigint | string, Cbor>()
    for (let left = length; left > 0n; left--) {
      const key = this.item(depth + 1)
      if (typeof key !== 'bigint' && typeof key !== 'string') throw malformed('a key is neither a number nor text')
      if (items.has(key)) throw malformed('a key is there twice')
      items.set(key, this.item(depth + 1))
    }
    return items
  }

  #take(length: number | bigint): Uint8Array {
    if (BigInt(length) > BigInt(this.#bytes.length - this.#at)) throw malformed('it ends too soon')
    const start = this.#at
    this.#at += Number(length)
    return this.#bytes.subarray(start, this.#at)
  }
}

function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed('a text is no UTF-8')
  }
}
