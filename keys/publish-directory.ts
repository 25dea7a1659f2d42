import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { makeFolders } from '../circom/make-folders.ts'
import { isUnwritable } from '../circom/unwritable.ts'
import { ZkclearError } from '../protocol/errors.ts'

const ATTEMPTS = 5

/**
 * Makes a directory of files, complete or not at all: `fill` writes them into a temporary one beside it, which then takes
 * its name as `publishDirectory` says. Throws what `fill` throws, and OUTPUT_UNWRITABLE where nothing can be written.
 */
export async function makeDirectory(
  directory: string,
  fill: (temporary: string) => Promise<void>,
  isSound: () => Promise<boolean>,
): Promise<void> {
  const temporary = `${directory}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  const unwritable = (cause: unknown) => {
    const message = `cannot write ${directory} (${codeOf(cause)}); choose another build directory`
    return new ZkclearError('OUTPUT_UNWRITABLE', message, { cause })
  }
  try {
    await makeFolders(temporary).catch((cause) => {
      throw unwritable(cause)
    })
    await fill(temporary)
    await publishDirectory(temporary, directory, isSound)
  } catch (cause) {
    throw isUnwritable(codeOf(cause)) ? unwritable(cause) : cause
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
  }
}

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
