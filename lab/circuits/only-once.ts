import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Longest that whoever holds a lock may not be heard of before others take its process for dead. */
const STALE_MILLISECONDS = 60_000

/** Makes `directory` with `make` unless it is there, in one process at a time. */
export function onlyOnce(directory: string, make: () => Promise<void>): Promise<void> {
  return oneAtATime(`${directory}.lock`, () => existsSync(directory), make)
}

/** Runs `make` unless `isMade`, in one process at a time: the others wait until it is. `lock` is a path for this alone. */
export async function oneAtATime(lock: string, isMade: () => boolean, make: () => Promise<void>): Promise<void> {
  await mkdir(dirname(lock), { recursive: true })
  while (!isMade()) {
    try {
      await mkdir(lock)
    } catch {
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      )
      if (age > STALE_MILLISECONDS) await rm(lock, { recursive: true, force: true })
      await setTimeout(100)
      continue
    }
    const alive = setInterval(() => utimes(lock, new Date(), new Date()).catch(() => {}), STALE_MILLISECONDS / 10)
    try {
      if (!isMade()) await make()
    } finally {
      clearInterval(alive)
      await rm(lock, { recursive: true, force: true })
    }
  }
}

/** Deletes what earlier sources were compiled to: they are tens of megabytes each. */
export async function removeOthers(parent: string, prefix: string, keep: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name)
    const isOther = name.startsWith(prefix) && !name.endsWith('.lock') && path !== keep
    if (isOther) await rm(path, { recursive: true, force: true })
  }
}
