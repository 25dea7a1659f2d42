import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { computeAddress, type Signature, SigningKey } from 'ethers'
import { broken, decrypt, encrypt, NONCE_BYTES } from '../sealing/cipher.ts'
import type { FileStore } from './file-store.ts'
import { type KeyProvider, type LogSigner, versionOf, withoutVersion, withVersion } from './key-provider.ts'
import { recoverable } from './secp256k1.ts'

/** The keys of a key store that holds them itself, in this process's memory. */
export class FileKeys implements KeyProvider {
  readonly operators: readonly string[]
  readonly gas: readonly string[]
  readonly version: number
  readonly log: LogSigner
  readonly #signing: ReadonlyMap<string, SigningKey>
  readonly #sealing: ReadonlyMap<number, Buffer>

  constructor({ operators, gas, log, sealing }: FileStore) {
    this.operators = operators.map(({ key }) => computeAddress(key))
    this.gas = gas.map(({ key }) => computeAddress(key))
    this.#signing = new Map([...operators, ...gas].map(({ key }) => [computeAddress(key), new SigningKey(key)]))
    this.log = logSigner(ed25519(log))
    this.#sealing = new Map(sealing.map(({ version, key }) => [version, Buffer.from(key, 'hex')]))
    this.version = Math.max(...this.#sealing.keys())
  }

  async sign(digest: Uint8Array, address: string): Promise<Signature> {
    const key = this.#signing.get(address)
    if (key === undefined) throw new TypeError(`no key of ${address} here`)
    const { r, s } = key.sign(digest)
    return recoverable({ r: BigInt(r), s: BigInt(s) }, digest, address)
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

/** What comes before the 32 bytes of a private key of Ed25519 in PKCS #8 (RFC 8410). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Of its 32 bytes in hex. */
function ed25519(key: string): KeyObject {
  const der = Buffer.concat([PKCS8_ED25519, Buffer.from(key, 'hex')])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function logSigner(key: KeyObject): LogSigner {
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return { publicKey, sign: async (message) => sign(null, message, key) }
}
