import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { PRIVATE_KEY_FORM, readKeyText } from './private-key.ts'

/** Environment variable with the oracle's private key, if --key-file is not given. */
const ORACLE_KEY = 'ZKCLEAR_ORACLE_KEY'

const OPTION = '--key-file'

export const KEY_HELP = `The key is in --key-file or in the environment variable ${ORACLE_KEY}: ${PRIVATE_KEY_FORM}.`

/** An oracle's private key. Throws INPUT_INVALID, without what is there, and FILE_UNREADABLE. */
export async function readOracleKey(file: string | undefined): Promise<Uint8Array> {
  if (file === undefined && !process.env[ORACLE_KEY]) {
    const message = `need a file, or the environment variable ${ORACLE_KEY}; "zkclear oracle keys --out" makes a key`
    throw new ZkclearError('INPUT_INVALID', message, { path: OPTION })
  }
  const key = await readKeyText(file === undefined ? { env: ORACLE_KEY } : { file })
  return Uint8Array.from(Buffer.from(key.slice(2), 'hex'))
}
