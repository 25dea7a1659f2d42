import { randomBytes } from 'node:crypto'
import { ZkclearError } from '../../../protocol/errors.ts'
import { readPrivateFile } from '../private-file.ts'
import { type Attribute, type Cryptoki, type CryptokiModule, type Handle, loadCryptoki } from './cryptoki.ts'
import { login, type TokenPlace } from './login.ts'

/** A key pair in a token. */
export interface TokenPair {
  /** 32 hex digits. */
  readonly id: string
  /** secp256k1: 65 bytes, uncompressed; Ed25519: 32 bytes. */
  readonly publicKey: Buffer
}

/** The names of PKCS#11 3.0, without their prefixes. */
const CLASS = { PUBLIC_KEY: 2, PRIVATE_KEY: 3, SECRET_KEY: 4 }
const KEY = { EC: 0x3, AES: 0x1f, EC_EDWARDS: 0x40 }
const A = {
  ...{ CLASS: 0x0, TOKEN: 0x1, PRIVATE: 0x2, LABEL: 0x3, VALUE: 0x11, KEY_TYPE: 0x100, ID: 0x102, SENSITIVE: 0x103 },
  ...{ ENCRYPT: 0x104, DECRYPT: 0x105, SIGN: 0x108, VERIFY: 0x10a, VALUE_LEN: 0x161, EXTRACTABLE: 0x162 },
  ...{ EC_PARAMS: 0x180, EC_POINT: 0x181 },
}
const MECHANISM = {
  ...{ EC_KEY_PAIR_GEN: 0x1040, ECDSA: 0x1041, EC_EDWARDS_KEY_PAIR_GEN: 0x1055, EDDSA: 0x1057 },
  ...{ AES_KEY_GEN: 0x1080, AES_GCM: 0x1087 },
}
/** Curves as DER: secp256k1 by its OID, Ed25519 by its name. */
const SECP256K1 = Buffer.from('06052b8104000a', 'hex')
const EDWARDS25519 = Buffer.concat([Buffer.from([0x13, 12]), Buffer.from('edwards25519')])

const LABEL = 'zkclear'
const AES_BYTES = 32
const TAG_BITS = 128
const SIGNATURE_BYTES = 64

/**
 * A token that is logged in; keys never leave it. What is asked of it is answered before anything else runs, so that nothing comes between
 * the calls of one operation. Throws KEYS_UNAVAILABLE where the token fails.
 */
export class Token implements Disposable {
  readonly #module: CryptokiModule
  readonly #session: Handle
  readonly #place: TokenPlace
  readonly #found = new Map<string, Handle>()

  private constructor(module: CryptokiModule, session: Handle, place: TokenPlace) {
    this.#module = module
    this.#session = session
    this.#place = place
  }

  /** Throws INPUT_INVALID for a module, token or PIN that is not there or not right; FILE_UNREADABLE. */
  static async open(place: TokenPlace): Promise<Token> {
    const pin = (await readPrivateFile(place.pinFile)).trim()
    const module = await loadCryptoki(place.module)
    try {
      return new Token(module, login(module.library, place, pin), place)
    } catch (error) {
      module[Symbol.dispose]()
      throw error
    }
  }

  /** A new key of secp256k1. */
  makeOperatorKey(): TokenPair {
    return this.#makePair(KEY.EC, MECHANISM.EC_KEY_PAIR_GEN, SECP256K1, 65)
  }

  /** A new key of Ed25519. */
  makeLogKey(): TokenPair {
    return this.#makePair(KEY.EC_EDWARDS, MECHANISM.EC_EDWARDS_KEY_PAIR_GEN, EDWARDS25519, 32)
  }

  /** Takes a private key of secp256k1 in, 32 bytes. Returns its id. */
  takeOperatorKey(privateKey: Uint8Array): string {
    const id = newId()
    const value = [
      { type: A.EC_PARAMS, value: SECP256K1 },
      { type: A.VALUE, value: Buffer.from(privateKey) },
    ]
    this.#ask((library) => library.C_CreateObject(this.#session, [...privateTemplate(id, KEY.EC), ...value]))
    return id
  }

  /** A new key of AES-256. Returns its id. */
  makeSealingKey(): string {
    const id = newId()
    const template = [
      ...secret(id, CLASS.SECRET_KEY, KEY.AES),
      ...[A.ENCRYPT, A.DECRYPT].map((type) => ({ type, value: true })),
      { type: A.VALUE_LEN, value: AES_BYTES },
    ]
    this.#ask((library) => library.C_GenerateKey(this.#session, { mechanism: MECHANISM.AES_KEY_GEN }, template))
    return id
  }

  /** r and s, 32 bytes each, by a key of secp256k1. */
  signEcdsa(id: string, digest: Uint8Array): Buffer {
    return this.#sign(id, MECHANISM.ECDSA, digest)
  }

  /** 64 bytes, by a key of Ed25519. */
  signEddsa(id: string, message: Uint8Array): Buffer {
    return this.#sign(id, MECHANISM.EDDSA, message)
  }

