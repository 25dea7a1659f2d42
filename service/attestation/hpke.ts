import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'

/** What both sides have to name alike, or nothing opens. */
export interface Purpose {
  /** What it is sealed for, as such. */
  readonly info: string
  /** The single thing: additional data. */
  readonly context: Uint8Array
}

/** AEADs of RFC 9180, by their number: AES-256-GCM is used; AES-128-GCM is the one that the RFC has test vectors of. */
const AEADS = { 1: { name: 'aes-128-gcm', keyBytes: 16 }, 2: { name: 'aes-256-gcm', keyBytes: 32 } } as const
export type Aead = keyof typeof AEADS
const USED: Aead = 2

/** DHKEM(X25519, HKDF-SHA256), and HKDF-SHA256. */
const KEM = Buffer.of(0x00, 0x20)
const KDF = Buffer.of(0x00, 0x01)
const KEY_BYTES = 32
const HASH_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** SubjectPublicKeyInfo of X25519 before the 32 bytes of the key. */
const SPKI = Buffer.from('302a300506032b656e032100', 'hex')
const NONE = new Uint8Array()

/**
 * Seals to a public key of X25519, once: HPKE's single-shot base mode (RFC 9180, 6.1), encapsulated key and ciphertext in one. `aead` and
 * `ephemeral` are for test vectors.
 */
export function seal(
  to: KeyObject,
  { info, context }: Purpose,
  plaintext: Uint8Array,
  { aead = USED, ephemeral = generateKeyPairSync('x25519').privateKey }: { aead?: Aead; ephemeral?: KeyObject } = {},
): Buffer {
  const own = publicBytes(createPublicKey(ephemeral))
  const shared = agree(diffieHellman({ privateKey: ephemeral, publicKey: to }), own, publicBytes(to))
  const { key, nonce } = schedule(shared, info, aead)
  const cipher = createCipheriv(AEADS[aead].name, key, nonce).setAAD(context)
  return Buffer.concat([own, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** What was sealed to the public half of a key, for that purpose; undefined for all else. */
export function open(
  by: KeyObject,
  { info, context }: Purpose,
  sealed: Uint8Array,
  { aead = USED }: { aead?: Aead } = {},
): Buffer | undefined {
  if (sealed.length < KEY_BYTES + TAG_BYTES) return undefined
  const [theirs, end] = [sealed.subarray(0, KEY_BYTES), sealed.length - TAG_BYTES]
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI, theirs]), format: 'der', type: 'spki' })
    const own = publicBytes(createPublicKey(by))
    const { key, nonce } = schedule(agree(diffieHellman({ privateKey: by, publicKey }), theirs, own), info, aead)
    const decipher = createDecipheriv(AEADS[aead].name, key, nonce, { authTagLength: TAG_BYTES }).setAAD(context)
    decipher.setAuthTag(sealed.subarray(end))
    return Buffer.concat([decipher.update(sealed.subarray(KEY_BYTES, end)), decipher.final()])
  } catch {
    return undefined
  }
}

/** The 32 bytes of a public key. Throws for one of another kind. */
function publicBytes(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'x25519') throw new TypeError('the key is not one of X25519')
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length)
}

/** ExtractAndExpand of the KEM. */
function agree(secret: Uint8Array, sender: Uint8Array, recipient: Uint8Array): Buffer {
  const suite = Buffer.concat([Buffer.from('KEM'), KEM])
  const prk = extract(suite, NONE, 'eae_prk', secret)
  return expand(suite, prk, 'shared_secret', Buffer.concat([sender, recipient]), HASH_BYTES)
}

/** KeySchedule of the base mode, for the first message. */
function schedule(shared: Uint8Array, info: string, aead: Aead): { key: Buffer; nonce: Buffer } {
  const suite = Buffer.concat([Buffer.from('HPKE'), KEM, KDF, Buffer.of(0x00, aead)])
  const hashes = [extract(suite, NONE, 'psk_id_hash', NONE), extract(suite, NONE, 'info_hash', Buffer.from(info))]
  const context = Buffer.concat([Buffer.of(0x00), ...hashes])
  const secret = extract(suite, shared, 'secret', NONE)
  return {
    key: expand(suite, secret, 'key', context, AEADS[aead].keyBytes),
    nonce: expand(suite, secret, 'base_nonce', context, NONCE_BYTES),
  }
}

function extract(suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array): Buffer {
  return hmac(salt, Buffer.from('HPKE-v1'), suite, Buffer.from(label), material)
}

/** HKDF-Expand to no more than one block. */
function expand(suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const labeled = [Buffer.of(0x00, length), Buffer.from('HPKE-v1'), suite, Buffer.from(label), info]
  return hmac(prk, ...labeled, Buffer.of(0x01)).subarray(0, length)
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  return createHmac('sha256', key).update(Buffer.concat(parts)).digest()
}
