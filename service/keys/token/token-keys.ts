import { randomBytes } from 'node:crypto'
import type { Signature } from 'ethers'
import { broken, NONCE_BYTES } from '../../sealing/cipher.ts'
import { type KeyProvider, type LogSigner, versionOf, withoutVersion, withVersion } from '../key-provider.ts'
import { recoverable } from '../secp256k1.ts'
import { Token } from './token.ts'
import type { TokenStore } from './token-store.ts'

/** The keys of a key store whose keys are in a token. */
export class TokenKeys implements KeyProvider, Disposable {
  readonly operators: readonly string[]
  readonly gas: readonly string[]
  readonly version: number
  readonly log: LogSigner
  readonly #token: Token
  readonly #signing: ReadonlyMap<string, string>
  readonly #sealing: ReadonlyMap<number, string>

  private constructor(token: Token, { operators, gas, log, sealing }: TokenStore) {
    this.#token = token
    this.#signing = new Map([...operators, ...gas].map(({ address, id }) => [address, id]))
    this.operators = operators.map(({ address }) => address)
    this.gas = gas.map(({ address }) => address)
    this.#sealing = new Map(sealing.map(({ version, id }) => [version, id]))
    this.version = Math.max(...this.#sealing.keys())
    this.log = {
      publicKey: Buffer.from(log.publicKey, 'hex'),
      sign: async (message) => token.signEddsa(log.id, message),
    }
  }

  /** Throws INPUT_INVALID where the token cannot be used, FILE_UNREADABLE for its PIN. */
  static async open(store: TokenStore): Promise<TokenKeys> {
    return new TokenKeys(await Token.open(store.token), store)
  }

  /** Throws KEYS_UNAVAILABLE where the token fails, KEY_UNSAFE for another key's signature. */
  async sign(digest: Uint8Array, address: string): Promise<Signature> {
    const id = this.#signing.get(address)
    if (id === undefined) throw new TypeError(`no key of ${address} here`)
    const signed = this.#token.signEcdsa(id, digest).toString('hex')
    return recoverable({ r: BigInt(`0x${signed.slice(0, 64)}`), s: BigInt(`0x${signed.slice(64)}`) }, digest, address)
  }

  /** Nonces are random, as in a file's. Throws KEYS_UNAVAILABLE. */
  async wrap(key: Uint8Array, name: string): Promise<Uint8Array> {
    const nonce = randomBytes(NONCE_BYTES)
    const wrapped = this.#token.encrypt(this.#sealing.get(this.version)!, { nonce, name: `key of ${name}` }, key)
    return withVersion(this.version, Buffer.concat([nonce, wrapped]))
  }

  async unwrap(wrapped: Uint8Array, name: string): Promise<Uint8Array> {
    const id = this.#sealing.get(versionOf(wrapped))
    const body = withoutVersion(wrapped)
    const nonce = body.subarray(0, NONCE_BYTES)
    if (id === undefined || nonce.length < NONCE_BYTES) throw broken(name)
    const key = this.#token.decrypt(id, { nonce, name: `key of ${name}` }, body.subarray(NONCE_BYTES))
    if (key === undefined) throw broken(name)
    return key
  }

  [Symbol.dispose](): void {
    this.#token[Symbol.dispose]()
  }
}
