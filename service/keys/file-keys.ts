import { createHash, randomBytes } from 'node:crypto'
import { computeAddress, type Signature, SigningKey } from 'ethers'
import { broken, decrypt, encrypt, NONCE_BYTES } from '../sealing/cipher.ts'
import { type KeyProvider, versionOf, withoutVersion, withVersion } from './key-provider.ts'
import type { KeyStore } from './key-store.ts'
import { recoverable } from './secp256k1.ts'

/** The keys of a key store, in this process's memory. */
export class FileKeys implements KeyProvider {
  readonly operator: string
  readonly version: number
  readonly #operator: SigningKey
  readonly #sealing: ReadonlyMap<number, Buffer>

  constructor({ operator, sealing }: KeyStore) {
    this.#operator = new SigningKey(operator)
    this.operator = computeAddress(this.#operator)
    this.#sealing = new Map(sealing.map(({ version, key }) => [version, Buffer.from(key, 'hex')]))
    this.version = Math.max(...this.#sealing.keys())
  }

  async sign(digest: Uint8Array): Promise<Signature> {
    const { r, s } = this.#operator.sign(digest)
    return recoverable({ r: BigInt(r), s: BigInt(s) }, digest, this.operator)
  }

  /** Nonces are random: after 2^32 data keys under one version two of them are alike with a chance of 2^-33. */
  async wrap(key: Uint8Array, name: string): Promise<Uint8Array> {
    const nonce = randomBytes(NONCE_BYTES)
    const wrapped = encrypt(this.#sealing.get(this.version)!, { nonce, name: `key of ${name}` }, key)
    return withVersion(this.version, Buffer.concat([nonce, wrapped]))
  }

  async unwrap(wrapped: Uint8Array, name: string): Promise<Uint8Array> {
    const key = this.#sealing.get(versionOf(wrapped))
    if (key === undefined) throw broken(name)
    const body = withoutVersion(wrapped)
    const nonce = body.subarray(0, NONCE_BYTES)
    if (nonce.length < NONCE_BYTES) throw broken(name)
    return decrypt(key, { nonce, name: `key of ${name}` }, body.subarray(NONCE_BYTES))
  }
}

/** What tells a sealing key from others without giving it away, 16 hex digits. */
export function fingerprint(key: string): string {
  const hash = createHash('sha256').update('zkclear sealing key').update(Buffer.from(key, 'hex'))
  return hash.digest('hex').slice(0, 16)
}
