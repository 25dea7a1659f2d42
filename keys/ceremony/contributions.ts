import { malformed } from './sections.ts'

/** What a contribution leaves behind in a .zkey file: the public key of its secret, with the proof that it is known. */
export interface Contribution {
  /** delta in G1 after it. Points are affine, in the form of the file. */
  readonly deltaAfter: Uint8Array
  /** s and x s in G1 for a random s, x being the secret. */
  readonly g1s: Uint8Array
  readonly g1sx: Uint8Array
  /** x p in G2, where p is hashed from `transcript`. */
  readonly g2spx: Uint8Array
  /** BLAKE2b-512 over the circuit hash, all contributions before, s and x s. */
  readonly transcript: Uint8Array
  readonly name: string | undefined
  /** Set for a beacon, whose secret is no secret. */
  readonly beacon: { readonly value: string; readonly iterationsExponent: number } | undefined
}

const FIXED_BYTES = 3 * 64 + 128 + 64 + 4 + 4
const MAX_CONTRIBUTIONS = 10_000

/** Reads section 10 of a .zkey file. Throws CEREMONY_INVALID. */
export function readContributions(bytes: Buffer, path: string) {
  let at = 0
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw malformed(path, 'ends inside its list of contributions')
    at += length
    return bytes.subarray(at - length, at)
  }
  const copy = (length: number) => new Uint8Array(take(length))
  const circuitHash = copy(64)
  const count = take(4).readUInt32LE()
  if (count > MAX_CONTRIBUTIONS || count * FIXED_BYTES > bytes.length) {
    throw malformed(path, `says that it has ${count} contributions`)
  }
  const contributions = Array.from({ length: count }, (): Contribution => {
    const points = { deltaAfter: copy(64), g1s: copy(64), g1sx: copy(64), g2spx: copy(128), transcript: copy(64) }
    const type = take(4).readUInt32LE()
    const parameters = readParameters(take(take(4).readUInt32LE()), path)
    const { name, value, iterationsExponent } = parameters
    if (type === 0 && value === undefined && iterationsExponent === undefined)
      return { ...points, name, beacon: undefined }
    if (type === 1 && value !== undefined && iterationsExponent !== undefined) {
      return { ...points, name, beacon: { value, iterationsExponent } }
    }
    throw malformed(path, `has a contribution of type ${type} with the parameters of another type`)
  })
  if (at !== bytes.length) throw malformed(path, 'has bytes after its last contribution')
  return { circuitHash, contributions }
}

/** A list of (tag, value), tags rising: 1 name, 2 exponent of the beacon's iterations, 3 the beacon. */
function readParameters(bytes: Buffer, path: string) {
  const result: { name?: string; value?: string; iterationsExponent?: number } = {}
  let at = 0
  let last = 0
  const byte = () => bytes[at++] ?? -1
  while (at < bytes.length) {
    const tag = byte()
    if (tag <= last || tag > 3) throw malformed(path, 'has a contribution with unknown parameters')
    last = tag
    const length = byte()
    if (tag === 2) {
      result.iterationsExponent = length
      continue
    }
    const content = bytes.subarray(at, at + length)
    if (length < 0 || content.length !== length) throw malformed(path, 'has a contribution that ends early')
    at += length
    if (tag === 1) result.name = content.toString('utf8')
    else result.value = content.toString('hex')
  }
  return { name: result.name, value: result.value, iterationsExponent: result.iterationsExponent }
}
