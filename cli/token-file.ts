import { stat } from 'node:fs/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { readSecret } from './secret.ts'

/** What asks a venue with the token in that file. A refusal of the token names the file, and says where another comes from. */
export async function withToken<T>(path: string, scope: 'worker' | 'operator', ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof ZkclearError) || ![401, 403].includes(error.details?.status as number)) throw error
    const message = `its token is refused: ${error.message}; "zkclear token create --scope ${scope}" makes one`
    throw new ZkclearError(error.code, message, { path, details: error.details ?? {}, cause: error })
  }
}

/** A token out of a file that nobody but its owner can read. Throws FILE_UNREADABLE; INPUT_INVALID where others can. */
export async function readTokenFile(path: string): Promise<string> {
  const token = await readSecret({ file: path })
  const mode = (await stat(path)).mode & 0o777
  if ((mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, '0')
    const message = `can be read by others than its owner (mode ${shown}); run "chmod 600" on it, and take a new token`
    throw new ZkclearError('INPUT_INVALID', message, { path })
  }
  if (token !== '') return token
  throw new ZkclearError('INPUT_INVALID', 'is empty; it must hold a token, as "zkclear token create" writes it', {
    path,
  })
}
