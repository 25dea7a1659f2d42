import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { makeFolders } from '../circom/make-folders.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { orUnwritable, requireNamed, syncDirectory, temporaryBeside } from './output-file.ts'

/** A directory that appears under its name complete or not at all. */
export interface OutputDirectory extends AsyncDisposable {
  /** Writes a file, whose name may have folders in front, and flushes it to disk. A text may come in parts. */
  write(name: string, text: string | Iterable<string>): Promise<void>
  /** Gives the directory its name. */
  commit(): Promise<void>
}

export interface OutputDirectoryOptions {
  /** Nobody but the owner may list the directory or read its files: for what holds accounts, orders or books. */
  readonly secret?: boolean
}

/**
 * Begins a temporary directory beside `path`. Disposing it without a commit leaves nothing behind. Throws OUTPUT_UNWRITABLE,
 * also if there is something at `path` already that is not an empty directory.
 */
export async function openOutputDirectory(
  path: string,
  { secret = false }: OutputDirectoryOptions = {},
): Promise<OutputDirectory> {
  const [directoryMode, fileMode] = secret ? [0o700, 0o600] : [0o777, 0o666]
  requireNamed(path, 'a new or empty directory')
  const target = resolve(path)
  await refuseOccupied(target, path)
  const temporary = temporaryBeside(target)
  await orUnwritable(path, () => mkdir(temporary, directoryMode))
  const folders = new Set([temporary])
  return {
    async write(name, text) {
      const file = join(temporary, name)
      await orUnwritable(path, async () => {
        if (!folders.has(dirname(file))) await makeFolders(dirname(file), directoryMode)
        folders.add(dirname(file))
        await writeFile(file, text, { flush: true, mode: fileMode })
      })
    },
    async commit() {
      await refuseOccupied(target, path)
      await orUnwritable(path, async () => {
        for (const folder of folders) await syncDirectory(folder)
        await rmdir(target).catch((error) => {
          if (error.code !== 'ENOENT') throw error
        })
        await rename(temporary, target)
        await syncDirectory(dirname(target))
      })
    },
    async [Symbol.asyncDispose]() {
      await rm(temporary, { recursive: true, force: true })
    },
  }
}

async function refuseOccupied(target: string, path: string): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => error)
  if (!Array.isArray(entries)) {
    if (entries.code === 'ENOENT') return
    const message = `cannot be a directory (${entries.code}); choose another path`
    throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path, cause: entries })
  }
  if (entries.length === 0) return
  throw new ZkclearError('OUTPUT_UNWRITABLE', 'is a directory with files in it; name a new or empty one', { path })
}
