import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ZkclearError } from '../../protocol/errors.ts'
import { DATABASE_USER, holdsCluster, socketFolder } from './cluster.ts'
import { type Connection, Database } from './database.ts'
import { migrate } from './migrate.ts'
import { findPostmaster } from './postmaster.ts'
import { startPostgres } from './server.ts'

export interface BorrowOptions {
  /** Folder of a venue, as `serveVenue` takes it. */
  readonly directory: string
  /** A PostgreSQL in place of the one in the folder. */
  readonly databaseUrl?: string | undefined
  readonly signal: AbortSignal
}

/** Folder of the embedded database among a venue's data. */
export const databaseFolder = (directory: string): string => join(directory, 'postgres')

/** Whether a venue's folder holds an embedded database, running or not. Throws DATABASE_UNAVAILABLE where that cannot be read. */
export const holdsDatabase = (directory: string): Promise<boolean> => holdsCluster(databaseFolder(directory))

/**
 * A venue's database for a moment, whether the venue runs or not: an embedded server that nobody runs is started, and stopped when this
 * is disposed. Throws INPUT_INVALID for a folder that holds no database, where none is made; DATABASE_UNAVAILABLE, DATABASE_REFUSED.
 */
export async function borrowDatabase({
  directory,
  databaseUrl,
  signal,
}: BorrowOptions): Promise<AsyncDisposable & { readonly database: Database }> {
  await using open = new AsyncDisposableStack()
  const connection = databaseUrl ?? (await embedded(directory, open, signal))
  const database = open.use(new Database({ connection, connections: 1 }))
  await migrate(database)
  const kept = open.move()
  return { database, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** Where the database of a venue is that runs. */
export function venueConnection({ directory, databaseUrl }: Omit<BorrowOptions, 'signal'>): Connection {
  if (databaseUrl !== undefined) return databaseUrl
  return { host: socketFolder(databaseFolder(directory)), user: DATABASE_USER, database: 'postgres' }
}

/**
 * A database for a venue that is to begin or to be restored, with its tables; an embedded one is made where it is missing, and stopped when
 * this is disposed. Throws DATABASE_UNAVAILABLE, DATABASE_REFUSED.
 */
export async function makeDatabase({
  directory,
  databaseUrl,
  signal,
}: BorrowOptions): Promise<AsyncDisposable & { readonly database: Database }> {
  await using open = new AsyncDisposableStack()
  await mkdir(directory, { recursive: true, mode: 0o711 })
  const connection =
    databaseUrl ?? open.use(await startPostgres({ directory: databaseFolder(directory), signal })).connection
  const database = open.use(new Database({ connection }))
  await migrate(database)
  const kept = open.move()
  return { database, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function embedded(directory: string, open: AsyncDisposableStack, signal: AbortSignal) {
  const folder = databaseFolder(directory)
  const running = await findPostmaster(join(folder, 'cluster'))
  if (running !== undefined) return { host: running.host, user: DATABASE_USER, database: 'postgres' }
  if (!(await holdsDatabase(directory))) {
    const message = "holds no venue's database; correct --data, or start the venue there first"
    throw new ZkclearError('INPUT_INVALID', message, { path: directory })
  }
  return open.use(await startPostgres({ directory: folder, signal })).connection
}
