import { createCipheriv, createDecipheriv } from 'node:crypto'
import { ZkclearError } from '../../protocol/errors.ts'

/** Of data keys, and of sealing keys; AES-256. */
export const KEY_BYTES = 32
export const NONCE_BYTES = 12
const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'

/**
 * AES-256-GCM: the ciphertext with its tag of 16 bytes behind. The name is bound to it: under another name it does not open. Whoever
 * calls sees to it that a nonce is used once with a key.
 */
export function encrypt(
  key: Uint8Array,
  { nonce, name }: { readonly nonce: Uint8Array; readonly name: string },
  clear: Uint8Array,
): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(name))
  return Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()])
}

/** The inverse. Throws SEAL_BROKEN for anything else than what that key gave for that nonce and name. */
export function decrypt(
  key: Uint8Array,
  { nonce, name }: { readonly nonce: Uint8Array; readonly name: string },
  sealed: Uint8Array,
): Buffer {
  if (sealed.length < TAG_BYTES) throw broken(name)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(-TAG_BYTES))
  const clear = decipher.update(sealed.subarray(0, -TAG_BYTES))
  try {
    return Buffer.concat([clear, decipher.final()])
  } catch {
    throw broken(name)
  }
}

/** What cannot be opened. Names are of places, never of contents. */
export function broken(name: string): ZkclearError {
  const message = 'cannot be opened: it was changed, comes from elsewhere, or was sealed under other keys'
  return new ZkclearError('SEAL_BROKEN', message, { path: name })
}
