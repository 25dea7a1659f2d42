import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import { leafHash, nodeHash } from '../../log/hash.ts'

/** A record that is an accepted message of account 7. */
export const ACCEPTED = Buffer.from(
  '\u0001{"kind":"message","bundle":{"messages":[{"account":7}]},"verdict":"ACCEPTED"}',
)

/** Hashes of leaves that differ. */
export const leavesOf = (count: number, name = 'leaf') =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`${name} ${i}`)))

const split = (count: number) => {
  let k = 1
  while (2 * k < count) k *= 2
  return k
}

/** MTH of RFC 6962, 2.1, as it stands there, over hashes of leaves. */
export function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hash('sha256', '', 'buffer')
  if (leaves.length === 1) return leaves[0]!
  const k = split(leaves.length)
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

/** PATH of RFC 6962, 2.1.1. */
export function naivePath(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return []
  const k = split(leaves.length)
  return m < k
    ? [...naivePath(m, leaves.slice(0, k)), naiveRoot(leaves.slice(k))]
    : [...naivePath(m - k, leaves.slice(k)), naiveRoot(leaves.slice(0, k))]
}

/** PROOF of RFC 6962, 2.1.2. */
export function naiveConsistency(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  return naiveSubproof(m, leaves, true)
}

function naiveSubproof(m: number, leaves: readonly Uint8Array[], isWhole: boolean): Uint8Array[] {
  if (m === leaves.length) return isWhole ? [] : [naiveRoot(leaves)]
  const k = split(leaves.length)
  return m <= k
    ? [...naiveSubproof(m, leaves.slice(0, k), isWhole), naiveRoot(leaves.slice(k))]
    : [...naiveSubproof(m - k, leaves.slice(k), false), naiveRoot(leaves.slice(0, k))]
}

/** Every way to change one bit of a list of hashes, to leave one out and to add one. */
export function* mutations(path: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (const [i, one] of path.entries()) {
    for (let byte = 0; byte < one.length; byte++) {
      const changed = Uint8Array.from(one)
      changed[byte]! ^= 1
      yield path.with(i, changed)
    }
    yield path.toSpliced(i, 1)
    yield path.toSpliced(i, 0, one)
  }
  yield [...path, leafHash(Buffer.from('extra'))]
}

/** A log that signs whatever it is told to. */
export class LyingLog {
  readonly origin: string
  readonly key: string
  readonly #private: KeyObject
  readonly #id: Buffer

  constructor(origin = 'zkclear/31337/0x00/0') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const encoded = Buffer.concat([Buffer.from([1]), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)])
    this.origin = origin
    this.#private = privateKey
    this.#id = hash('sha256', Buffer.concat([Buffer.from(`${origin}\n`), encoded]), 'buffer').subarray(0, 4)
    this.key = `${origin}+${this.#id.toString('hex')}+${encoded.toString('base64')}`
  }

  /** A checkpoint over these leaves. */
  checkpoint(leaves: readonly Uint8Array[], time = 1000n): string {
    return this.note(
      `${this.origin}\n${leaves.length}\n${Buffer.from(naiveRoot(leaves)).toString('base64')}\ntime ${time}\n`,
    )
  }

  note(text: string): string {
    const signature = Buffer.concat([this.#id, sign(null, Buffer.from(text), this.#private)])
    return `${text}\n— ${this.origin} ${signature.toString('base64')}\n`
  }
}
