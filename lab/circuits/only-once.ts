import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Longest that whoever holds a lock may not be heard of before others take its process for dead. */
const STALE_MILLISECONDS = 60_000
/** What has not been used for so long, no test that runs now has opened. */
const UNUSED_MILLISECONDS = 3_600_000
/** How the names of folders begin that are being filled. */
const UNFINISHED = 'unfinished-'

/**
 * Makes `directory` unless it is there, in one process at a time: `fill` gets another folder, which takes its name once it is
 * complete. Folders beside it whose names differ from the last hyphen on were made of earlier sources, and are tens of megabytes
 * each: those that have not been used for an hour are removed.
 */
export async function onlyOnce(directory: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const parent = dirname(directory)
  const name = basename(directory)
  await oneAtATime(
    `${directory}.lock`,
    () => use(directory),
    async () => {
      const folder = join(parent, `${UNFINISHED}${randomUUID()}`)
      try {
        await mkdir(folder)
        await fill(folder)
        await rename(folder, directory)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
      await removeUnused(parent, [name.slice(0, name.lastIndexOf('-') + 1), UNFINISHED])
    },
  )
}

/** Whether a folder is there; it counts as used now. */
function use(directory: string): Promise<boolean> {
  const now = new Date()
  return utimes(directory, now, now).then(
    () => true,
    () => false,
  )
}

/** Runs `make` unless `isMade`, in one process at a time: the others wait until it is. `lock` is a path for this alone. */
export async function oneAtATime(
  lock: string,
  isMade: () => boolean | Promise<boolean>,
  make: () => Promise<void>,
): Promise<void> {
  await mkdir(dirname(lock), { recursive: true })
  while (!(await isMade())) {
    try {
      await mkdir(lock)
    } catch {
      const age = await ageOf(lock)
      if (age > STALE_MILLISECONDS) await rm(lock, { recursive: true, force: true })
      await setTimeout(100)
      continue
    }
    const alive = setInterval(() => utimes(lock, new Date(), new Date()).catch(() => {}), STALE_MILLISECONDS / 10)
    try {
      if (!(await isMade())) await make()
    } finally {
      clearInterval(alive)
      await rm(lock, { recursive: true, force: true })
    }
  }
}

async function removeUnused(parent: string, prefixes: readonly string[]): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.endsWith('.lock') || !prefixes.some((prefix) => name.startsWith(prefix))) continue
    const path = join(parent, name)
    if ((await ageOf(path)) > UNUSED_MILLISECONDS) await rm(path, { recursive: true, force: true })
  }
}

/** Milliseconds since something was made or touched; 0 if it is gone. */
function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
}
