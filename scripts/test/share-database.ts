import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const NEED_DATABASE = /^test\/service\/[^/]+$/

/** Starts a database server for the tests that need one, if there are such, and none is given; it goes when they have ended. */
export async function shareDatabase(files: readonly string[]): Promise<AsyncDisposable> {
  await using open = new AsyncDisposableStack()
  if (process.env.ZKCLEAR_TEST_DATABASE === undefined && files.some((file) => NEED_DATABASE.test(file))) {
    const { startPostgres } = await import('../../service/postgres/server.ts')
    const directory = await mkdtemp(join(tmpdir(), 'zkclear-database-'))
    open.defer(() => rm(directory, { recursive: true, force: true }))
    const { connection } = open.use(await startPostgres({ directory }))
    process.env.ZKCLEAR_TEST_DATABASE = connection.host
  }
  const kept = open.move()
  // An interrupt would leave the server running.
  const stop = () => kept.disposeAsync().finally(() => process.exit(1))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  return kept
}
