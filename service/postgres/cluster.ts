import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { ZkclearError } from '../../protocol/errors.ts'
import { type Binaries, EMBEDDED, withinReach } from './binaries.ts'
import { requireReachable, type SystemUser } from './system-user.ts'

/** The name of the one user that the server knows. */
export const DATABASE_USER = 'zkclear'

/** What a data folder holds. All of it belongs to the user that the server runs as, mode 0700. */
export interface Cluster {
  readonly folder: string
  /** What PostgreSQL calls the data directory. */
  readonly data: string
  /** Folder of the socket. */
  readonly socket: string
  /** What the server says. */
  readonly log: string
  /** Programs that the server's user can run. */
  readonly programs: Binaries
}

/** The longest path that a socket can have, with the name that PostgreSQL gives it. */
const LONGEST_SOCKET = 107 - '/.s.PGSQL.5432'.length
const UNFINISHED = 'unfinished-'
const CLUSTER = 'cluster'

/**
 * Makes what is missing of a data folder: with checksums, and open to whoever can enter the folder, which are its owner and
 * root. A cluster takes its name once it is whole, so that an interruption leaves none that is half made. Throws
 * DATABASE_UNAVAILABLE: the folder is another's, cannot be reached, or holds a cluster of another version.
 */
export async function prepareCluster(
  directory: string,
  binaries: Binaries,
  user: SystemUser | undefined,
): Promise<Cluster> {
  const folder = resolve(directory)
  const places = {
    folder,
    data: join(folder, CLUSTER),
    socket: socketFolder(folder),
    log: join(folder, 'server.log'),
  }
  if (Buffer.byteLength(places.socket) > LONGEST_SOCKET) {
    throw refuse(folder, `is too long a path for a socket: at most ${LONGEST_SOCKET - '/socket'.length} bytes`)
  }
  await takeFolder(folder, user)
  await ownFolder(places.socket, user)
  const programs = user === undefined ? binaries : await withinReach(binaries, folder, user)
  const cluster = { ...places, programs }
  const version = await versionOf(folder)
  if (version === undefined) await initialise(cluster, user)
  else if (version.trim() !== EMBEDDED.major) {
    throw refuse(folder, `holds a database of PostgreSQL ${version.trim()}, and this is ${EMBEDDED.major}`)
  }
  return cluster
}

/** Folder of the socket of the server that runs on a data folder. */
export function socketFolder(directory: string): string {
  return join(resolve(directory), 'socket')
}

/** Whether a data folder holds a database. Throws DATABASE_UNAVAILABLE where that cannot be read. */
export async function holdsCluster(directory: string): Promise<boolean> {
  return (await versionOf(resolve(directory))) !== undefined
}

/** The version of PostgreSQL that a data folder was made with; undefined where it holds no cluster. */
async function versionOf(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, CLUSTER, 'PG_VERSION'), 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw refuse(folder, `cannot be read (${code})`, cause)
  }
}

/** How programs of the server are started: as its user, with nothing of our environment. */
export function startedAs(user: SystemUser | undefined) {
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }
  return { cwd: '/', env, ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }) }
}

async function takeFolder(folder: string, user: SystemUser | undefined): Promise<void> {
  const found = await readdir(folder).catch(() => [])
  const isOurs = found.length === 0 || found.some((name) => name === 'socket' || name === 'cluster')
  if (!isOurs) throw refuse(folder, 'holds other files; give an empty folder, or one that does not exist')
  await ownFolder(folder, user)
  if (user !== undefined) await requireReachable(folder, user)
}

async function ownFolder(folder: string, user: SystemUser | undefined): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    if (user !== undefined) await chown(folder, user.uid, user.gid)
    else if ((await stat(folder)).uid !== process.getuid!()) throw refuse(folder, 'belongs to another user')
    await chmod(folder, 0o700)
  } catch (cause) {
    if (cause instanceof ZkclearError) throw cause
    throw refuse(folder, `cannot be made (${(cause as NodeJS.ErrnoException).code})`, cause)
  }
}

async function initialise({ folder, data, programs }: Cluster, user: SystemUser | undefined): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true })
  }
  const unfinished = join(folder, `${UNFINISHED}${process.pid}`)
  const access = ['--auth-local=trust', '--auth-host=reject', `--username=${DATABASE_USER}`]
  const kind = ['--data-checksums', '--encoding=UTF8', '--no-locale', '--no-instructions']
  try {
    await promisify(execFile)(programs.initdb, [...access, ...kind, '-D', unfinished], startedAs(user))
    await rename(unfinished, data)
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true })
    const { stderr, message } = cause as Error & { stderr?: string }
    throw refuse(folder, `no database could be made there: ${(stderr || message).trim().split('\n').at(-1)}`, cause)
  }
}

function refuse(folder: string, message: string, cause?: unknown): ZkclearError {
  return new ZkclearError('DATABASE_UNAVAILABLE', message, { path: folder, cause })
}
