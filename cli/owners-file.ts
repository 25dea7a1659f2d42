import { stat } from 'node:fs/promises'
import { ZkclearError } from '../protocol/errors.ts'
import { readSecret } from './secret.ts'

/**
 * A secret out of a file that nobody but its owner can read. Throws FILE_UNREADABLE; INPUT_INVALID where others can, with what to do then, or
 * where it is empty.
 */
export async function readOwnersFile(
  path: string,
  { holds, renew }: { readonly holds: string; readonly renew: string },
): Promise<string> {
  const secret = await readSecret({ file: path })
  const mode = (await stat(path)).mode & 0o777
  if ((mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, '0')
    const message = `can be read by others than its owner (mode ${shown}); run "chmod 600" on it, and ${renew}`
    throw new ZkclearError('INPUT_INVALID', message, { path })
  }
  if (secret !== '') return secret
  throw new ZkclearError('INPUT_INVALID', `is empty; it must hold ${holds}`, { path })
}
