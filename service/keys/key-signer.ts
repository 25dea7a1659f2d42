import {
  AbstractSigner,
  hashMessage,
  type Provider,
  resolveAddress,
  resolveProperties,
  Transaction,
  type TransactionRequest,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
} from 'ethers'
import type { KeyProvider } from './key-provider.ts'

/** Signs as an operator, or as who pays, with what holds the key, wherever that is. */
export class KeySigner extends AbstractSigner {
  readonly address: string
  readonly #keys: KeyProvider

  constructor(keys: KeyProvider, address: string, provider?: Provider | null) {
    super(provider)
    this.address = address
    this.#keys = keys
  }

  async getAddress(): Promise<string> {
    return this.address
  }

  connect(provider: Provider | null): KeySigner {
    return new KeySigner(this.#keys, this.address, provider)
  }

  /** Throws KEY_UNSAFE as {@link KeyProvider.sign}; a transaction from another address is refused. */
  async signTransaction(request: TransactionRequest): Promise<string> {
    const { from, to, ...rest } = await resolveProperties(request)
    if (from != null && (await resolveAddress(from, this.provider)) !== this.address) {
      throw new TypeError(`signs for ${this.address} alone`)
    }
    const unsigned = { ...rest, ...(to == null ? {} : { to: await resolveAddress(to, this.provider) }) }
    const transaction = Transaction.from(unsigned as Parameters<typeof Transaction.from>[0])
    transaction.signature = await this.#sign(transaction.unsignedHash)
    return transaction.serialized
  }

  async signMessage(message: string | Uint8Array): Promise<string> {
    return (await this.#sign(hashMessage(message))).serialized
  }

  async signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return (await this.#sign(TypedDataEncoder.hash(domain, types, value))).serialized
  }

  #sign(digest: string) {
    return this.#keys.sign(Buffer.from(digest.slice(2), 'hex'), this.address)
  }
}
