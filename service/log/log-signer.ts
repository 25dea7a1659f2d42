import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { open } from 'node:fs/promises'
import { ZkclearError } from '../../protocol/errors.ts'

/** What signs the heads of the log, with Ed25519, wherever the key is. */
export interface LogSigner {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>
}

/**
 * The key of the log in a file (PEM, PKCS #8) that nobody but its owner can read, made where it is missing. Throws INPUT_INVALID for a file
 * that others can read or that holds no Ed25519 key; FILE_UNREADABLE.
 */
export async function fileSigner(path: string): Promise<LogSigner> {
  await makeMissing(path)
  const key = await readKey(path)
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
  return { publicKey, sign: async (message) => sign(null, message, key) }
}

async function makeMissing(path: string): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600)
    const { privateKey } = generateKeyPairSync('ed25519')
    await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }))
    await file.sync()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unreadable(path, cause)
  }
}

async function readKey(path: string): Promise<KeyObject> {
  let text: string
  try {
    await using file = await open(path, 'r')
    const { mode } = await file.stat()
    if ((mode & 0o077) !== 0) {
      const message =
        'can be read by others than its owner: run "chmod 600" on it, and take the key for known if others were there'
      throw new ZkclearError('INPUT_INVALID', message, { path })
    }
    text = await file.readFile('utf8')
  } catch (cause) {
    throw cause instanceof ZkclearError ? cause : unreadable(path, cause)
  }
  try {
    const key = createPrivateKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // The parser's message may quote the file.
  }
  throw new ZkclearError('INPUT_INVALID', 'holds no private key of Ed25519 (PEM, PKCS #8)', { path })
}

function unreadable(path: string, cause: unknown): ZkclearError {
  const { code } = cause as NodeJS.ErrnoException
  return new ZkclearError('FILE_UNREADABLE', `cannot be read or made (${code}); check the path`, { path, cause })
}
