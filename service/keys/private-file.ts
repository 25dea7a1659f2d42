import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ZkclearError } from '../../protocol/errors.ts'

/** Most bytes of a file with secrets: thousands of keys. */
const MOST_BYTES = 1 << 20

/** The text of a file that nobody but its owner can read. Throws FILE_UNREADABLE; INPUT_INVALID where others can, or for no text. */
export async function readPrivateFile(path: string): Promise<string> {
  try {
    await using file = await open(path, 'r')
    const { mode, size } = await file.stat()
    if ((mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0')
      const message = `can be read by others than its owner (mode ${shown}); run "chmod 600" on it, and take its keys for known if others were there`
      throw new ZkclearError('INPUT_INVALID', message, { path })
    }
    if (size > MOST_BYTES) throw new ZkclearError('INPUT_INVALID', `is larger than ${MOST_BYTES} bytes`, { path })
    return await file.readFile('utf8')
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${code}); check the path`, { path, cause })
  }
}

/** Makes a file that only its owner can read: whole, flushed, and never over another. Throws OUTPUT_UNWRITABLE. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  await orUnwritable(path, async () => {
    try {
      await writeFlushed(temporary, text)
      // Unlike a rename, a link never takes the place of what is there.
      await link(temporary, path)
    } finally {
      await rm(temporary, { force: true })
    }
    await flushNames(path)
  })
}

/**
 * Replaces such a file by what `change` makes of it, whole or not at all; one change at a time, so that none is lost. Throws what
 * `change` throws, and OUTPUT_UNWRITABLE.
 */
export async function replacePrivateFile<T>(
  path: string,
  change: () => Promise<{ readonly result: T; readonly text: string }>,
): Promise<T> {
  // Through a link, the file that it leads to.
  const target = await realpath(path).catch(() => path)
  const next = `${target}.new`
  await using file = await orUnwritable(path, () => open(next, 'wx', 0o600), {
    EEXIST: `is being changed by another process; if there is none, an interruption left ${next}: remove that`,
  })
  try {
    const { result, text } = await change()
    await orUnwritable(path, async () => {
      const { uid, gid } = await stat(target)
      await file.chmod(0o600)
      await file.chown(uid, gid)
      await file.writeFile(text)
      await file.sync()
      await rename(next, target)
      await flushNames(target)
    })
    return result
  } catch (error) {
    await rm(next, { force: true })
    throw error
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

async function flushNames(path: string): Promise<void> {
  await using folder: FileHandle = await open(dirname(path), 'r')
  await folder.sync()
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'is there already, and keys are not replaced; name another file',
}

async function orUnwritable<T>(path: string, task: () => Promise<T>, reasons = REASONS): Promise<T> {
  try {
    return await task()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason = reasons[code ?? ''] ?? `cannot be written (${code}); its folder must exist and be writable`
    throw new ZkclearError('OUTPUT_UNWRITABLE', reason, { path, cause })
  }
}
