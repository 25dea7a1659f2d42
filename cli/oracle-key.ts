import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { readSecret } from './secret.ts'

/** Environment variable with the oracle's private key, if --key-file is not given. */
const ORACLE_KEY = 'ZKCLEAR_ORACLE_KEY'

const OPTION = '--key-file'

export const KEY_HELP = `The key is in --key-file or in the environment variable ${ORACLE_KEY}: 64 hex digits.`

/** An oracle's private key. Throws INPUT_INVALID, without what is there, and FILE_UNREADABLE. */
export async function readOracleKey(file: string | undefined): Promise<Uint8Array> {
  if (file === undefined && !process.env[ORACLE_KEY]) {
    const message = `need a file, or the environment variable ${ORACLE_KEY}; "zkclear oracle keys --out" makes a key`
    throw new ZkclearError('INPUT_INVALID', message, { path: OPTION })
  }
  const text = await readSecret(file === undefined ? { env: ORACLE_KEY } : { file })
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) return Uint8Array.from(Buffer.from(text.slice(-64), 'hex'))
  throw new ZkclearError('INPUT_INVALID', 'need 32 bytes: 64 hex digits', {
    path: file === undefined ? ORACLE_KEY : OPTION,
  })
}
