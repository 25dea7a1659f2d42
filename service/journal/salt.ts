import { randomBytes } from 'node:crypto'

/** Bytes of the random salt that stands before each record. */
const SALT_BYTES = 32

export function newSalt(): Uint8Array {
  return randomBytes(SALT_BYTES)
}

/** A record as it is stored, and hashed as a leaf of the log: its salt, and it. */
export function salted(salt: Uint8Array, record: Uint8Array): Buffer {
  if (salt.length !== SALT_BYTES) throw new TypeError(`a salt has ${SALT_BYTES} bytes`)
  return Buffer.concat([salt, record])
}

/** The inverse of {@link salted}. */
export function saltedRecord(stored: Uint8Array): { readonly salt: Uint8Array; readonly record: Uint8Array } {
  return { salt: stored.subarray(0, SALT_BYTES), record: stored.subarray(SALT_BYTES) }
}
