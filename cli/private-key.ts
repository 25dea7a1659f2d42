import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { readSecret, type SecretSource } from './secret.ts'

/** Environment variable with the private key, if --private-key-file is not given. */
export const PRIVATE_KEY = 'ZKCLEAR_PRIVATE_KEY'

export const PRIVATE_KEY_FORM = '64 hex digits, with 0x before them or without'

/**
 * The key in the file, else in the environment variable, as 0x and 64 hex digits; undefined if neither is given. Throws INPUT_INVALID,
 * which names the place and never the content; FILE_UNREADABLE.
 */
export async function readPrivateKey(file: string | undefined): Promise<string | undefined> {
  if (file === undefined && !process.env[PRIVATE_KEY]) return undefined
  const key = await readKeyText(file === undefined ? { env: PRIVATE_KEY } : { file })
  const { SigningKey } = await import('ethers')
  try {
    // Neither 0 nor beyond the order, or it has no public key.
    if (new SigningKey(key).publicKey !== '') return key
  } catch {
    // Its message quotes the key.
  }
  throw new ZkclearError('INPUT_INVALID', 'holds no valid private key of secp256k1', { path: file ?? PRIVATE_KEY })
}

/** 32 bytes out of that place, as 0x and 64 hex digits. Throws as {@link readPrivateKey}. */
export async function readKeyText(source: SecretSource): Promise<string> {
  const text = await readSecret(source)
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) return `0x${text.slice(-64)}`
  throw new ZkclearError('INPUT_INVALID', `must hold a private key: ${PRIVATE_KEY_FORM}`, {
    path: 'file' in source ? source.file : source.env,
  })
}
