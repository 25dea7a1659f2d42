import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { ZkclearError } from '../../protocol/errors.ts'
import { locateBinaries } from './binaries.ts'
import { type Cluster, DATABASE_USER, prepareCluster, startedAs } from './cluster.ts'
import { eventually, findPostmaster, isDeserted, isReused, type Postmaster, pidFile } from './postmaster.ts'
import { type SystemUser, serverUser } from './system-user.ts'

export interface PostgresOptions {
  /** Data folder; made where it is missing. */
  readonly directory: string
  /** Stops the wait for a server to be ready, with what it aborts with. */
  readonly signal?: AbortSignal | undefined
}

export interface PostgresServer extends AsyncDisposable {
  /** What `openDatabase` takes. */
  readonly connection: { readonly host: string; readonly user: string; readonly database: string }
  readonly pid: number
  /** Whether it ran already: what started it was killed. */
  readonly adopted: boolean
  /** Resolves with DATABASE_UNAVAILABLE when the server ends without having been stopped by us. */
  readonly lost: Promise<ZkclearError>
}

/** How long orphans of a killed server, a start with recovery, and a stop may take. */
const ORPHANS_MS = 10_000
const READY_MS = 120_000
const STOP_MS = 30_000
const RETRY_MS = 20
/** Held by whoever supervises a server, for as long as his connection lives. */
const SUPERVISOR_LOCK = 0x7a6b0001
const LARGEST_LOG = 16 << 20

/**
 * The embedded PostgreSQL on a data folder: reachable by its socket alone, by its owner and root. Makes the database where there
 * is none; adopts a server that a killed process left running. Disposing it stops the server cleanly. Throws
 * DATABASE_UNAVAILABLE: no server for this machine, a folder that cannot be used, another process that supervises it, or what
 * the server itself said last.
 */
export async function startPostgres({ directory, signal }: PostgresOptions): Promise<PostgresServer> {
  const user = serverUser()
  const cluster = await prepareCluster(directory, await locateBinaries(), user)
  const running = await findPostmaster(cluster.data)
  const postmaster = running ?? (await launch(cluster, user))
  const supervisor = await supervise(cluster, postmaster, signal).catch(async (error) => {
    // Who gives up waiting leaves nothing running.
    if (signal?.aborted && running === undefined) await stop(cluster, postmaster.pid)
    throw error
  })
  let isStopping = false
  const lost = new Promise<ZkclearError>((resolve) => {
    supervisor.on('error', () => undefined)
    supervisor.on('end', () => isStopping || resolve(unavailable(`the database server in ${directory} has ended`)))
  })
  return {
    connection: { host: postmaster.host, user: DATABASE_USER, database: 'postgres' },
    pid: postmaster.pid,
    adopted: running !== undefined,
    lost,
    async [Symbol.asyncDispose]() {
      isStopping = true
      await supervisor.end()
      await stop(cluster, postmaster.pid)
    },
  }
}

/** Starts a server of its own process group, which neither our end nor a key pressed at our terminal ends. */
async function launch(cluster: Cluster, user: SystemUser | undefined): Promise<Postmaster> {
  if (!(await eventually(ORPHANS_MS, () => isDeserted(cluster.data)))) {
    throw unavailable(`processes of a killed server still work in ${cluster.data}; end them first`)
  }
  // The server would take whoever has that number now for its predecessor.
  if (await isReused(cluster.data)) await rm(pidFile(cluster.data), { force: true })
  const begins = await turnLog(cluster.log)
  const log = openSync(cluster.log, 'a', 0o600)
  const args = ['-D', cluster.data, ...settings(cluster)]
  const child = spawn(cluster.programs.postgres, args, {
    ...startedAs(user),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let ended = false
  child.on('error', () => {
    ended = true
  })
  child.on('exit', () => {
    ended = true
  })
  child.unref()
  let found: Postmaster | undefined
  await eventually(READY_MS, async () => {
    found = await findPostmaster(cluster.data)
    return ended || found !== undefined
  })
  if (found !== undefined) return found
  throw unavailable(`the database server did not start: ${await lastWords(cluster.log, begins)}`)
}

function settings({ socket }: Cluster): string[] {
  const chosen = {
    listen_addresses: '',
    unix_socket_directories: socket,
    unix_socket_permissions: '0700',
    max_connections: '60',
    jit: 'off',
    // What is stored is private: neither statements nor the rows that break a rule are logged.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
  }
  return Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Connects as the one supervisor, once the server is ready. */
async function supervise(cluster: Cluster, { host, pid }: Postmaster, signal?: AbortSignal): Promise<pg.Client> {
  const deadline = performance.now() + READY_MS
  for (;;) {
    signal?.throwIfAborted()
    const application_name = `zkclear supervisor ${process.pid}`
    const client = new pg.Client({ host, user: DATABASE_USER, database: 'postgres', application_name })
    client.on('error', () => undefined)
    try {
      await client.connect()
    } catch (cause) {
      if ((await findPostmaster(cluster.data))?.pid !== pid) {
        throw unavailable(`the database server ended as it started: ${await lastWords(cluster.log)}`, cause)
      }
      if (performance.now() > deadline) throw unavailable('the database server does not become ready', cause)
      await setTimeout(RETRY_MS)
      continue
    }
    await holdLock(client, cluster)
    return client
  }
}

async function holdLock(client: pg.Client, { folder }: Cluster): Promise<void> {
  // A supervisor that was killed a moment ago still seems to hold it.
  await client.query("SET lock_timeout = '2s'")
  try {
    await client.query(`SELECT pg_advisory_lock(${SUPERVISOR_LOCK})`)
  } catch (cause) {
    await client.end()
    throw unavailable(`another process supervises the database in ${folder}; stop it first`, cause)
  }
}

/** Ends a server: sessions are cut, what was committed is there. One that hangs is ended at once, and recovers when next started. */
async function stop(cluster: Cluster, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (await isGone(cluster, pid)) return
    process.kill(pid, signal)
    if (await eventually(STOP_MS, () => isGone(cluster, pid))) return
  }
  throw unavailable(`the database server, process ${pid}, does not stop`)
}

async function isGone({ data }: Cluster, pid: number): Promise<boolean> {
  return (await findPostmaster(data))?.pid !== pid && (await isDeserted(data))
}

/** Where in the log the next start will write; a long one is put aside. */
async function turnLog(log: string): Promise<number> {
  const { size } = await stat(log).catch(() => ({ size: 0 }))
  if (size <= LARGEST_LOG) return size
  await rename(log, `${log}.1`)
  return 0
}

/** The last line of the server's log, from a place in it on, that says why it ended. */
async function lastWords(log: string, from = 0): Promise<string> {
  await using file = await open(log, 'r')
  const { size } = await file.stat()
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1 << 16), 0, 1 << 16, Math.max(from, size - (1 << 16)))
  const lines = buffer.toString('utf8', 0, bytesRead).trim().split('\n')
  return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'nothing'
}

function unavailable(message: string, cause?: unknown): ZkclearError {
  return new ZkclearError('DATABASE_UNAVAILABLE', message, { cause })
}
