import { randomBytes } from 'node:crypto'
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ZkclearError } from '../protocol/errors.ts'

/** A file that appears under its name whole or not at all. */
export interface OutputFile extends AsyncDisposable {
  /** Writes it, flushes it to disk and gives it its name; what had that name is replaced. */
  commit(content: string | Uint8Array): Promise<void>
}

/**
 * Opens a temporary file beside `path`, or beside the file that a link there leads to, so that a path that cannot be written
 * fails before the work, not after it. Disposing it without a commit leaves nothing behind. Throws OUTPUT_UNWRITABLE, also if
 * there is a directory or a device, which would be replaced.
 *
 * @param options.isPrivate nobody but its owner may read it, whatever the umask and the file that was there
 */
export async function openOutputFile(path: string, options: { isPrivate?: boolean } = {}): Promise<OutputFile> {
  requireNamed(path, 'a file')
  const target = await realpath(path).catch(() => resolve(path))
  const there = await stat(target).catch(() => undefined)
  if (there !== undefined && !there.isFile()) {
    const kind = there.isDirectory() ? 'a directory' : 'a device, pipe or socket'
    throw new ZkclearError('OUTPUT_UNWRITABLE', `is ${kind}; name a file`, { path })
  }
  const temporary = temporaryBeside(target)
  const file = await orUnwritable(path, () => open(temporary, 'wx', options.isPrivate ? 0o600 : 0o666))
  return {
    async commit(content) {
      await orUnwritable(path, async () => {
        await file.writeFile(content)
        await file.sync()
        await file.close()
        await rename(temporary, target)
        await syncDirectory(dirname(target))
      })
    },
    async [Symbol.asyncDispose]() {
      await file.close()
      await rm(temporary, { force: true })
    },
  }
}

/** Refuses an empty path, which would be the working directory. */
export function requireNamed(path: string, what: string): void {
  if (path === '') throw new ZkclearError('OUTPUT_UNWRITABLE', `is empty; name ${what}`, { path: 'output' })
}

/** A name beside `target`, on the same file system, that nobody else uses. */
export function temporaryBeside(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`)
}

/** Flushes the names in a directory to disk. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory: FileHandle = await open(path, 'r')
  await directory.sync()
}

/** Runs a task that writes; its failure is OUTPUT_UNWRITABLE. */
export async function orUnwritable<T>(path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    const message = `cannot be written (${code}); choose another path, its folder must exist and be writable`
    throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path, cause })
  }
}
