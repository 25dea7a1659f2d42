import type { AccountSecrets } from '../../../protocol/account-secrets.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { decodeKeys, encodeKeys } from '../../../venue/files/keys-file.ts'

/** Secrets of an account, with its index. */
export interface OwnKeys {
  readonly account: number
  readonly secrets: AccountSecrets
}

const NAME = 'zkclear keys'
/** Of PBKDF2 with SHA-256, as OWASP advises: some tenths of a second for each passphrase that is tried. */
const ITERATIONS = 600_000
export const LEAST_PASSPHRASE = 12

interface Locked {
  readonly version: 1
  readonly account: number
  readonly iterations: number
  readonly salt: string
  readonly nonce: string
  readonly sealed: string
}

/** Of which account keys are kept in this browser; undefined if none are. */
export function keptAccount(): number | undefined {
  return read()?.account
}

/** Keeps keys in this browser, sealed (AES-256-GCM) under a passphrase. */
export async function keep({ account, secrets }: OwnKeys, passphrase: string): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const key = await keyOf(passphrase, salt, ITERATIONS)
  const text = new TextEncoder().encode(JSON.stringify(encodeKeys(new Map([[account, secrets]]))))
  const sealed = new Uint8Array(await crypto.subtle.encrypt(sealing(nonce, account), key, text))
  const locked: Locked = {
    ...{ version: 1, account, iterations: ITERATIONS },
    ...{ salt: hex(salt), nonce: hex(nonce), sealed: hex(sealed) },
  }
  localStorage.setItem(NAME, JSON.stringify(locked))
}

/** The kept keys. Throws INPUT_INVALID for another passphrase. */
export async function unlock(passphrase: string): Promise<OwnKeys> {
  const locked = read()
  if (locked === undefined) throw refused('no keys are kept in this browser')
  const { account, iterations } = locked
  const [salt, nonce, sealed] = [locked.salt, locked.nonce, locked.sealed].map(bytes) as [Bytes, Bytes, Bytes]
  const key = await keyOf(passphrase, salt, iterations)
  const text = await crypto.subtle.decrypt(sealing(nonce, account), key, sealed).catch(() => {
    throw refused('that is not the passphrase of the keys that are kept here')
  })
  const secrets = decodeKeys(JSON.parse(new TextDecoder().decode(text))).get(account)
  if (secrets === undefined) throw refused('the keys that are kept here are damaged')
  return { account, secrets }
}

export function forgetKeys(): void {
  localStorage.removeItem(NAME)
}

type Bytes = Uint8Array<ArrayBuffer>

function read(): Locked | undefined {
  const text = localStorage.getItem(NAME)
  return text === null ? undefined : (JSON.parse(text) as Locked)
}

/** The account is bound to what is sealed. */
function sealing(nonce: Bytes, account: number) {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(`${NAME} ${account}`) }
}

async function keyOf(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const text = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const material = await crypto.subtle.importKey('raw', text, 'PBKDF2', false, ['deriveKey'])
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return crypto.subtle.deriveKey(derivation, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

const hex = (data: Uint8Array) => Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('')
const bytes = (text: string): Bytes => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

function refused(message: string): ZkclearError {
  return new ZkclearError('INPUT_INVALID', message)
}
