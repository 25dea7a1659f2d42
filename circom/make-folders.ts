import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and those above it where they are missing. Throws the system's error: Node's own recursive mkdir tries for
 * ever below a folder that takes none, such as /proc.
 */
export async function makeFolders(path: string, mode?: number): Promise<void> {
  const folder = resolve(path)
  try {
    return await makeFolder(folder, mode)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error
  }
  await makeFolders(dirname(folder), mode)
  await makeFolder(folder, mode)
}

async function makeFolder(folder: string, mode: number | undefined): Promise<void> {
  try {
    await mkdir(folder, mode)
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(folder)).isDirectory()
    if (!isThere) throw error
  }
}
