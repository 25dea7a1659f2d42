import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DATABASE_USER } from './cluster.ts'
import { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { findPostmaster } from './postmaster.ts'
import { startPostgres } from './server.ts'

export interface BorrowOptions {
  /** Folder of a venue, as `serveVenue` takes it; made where it is missing. */
  readonly directory: string
  /** A PostgreSQL in place of the one in the folder. */
  readonly databaseUrl?: string | undefined
  readonly signal: AbortSignal
}

/** Folder of the embedded database among a venue's data. */
export const databaseFolder = (directory: string): string => join(directory, 'postgres')

/**
 * A venue's database for a moment, whether the venue runs or not: an embedded server that nobody runs is started, and stopped when this
 * is disposed. Throws DATABASE_UNAVAILABLE, DATABASE_REFUSED.
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

async function embedded(directory: string, open: AsyncDisposableStack, signal: AbortSignal) {
  const folder = databaseFolder(directory)
  const running = await findPostmaster(join(folder, 'cluster'))
  if (running !== undefined) return { host: running.host, user: DATABASE_USER, database: 'postgres' }
  await mkdir(directory, { recursive: true, mode: 0o711 })
  return open.use(await startPostgres({ directory: folder, signal })).connection
}
