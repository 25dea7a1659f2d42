import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { ZkclearError } from '../protocol/errors.ts'
import { fromBase64 } from './bytes.ts'

/** The public key of a log, for signatures of C2SP signed-note with Ed25519. */
export interface LogKey {
  /** Name of the key, and origin of the log's checkpoints. */
  readonly name: string
  /** 4 bytes. */
  readonly id: Uint8Array
  readonly key: KeyObject
}

const ED25519 = 1
const KEY_BYTES = 32
/** What stands before the 32 bytes of an Ed25519 key in SubjectPublicKeyInfo. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Reads a key as signed-note writes it: `name+id+key`, with the id in 8 hex digits and, in base64, a byte of the kind and the key.
 * Throws INPUT_INVALID.
 */
export function parseLogKey(text: string): LogKey {
  const [, name, idText, keyText] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? []
  const encoded = keyText === undefined ? undefined : fromBase64(keyText)
  if (name === undefined || encoded === undefined || encoded.length !== 1 + KEY_BYTES || encoded[0] !== ED25519) {
    throw invalid('must be the public key of a log, name+id+key, as GET /v1/log/key gives it')
  }
  const id = keyId(name, encoded)
  if (Buffer.from(id).toString('hex') !== idText) throw invalid('has an id that is not that of its name and key')
  const key = createPublicKey({ key: Buffer.concat([SPKI, encoded.subarray(1)]), format: 'der', type: 'spki' })
  return { name, id, key }
}

function keyId(name: string, encoded: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), encoded]), 'buffer').subarray(0, 4)
}

function invalid(message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message, { path: 'key' })
}
