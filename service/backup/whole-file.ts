import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ZkclearError } from '../../protocol/errors.ts'

/**
 * Writes a file that only its owner can read, whole or not at all, in place of one of that name; flushed when this resolves. One writer at a
 * time. Throws OUTPUT_UNWRITABLE.
 */
export async function writeWhole(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const unfinished = `${path}.unfinished`
  try {
    {
      await using file = await open(unfinished, 'w', 0o600)
      await file.chmod(0o600)
      for (const chunk of chunks) await file.writeFile(chunk)
      await file.sync()
    }
    await rename(unfinished, path)
    await using folder = await open(dirname(path), 'r')
    await folder.sync()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new ZkclearError('OUTPUT_UNWRITABLE', `cannot be written (${code})`, { path, cause })
  }
}
