import process from 'node:process'
import { ZkclearError } from '../protocol/errors.ts'
import { decodeViewKeys } from '../venue/index.ts'
import { jsonOf, named, readText } from './read-file.ts'
import { parseFieldSecret, readSecret } from './secret.ts'

/** Environment variable with the view key, if --view-key-file is not given. */
export const VIEW_KEY = 'ZKCLEAR_VIEW_KEY'

const OPTION = '--view-key-file'

/**
 * An account's view key: from a file with nothing else or a file of keys, or else from the environment. Throws INPUT_INVALID, without
 * what is there, and FILE_UNREADABLE.
 */
export async function readViewKey(file: string | undefined, account: number): Promise<bigint> {
  if (file === undefined) return fromEnvironment()
  // Read once: what is behind the path may be a pipe.
  const text = (await readText(file, 'json')).trim()
  if (!text.startsWith('{')) return parseFieldSecret(text, OPTION)
  const viewKey = (await named(file, () => decodeViewKeys(jsonOf(text, file)))).get(account)
  if (viewKey !== undefined) return viewKey
  throw new ZkclearError('INPUT_INVALID', `${file} has no view key of account ${account}`, { path: OPTION })
}

async function fromEnvironment(): Promise<bigint> {
  if (process.env[VIEW_KEY]) return parseFieldSecret(await readSecret({ env: VIEW_KEY }), VIEW_KEY)
  const why = 'without the view key nobody can rebuild an account, and it can neither exit nor prove margin'
  const message = `need a file, or the environment variable ${VIEW_KEY}: ${why}`
  throw new ZkclearError('INPUT_INVALID', message, { path: OPTION })
}
