import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const ATTEMPTS = 5

/**
 * Flushes a directory of files to disk and gives it its final name, so that the name never stands for half of it. If there is
 * a directory of that name already and `isSound` accepts it, that one stays: somebody else was faster. An unsound one is
 * replaced. Both paths must be on one file system.
 */
export async function publishDirectory(
  temporary: string,
  directory: string,
  isSound: () => Promise<boolean>,
): Promise<void> {
  for (const name of [...(await readdir(temporary)), '.']) {
    await using file = await open(join(temporary, name), 'r')
    await file.sync()
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(temporary, directory)
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error)) || attempt === ATTEMPTS) throw error
    }
    if (await isSound()) return
    await discard(directory, `${temporary}.${attempt}.old`)
  }
}

/** Takes the directory away in one step, unless somebody else has just done so. */
async function discard(directory: string, old: string): Promise<void> {
  try {
    await rename(directory, old)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
