import { randomBytes } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { makeFolders } from '../circom/make-folders.ts'

/** How the folder is called in which a directory is being made: as that, with the process that makes it. */
const NAME = /^(.*)\.(\d+)\.[0-9a-f]{12}\.unfinished$/
/** The process of a folder that nobody works on. */
const NOBODY = 0
const WEEK_MS = 7 * 24 * 3_600_000

/**
 * A folder beside the directory in which to make it, for this process alone: one that a process of this machine left when it ended, with
 * what it had finished, or else an empty one. Throws the system's error.
 */
export async function takeUp(directory: string): Promise<string> {
  const parent = dirname(directory)
  await makeFolders(parent)
  const own = nameFor(directory, process.pid)
  for (const { name, target } of await abandoned(parent)) {
    if (target === basename(directory) && (await moved(join(parent, name), own))) return own
  }
  await makeFolders(own)
  return own
}

/** Leaves the folder to whoever makes the directory next, if there is a file in it: then something is finished. */
export async function leave(folder: string, directory: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  if (!entries.some((entry) => entry.isFile()) || !(await moved(folder, nameFor(directory, NOBODY)))) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/**
 * Leaves some of a folder, what is finished there, to whoever makes another directory next: files and folders
 * by name, or nothing if one is missing. Throws the system's error.
 */
export async function handOver(folder: string, names: readonly string[], directory: string): Promise<void> {
  const there = await readdir(folder)
  if (!names.every((name) => there.includes(name))) return
  const theirs = nameFor(directory, NOBODY)
  await makeFolders(theirs)
  for (const name of names) await rename(join(folder, name), join(theirs, name))
}

/**
 * Removes what was left beside a directory that is made: by whoever ended between giving it its name and tidying up; and what was not
 * taken up for a week, as its sources changed since.
 */
export async function removeForgotten(directory: string): Promise<void> {
  const parent = dirname(directory)
  for (const { name, target } of await abandoned(parent)) {
    const path = join(parent, name)
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > WEEK_MS || target === basename(directory))
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

function nameFor(directory: string, pid: number): string {
  return `${directory}.${pid}.${randomBytes(6).toString('hex')}.unfinished`
}

async function abandoned(parent: string): Promise<{ name: string; target: string }[]> {
  const names = await readdir(parent).catch(() => [])
  return names.flatMap((name) => {
    const [, target, pid] = NAME.exec(name) ?? []
    return target === undefined || isAlive(Number(pid)) ? [] : [{ name, target }]
  })
}

function isAlive(pid: number): boolean {
  if (pid === NOBODY) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process lives as well.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** False if it is no longer there: somebody else was faster. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