  /** AES-256-GCM: the ciphertext with its tag of 16 bytes behind. */
  encrypt(id: string, parameters: { readonly nonce: Uint8Array; readonly name: string }, clear: Uint8Array): Buffer {
    return this.#ask((library) => {
      library.C_EncryptInit(this.#session, this.#gcm(parameters), this.#key(id, CLASS.SECRET_KEY))
      return library.C_Encrypt(this.#session, Buffer.from(clear), Buffer.alloc(clear.length + TAG_BITS / 8))
    })
  }

  /** The inverse; undefined for what does not open. */
  decrypt(
    id: string,
    parameters: { readonly nonce: Uint8Array; readonly name: string },
    sealed: Uint8Array,
  ): Buffer | undefined {
    if (sealed.length <= TAG_BITS / 8) return undefined
    return this.#ask((library) => {
      library.C_DecryptInit(this.#session, this.#gcm(parameters), this.#key(id, CLASS.SECRET_KEY))
      try {
        return library.C_Decrypt(this.#session, Buffer.from(sealed), Buffer.alloc(sealed.length))
      } catch (error) {
        if (/CKR_(ENCRYPTED_DATA|GENERAL|AEAD_DECRYPT)/.test((error as Error).message)) return undefined
        throw error
      }
    })
  }

  /** Destroys the keys of that id. */
  destroy(id: string): void {
    this.#ask((library) => {
      for (const key of this.#find([{ type: A.ID, value: Buffer.from(id, 'hex') }])) {
        library.C_DestroyObject(this.#session, key)
      }
    })
    this.#found.clear()
  }

  [Symbol.dispose](): void {
    try {
      this.#module.library.C_CloseSession(this.#session)
    } finally {
      this.#module[Symbol.dispose]()
    }
  }

  #makePair(keyType: number, mechanism: number, curve: Buffer, bytes: number): TokenPair {
    const id = newId()
    const publicTemplate = [
      ...object(id, CLASS.PUBLIC_KEY, keyType),
      { type: A.VERIFY, value: true },
      { type: A.EC_PARAMS, value: curve },
    ]
    return this.#ask((library) => {
      const session = this.#session
      const { publicKey } = library.C_GenerateKeyPair(
        session,
        { mechanism },
        publicTemplate,
        privateTemplate(id, keyType),
      )
      const [point] = library.C_GetAttributeValue(session, publicKey, [{ type: A.EC_POINT }])
      // Told as an OCTET STRING in DER; some tokens leave its head away.
      return { id, publicKey: Buffer.from(point!.value.subarray(-bytes)) }
    })
  }

  #sign(id: string, mechanism: number, data: Uint8Array): Buffer {
    return this.#ask((library) => {
      library.C_SignInit(this.#session, { mechanism }, this.#key(id, CLASS.PRIVATE_KEY))
      return library.C_Sign(this.#session, Buffer.from(data), Buffer.alloc(SIGNATURE_BYTES))
    })
  }

  #gcm({ nonce, name }: { readonly nonce: Uint8Array; readonly name: string }) {
    const bound = { iv: Buffer.from(nonce), aad: Buffer.from(name), ivBits: 8 * nonce.length, tagBits: TAG_BITS }
    return { mechanism: MECHANISM.AES_GCM, parameter: { type: this.#module.gcmParameters, ...bound } }
  }

  #key(id: string, kind: number): Handle {
    const known = this.#found.get(id)
    if (known !== undefined) return known
    const [key] = this.#find([
      { type: A.CLASS, value: kind },
      { type: A.ID, value: Buffer.from(id, 'hex') },
    ])
    if (key === undefined) throw new Error(`it has no key of the id ${id}, which the key store names`)
    this.#found.set(id, key)
    return key
  }

  #find(template: readonly Attribute[]): readonly Handle[] {
    const { library } = this.#module
    library.C_FindObjectsInit(this.#session, template)
    try {
      return library.C_FindObjects(this.#session, 16)
    } finally {
      library.C_FindObjectsFinal(this.#session)
    }
  }

  #ask<T>(question: (library: Cryptoki) => T): T {
    try {
      return question(this.#module.library)
    } catch (cause) {
      const message = `the token "${this.#place.token}" fails: ${(cause as Error).message}; see that it is there and has the keys of this store, and start again`
      throw new ZkclearError('KEYS_UNAVAILABLE', message, { cause })
    }
  }
}

function object(id: string, kind: number, keyType: number): Attribute[] {
  return [
    { type: A.CLASS, value: kind },
    { type: A.KEY_TYPE, value: keyType },
    { type: A.TOKEN, value: true },
    { type: A.LABEL, value: LABEL },
    { type: A.ID, value: Buffer.from(id, 'hex') },
  ]
}

/** What no one reads, also of who is logged in. */
function secret(id: string, kind: number, keyType: number): Attribute[] {
  const flags = { [A.PRIVATE]: true, [A.SENSITIVE]: true, [A.EXTRACTABLE]: false }
  const told = Object.entries(flags).map(([type, value]) => ({ type: Number(type), value }))
  return [...object(id, kind, keyType), ...told]
}

function privateTemplate(id: string, keyType: number): Attribute[] {
  return [...secret(id, CLASS.PRIVATE_KEY, keyType), { type: A.SIGN, value: true }]
}

function newId(): string {
  return randomBytes(16).toString('hex')
}
