import { createHmac, randomBytes } from 'node:crypto'
import { ZkclearError } from '../../protocol/errors.ts'
import { sha256 } from '../jobs/digest.ts'
import { type KeyWrapper, versionOf } from '../keys/key-provider.ts'
import type { Queryable } from '../postgres/database.ts'
import { broken, decrypt, encrypt, KEY_BYTES, NONCE_BYTES } from './cipher.ts'

/** A data key, and what is stored of it. */
export interface DataKey {
  readonly key: Uint8Array
  readonly wrapped: Buffer
}

/** Something sealed under a data key of its own. */
export interface Sealed {
  readonly sealed: Buffer
  /** The wrapped data key; null where there is none, as of what was stored in clear: that is not taken. */
  readonly key: Buffer | null
}

const DIGEST_KEY = 'digest'
/** A key that seals one thing alone needs no other. */
const ONLY_NONCE = Buffer.alloc(NONCE_BYTES)

/**
 * Seals what a venue stores, and opens it. Everything has a name, which says where it belongs: under another name it does not
 * open, so that whoever swaps rows gains nothing.
 */
export class Sealer {
  readonly #keys: KeyWrapper
  readonly #digestKey: Uint8Array

  private constructor(keys: KeyWrapper, digestKey: Uint8Array) {
    this.#keys = keys
    this.#digestKey = digestKey
  }

  /** Of a database, which begins with these keys if it has none yet. Throws as {@link read}. */
  static async open(database: Queryable, keys: KeyWrapper): Promise<Sealer> {
    const made = await keys.wrap(randomBytes(KEY_BYTES), DIGEST_KEY)
    await database.query('INSERT INTO data_key VALUES ($1, $2) ON CONFLICT DO NOTHING', [DIGEST_KEY, Buffer.from(made)])
    return await Sealer.read(database, keys)
  }

  /**
   * Of a database that has sealed data; `what` is where that came from, for people. Throws INPUT_INVALID for keys that are not those of the
   * data; DATABASE_UNAVAILABLE.
   */
  static async read(database: Queryable, keys: KeyWrapper, what = 'database'): Promise<Sealer> {
    const [row] = await database.query<{ wrapped: Buffer }>(
      'SELECT sealing_key AS wrapped FROM data_key WHERE name = $1',
      [DIGEST_KEY],
    )
    if (row === undefined) {
      const message = 'holds nothing that is sealed; give the data of the venue whose key store this is'
      throw new ZkclearError('INPUT_INVALID', message, { path: 'database' })
    }
    try {
      return new Sealer(keys, await keys.unwrap(row.wrapped, DIGEST_KEY))
    } catch (cause) {
      if (!(cause instanceof ZkclearError) || cause.code !== 'SEAL_BROKEN') throw cause
      const message = `does not hold the key that this ${what} is sealed under (version ${versionOf(row.wrapped)}); give the key store of this venue, or a copy of it that still has that`
      throw new ZkclearError('INPUT_INVALID', message, { path: 'key store', cause })
    }
  }

  /** A new data key for what has that name. */
  async newKey(name: string): Promise<DataKey> {
    const key = randomBytes(KEY_BYTES)
    return { key, wrapped: Buffer.from(await this.#keys.wrap(key, name)) }
  }

  /** Throws SEAL_BROKEN. */
  async unwrap(wrapped: Uint8Array, name: string): Promise<Uint8Array> {
    return await this.#keys.unwrap(wrapped, name)
  }

  /** Seals under a new key, which seals nothing else. */
  async seal(name: string, clear: Uint8Array): Promise<{ readonly sealed: Buffer; readonly key: Buffer }> {
    const { key, wrapped } = await this.newKey(name)
    return { sealed: encrypt(key, { nonce: ONLY_NONCE, name }, clear), key: wrapped }
  }

  /** The inverse. Throws SEAL_BROKEN for anything else than what was sealed under that name. */
  async open(name: string, { sealed, key }: Sealed): Promise<Buffer> {
    if (key === null) throw broken(name)
    return decrypt(await this.unwrap(key, name), { nonce: ONLY_NONCE, name }, sealed)
  }

  /** What tells contents apart, without a word on them to those who lack the key: nobody can try what it might be. */
  digest(clear: Uint8Array): Buffer {
    return this.digestOfHash(sha256(clear))
  }

  /** The same of what only the sha256 is known of. */
  digestOfHash(hash: Uint8Array): Buffer {
    return createHmac('sha256', this.#digestKey).update(hash).digest()
  }
}
