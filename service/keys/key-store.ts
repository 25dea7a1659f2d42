import { randomBytes } from 'node:crypto'
import { SigningKey } from 'ethers'
import { z } from 'zod'
import { ZkclearError } from '../../protocol/errors.ts'
import { parseJson } from '../../protocol/json.ts'
import { KEY_BYTES } from '../sealing/cipher.ts'
import { readPrivateFile, replacePrivateFile, writePrivateFile } from './private-file.ts'

/** What a key store holds. Private. */
export interface KeyStore {
  /** The operator's private key: 0x and 64 hex digits. */
  readonly operator: string
  /** The sealing keys, 64 hex digits each; the largest version is the one in use. Never empty. */
  readonly sealing: readonly SealingKey[]
}

export interface SealingKey {
  readonly version: number
  readonly key: string
  /** When it was made, ISO 8601. */
  readonly made: string
}

const LAST_VERSION = 0xffff_ffff

const schema = z.strictObject({
  version: z.literal(1),
  operator: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .refine(isKey),
  sealing: z
    .array(
      z.strictObject({
        version: z.int().min(1).max(LAST_VERSION),
        key: z.string().regex(/^[0-9a-f]{64}$/),
        made: z.iso.datetime(),
      }),
    )
    .min(1)
    .refine((keys) => keys.every(({ version }, i) => i === 0 || version > keys[i - 1]!.version)),
})

/** Throws FILE_UNREADABLE; INPUT_INVALID for a file that others than its owner can read, or that is no key store, without its content. */
export async function readKeyStore(path: string): Promise<KeyStore> {
  const text = await readPrivateFile(path)
  let read: ReturnType<typeof schema.safeParse> | undefined
  try {
    read = schema.safeParse(parseJson(text))
  } catch {
    // The parser's message quotes the file.
  }
  if (read?.success === true) {
    const { operator, sealing } = read.data
    return { operator, sealing }
  }
  const field = read?.error?.issues[0]?.path.join('.')
  const where = field ? `: its field ${field} is not in form` : ''
  throw new ZkclearError('INPUT_INVALID', `is no key store${where}; "zkclear keys make" makes one`, { path })
}

/** Makes a key store, with that operator's key or a new one. Throws OUTPUT_UNWRITABLE where there is a file already; INPUT_INVALID. */
export async function makeKeyStore(
  path: string,
  operator = `0x${randomBytes(KEY_BYTES).toString('hex')}`,
): Promise<KeyStore> {
  if (!/^0x[0-9a-fA-F]{64}$/.test(operator) || !isKey(operator)) {
    throw new ZkclearError('INPUT_INVALID', 'need a private key of secp256k1: 0x and 64 hex digits', {
      path: 'operator',
    })
  }
  const store = { operator: operator.toLowerCase(), sealing: [newSealingKey(1)] }
  await writePrivateFile(path, textOf(store))
  return store
}

/** Adds a sealing key, which is the one in use from the next start on. Throws as {@link readKeyStore}, and OUTPUT_UNWRITABLE. */
export async function rotateKeyStore(path: string): Promise<KeyStore> {
  return await changeKeyStore(path, ({ operator, sealing }) => {
    return { operator, sealing: [...sealing, newSealingKey(sealing.at(-1)!.version + 1)] }
  })
}

/** Destroys the sealing keys before that version; what is wrapped under those opens never again. Throws as {@link rotateKeyStore}. */
export async function forgetSealingKeys(path: string, before: number): Promise<KeyStore> {
  return await changeKeyStore(path, ({ operator, sealing }) => {
    const kept = sealing.filter(({ version }) => version >= before)
    if (kept.length > 0) return { operator, sealing: kept }
    const message = `holds version ${sealing.at(-1)!.version} as its newest, which stays: it is in use`
    throw new ZkclearError('INPUT_INVALID', message, { path })
  })
}

async function changeKeyStore(path: string, change: (store: KeyStore) => KeyStore): Promise<KeyStore> {
  return await replacePrivateFile(path, async () => {
    const store = change(await readKeyStore(path))
    return { result: store, text: textOf(store) }
  })
}

function newSealingKey(version: number): SealingKey {
  return { version, key: randomBytes(KEY_BYTES).toString('hex'), made: new Date().toISOString() }
}

function textOf({ operator, sealing }: KeyStore): string {
  return `${JSON.stringify({ version: 1, operator, sealing }, null, 2)}\n`
}

/** Whether 32 bytes are a private key: neither 0 nor beyond the order. */
function isKey(hex: string): boolean {
  try {
    return new SigningKey(hex).publicKey !== ''
  } catch {
    return false
  }
}
