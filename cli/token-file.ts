import { ZkclearError } from '../protocol/errors.ts'
import { readOwnersFile } from './owners-file.ts'

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
  const holds = 'a token, as "zkclear token create" writes it'
  return await readOwnersFile(path, { holds, renew: 'take a new token' })
}
