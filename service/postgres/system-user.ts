import { spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import { ZkclearError } from '../../protocol/errors.ts'

/** The user that the server runs as, where that is another one than ours. */
export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Its own, where there is one; else that of the system's PostgreSQL; else its own is made. */
const OWN = 'zkclear'
const CANDIDATES = [OWN, 'postgres']

/**
 * PostgreSQL refuses to run as root: as root, the user `zkclear`, else `postgres`, else a new system user `zkclear`. Undefined
 * where we are not root. Throws DATABASE_UNAVAILABLE where no such user can be had.
 */
export function serverUser(): SystemUser | undefined {
  if (process.getuid!() !== 0) return undefined
  const found = CANDIDATES.map(userNamed).find((user) => user !== undefined)
  if (found !== undefined) return found
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN], { stdio: 'ignore' })
  const made = userNamed(OWN)
  if (made !== undefined) return made
  const message = `PostgreSQL does not run as root, and no user "${OWN}" could be made for it; make one, or start as another user`
  throw new ZkclearError('DATABASE_UNAVAILABLE', message)
}

function userNamed(name: string): SystemUser | undefined {
  const id = (flag: string) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
    return status === 0 ? Number(stdout.trim()) : undefined
  }
  const uid = id('-u')
  const gid = id('-g')
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { name, uid, gid }
}

/**
 * Checks that a user can enter every folder above a path. Throws DATABASE_UNAVAILABLE with the first one that shuts him out:
 * the server itself would only say that something does not exist.
 */
export async function requireReachable(path: string, user: SystemUser): Promise<void> {
  const shut = await firstShut(path, user)
  if (shut === undefined) return
  const { folder, mode } = shut
  const message = `the database runs as user "${user.name}", who cannot enter ${folder} (mode ${mode}) on the way to ${path}`
  throw new ZkclearError('DATABASE_UNAVAILABLE', `${message}; choose a folder elsewhere, or let others enter that one`)
}

/** The first folder above a path that a user cannot enter. */
export async function firstShut(
  path: string,
  { uid, gid }: SystemUser,
): Promise<{ folder: string; mode: string } | undefined> {
  const above: string[] = []
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    above.unshift(folder)
    if (dirname(folder) === folder) break
  }
  for (const folder of above) {
    const found = await stat(folder)
    const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001
    if ((found.mode & bit) === 0) return { folder, mode: (found.mode & 0o777).toString(8).padStart(4, '0') }
  }
  return undefined
}
