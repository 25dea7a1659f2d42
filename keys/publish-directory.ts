import { open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isUnwritable } from '../circom/unwritable.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { leave, removeForgotten, takeUp } from './unfinished.ts'

const ATTEMPTS = 5

/** Where a directory is made. */
export interface Workshop {
  /** Becomes the directory: at the end its files are in there, and no others. */
  readonly whole: string
  /** Holds `whole`. A file in here says that something is finished, for whoever goes on after an interruption. */
  readonly beside: string
}

/**
 * Makes a directory of files, complete or not at all: `fill` writes them into a folder beside it, which then takes its name as
 * `publishDirectory` says. What `fill` has finished outlives it and the process, and the next one is given it. Of a circuit that is wrong
 * nothing is kept. Throws what `fill` throws, and OUTPUT_UNWRITABLE where nothing can be written.
 */
export async function makeDirectory(
  directory: string,
  fill: (workshop: Workshop) => Promise<void>,
  isSound: () => Promise<boolean>,
): Promise<void> {
  const unwritable = (cause: unknown) => {
    const message = `cannot write ${directory} (${codeOf(cause)}); choose another build directory`
    return new ZkclearError('OUTPUT_UNWRITABLE', message, { cause })
  }
  const beside = await takeUp(directory).catch((cause) => {
    throw unwritable(cause)
  })
  const whole = join(beside, 'whole')
  try {
    await fill({ whole, beside })
    await publishDirectory(whole, directory, isSound)
  } catch (cause) {
    if (!(cause instanceof ZkclearError && cause.code === 'COMPILE_FAILED')) await leave(beside, directory)
    throw isUnwritable(codeOf(cause)) ? unwritable(cause) : cause
  } finally {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined)
  }
  await removeForgotten(directory)
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
