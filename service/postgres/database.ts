import { createHash } from 'node:crypto'
import process from 'node:process'
import pg from 'pg'
import { ZkclearError } from '../../protocol/errors.ts'
import { inTime } from './patience.ts'

/** A URL such as postgres://user@host/name, or the place of a socket. */
export type Connection = string | { readonly host: string; readonly user: string; readonly database: string }

export interface DatabaseOptions {
  readonly connection: Connection
  /** Schema that holds the tables. Default `zkclear`. */
  readonly schema?: string | undefined
  /** Most connections at once. Default 10. */
  readonly connections?: number | undefined
  /** Milliseconds after which the server ends a connection that says nothing in the middle of a transaction. Default: it waits. */
  readonly idleTransactionMs?: number | undefined
}

/** What takes statements: the database, or one transaction of it. */
export interface Queryable {
  /** The rows that a statement gives. bigint columns are decimal strings. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** Behind {@link inTime}: after which a connection that is being made takes no place any more. */
const CONNECT_MS = 60_000

/** A pool of connections to one schema. Throws DATABASE_UNAVAILABLE where a connection cannot be had or breaks. */
export class Database implements Queryable, AsyncDisposable {
  readonly schema: string
  readonly #config: pg.PoolConfig
  readonly #pool: pg.Pool

  constructor({ connection, schema = 'zkclear', connections = 10, idleTransactionMs = 0 }: DatabaseOptions) {
    if (!/^[a-z][a-z0-9_]{0,40}$/.test(schema)) {
      throw new ZkclearError('INPUT_INVALID', 'must be lower-case letters, digits and _, at most 41', {
        path: 'schema',
      })
    }
    this.schema = schema
    const where = typeof connection === 'string' ? { connectionString: connection } : connection
    this.#config = {
      ...where,
      options: `-c search_path=${schema} -c idle_in_transaction_session_timeout=${idleTransactionMs}`,
      application_name: `zkclear ${process.pid}`,
      connectionTimeoutMillis: CONNECT_MS,
      // A peer that went without a word is noticed also by who only listens.
      keepAlive: true,
    }
    this.#pool = new pg.Pool({ ...this.#config, max: connections })
    // An idle connection that breaks is replaced by the next one.
    this.#pool.on('error', ignore)
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return await this.#one<Row>(text, values, told)
  }

  /**
   * The rows of a statement that is a transaction by itself, in one turn to the server. Where the connection breaks, whether it was made is not
   * known, as in {@link transaction}.
   */
  async change<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return await this.#one<Row>(text, values, committed)
  }

  async #one<Row extends object>(text: string, values: readonly unknown[], tell: typeof told): Promise<Row[]> {
    const client = await this.#client()
    client.on('error', ignore)
    let failure: Error | undefined
    try {
      return (await tell(client.query<Row>(prepared(text, values)))).rows
    } catch (error) {
      failure = error as Error
      throw error
    } finally {
      client.off('error', ignore)
      client.release(failure)
    }
  }

  async #client(): Promise<pg.PoolClient> {
    return await told(inTime(this.#pool.connect(), { late: (client) => client.release() }))
  }

  /**
   * Runs `work` in one transaction, which is undone if it throws. Where the connection breaks as it commits, whether it did is
   * not known: `details.isUnknown` of the error says so.
   */
  async transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    const client = await this.#client()
    let broken = false
    const watch = () => {
      broken = true
    }
    client.on('error', watch)
    const query = async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await told(client.query<Row>(prepared(text, values)))).rows
    try {
      await query('BEGIN')
      const result = await work({ query })
      await committed(client.query('COMMIT'))
      return result
    } catch (error) {
      broken ||= isBroken(error)
      if (!broken) {
        await client.query('ROLLBACK').catch(() => {
          broken = true
        })
      }
      throw error
    } finally {
      client.off('error', watch)
      client.release(broken)
    }
  }

  /**
   * Hears what is notified on a channel of this schema, on a connection of its own, until it is disposed. `onLost` is called if
   * that breaks: what was notified from then on was not heard.
   */
  async listen(channel: string, hear: (payload: string) => void, onLost: () => void): Promise<AsyncDisposable> {
    const client = new pg.Client(this.#config)
    client.on('error', ignore)
    await told(inTime(client.connect()))
    client.on('notification', ({ payload }) => hear(payload ?? ''))
    client.on('end', onLost)
    await told(client.query(`LISTEN ${pg.escapeIdentifier(`${this.schema}.${channel}`)}`))
    return {
      async [Symbol.asyncDispose]() {
        client.off('end', onLost)
        await client.end()
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
  }
}

/**
 * Names of statements with values, by their text: there are as many as this program has, as none has a value in its text. One name is one text
 * in every process: behind a pooler that gives a connection to several, another one's statement of that name would be executed.
 */
const NAMES = new Map<string, string>()

/** A statement with values is read and planned once on each connection. Without, it may be several, which cannot be prepared. */
function prepared(text: string, values: readonly unknown[]): pg.QueryConfig {
  if (values.length === 0) return { text }
  const name = NAMES.get(text) ?? `zkclear ${createHash('sha256').update(text).digest('base64url')}`
  NAMES.set(text, name)
  return { name, text, values: [...values] }
}

function ignore(): void {}

async function committed<T>(commit: Promise<T>): Promise<T> {
  return await told(commit).catch((error) => {
    if (!isBroken(error)) throw error
    const message = 'the connection broke during a commit; whether it was made is not known'
    throw new ZkclearError('DATABASE_UNAVAILABLE', message, { details: { isUnknown: true }, cause: error })
  })
}

/** Classes of SQLSTATE that say that the server cannot serve, and what the connection itself ends with. */
const UNAVAILABLE = /^(08|25P03|53|57P|28|3D)|^E[A-Z]+$/

/** What a promise gives; a server that cannot be had as DATABASE_UNAVAILABLE. The URL, which may hold a password, is not repeated. */
async function told<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    const { code, message } = cause as Error & { code?: string }
    if (code === undefined ? !/connection|timeout/i.test(message) : !UNAVAILABLE.test(code)) throw cause
    throw new ZkclearError('DATABASE_UNAVAILABLE', `the database cannot be used: ${message}`, { cause })
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof ZkclearError && error.code === 'DATABASE_UNAVAILABLE'
}
