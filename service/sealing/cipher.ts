import { type CipherKey, createCipheriv, createDecipheriv } from 'node:crypto'
import { ZkclearError } from '../../protocol/errors.ts'

/** Of data keys, and of sealing keys; AES-256. */
export const KEY_BYTES = 32
export const NONCE_BYTES = 12
export const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'

/** Where something sealed belongs. */
export interface Place {
  readonly nonce: Uint8Array
  readonly name: string
  /** The tag of what it follows; of things that follow nothing, none. */
  readonly after?: Uint8Array | undefined
}

/**
 * AES-256-GCM: the ciphertext with its tag of 16 bytes behind. Its place is bound to it: in another it does not open. Whoever
 * calls sees to it that a nonce is used once with a key.
 */
export function encrypt(key: CipherKey, place: Place, clear: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, place.nonce).setAAD(boundBy(place))
  return Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()])
}

/** The tag of what {@link encrypt} gave. */
export function tagOf(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(-TAG_BYTES)
}

/** The inverse of {@link encrypt}. Throws SEAL_BROKEN for anything else than what that key gave for that place. */
export function decrypt(key: CipherKey, place: Place, sealed: Uint8Array): Buffer {
  const { nonce, name } = place
  if (sealed.length < TAG_BYTES) throw broken(name)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(boundBy(place)).setAuthTag(tagOf(sealed))
  const clear = decipher.update(sealed.subarray(0, -TAG_BYTES))
  try {
    return Buffer.concat([clear, decipher.final()])
  } catch {
    throw broken(name)
  }
}

/** All tags are equally long, so no two places are bound by the same bytes. */
function boundBy({ name, after }: Place): Buffer {
  return after === undefined ? Buffer.from(name) : Buffer.concat([Buffer.from(`${name} after `), after])
}

/** What cannot be opened. Names are of places, never of contents. */
export function broken(name: string): ZkclearError {
  const message =
    'cannot be opened: it was changed, follows something else, comes from elsewhere, or was sealed under other keys'
  return new ZkclearError('SEAL_BROKEN', message, { path: name })
}
