import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { type Connection, Database } from '../../../service/postgres/database.ts'
import { migrate } from '../../../service/postgres/migrate.ts'
import { startPostgres } from '../../../service/postgres/server.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

/**
 * The database server of this run: the one that ZKCLEAR_TEST_DATABASE names (a URL, or the folder of a socket), as `npm test`
 * sets it, else one of this file's own.
 */
export async function testServer() {
  await using open = new AsyncDisposableStack()
  const connection = given() ?? open.use(await startPostgres({ directory: await ownFolder(open) })).connection
  const kept = open.move()
  return {
    connection,
    /** A database with nothing in it, and with the tables of the service. */
    empty: () => withSchema(connection),
    async fresh() {
      const database = withSchema(connection)
      await migrate(database)
      return database
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function given(): Connection | undefined {
  const place = process.env.ZKCLEAR_TEST_DATABASE
  return place?.startsWith('/') ? { host: place, user: 'zkclear', database: 'postgres' } : place
}

async function ownFolder(open: AsyncDisposableStack): Promise<string> {
  return open.use(await temporaryDirectory()).path
}

/** A schema of its own, which goes with it. */
function withSchema(connection: Connection): Database {
  const schema = `test_${randomBytes(8).toString('hex')}`
  const database = new Database({ connection, schema, connections: 12 })
  const close = database[Symbol.asyncDispose].bind(database)
  database[Symbol.asyncDispose] = async () => {
    await database.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    await close()
  }
  return database
}
