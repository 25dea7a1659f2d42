import { createHash } from 'node:crypto'
import { ZkclearError } from '../../protocol/errors.ts'
import type { Database, Queryable } from './database.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'

/** Held by whoever migrates, so that several processes that start together do it once. */
const MIGRATION_LOCK = 0x7a6b0002

/**
 * Brings the tables to the form that this code knows: one transaction for each step that is missing, in order, in one process at
 * a time. Throws DATABASE_REFUSED for tables of newer code, or of steps that differ from ours.
 */
export async function migrate(database: Database, steps: readonly Migration[] = MIGRATIONS): Promise<void> {
  let done = false
  while (!done) {
    done = await database.transaction(async (transaction) => {
      await transaction.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
      return await takeStep(transaction, database.schema, steps)
    })
  }
}

/** SQLSTATE of a table that is not there. */
const NO_TABLE = '42P01'

/** Whether the tables have the form that this code knows, or a later one: not before the first venue there, nor while one brings them up to date. */
export async function isMigrated(database: Queryable): Promise<boolean> {
  try {
    const [row] = await database.query<{ steps: number }>('SELECT count(*)::integer AS steps FROM migration')
    return row!.steps >= MIGRATIONS.length
  } catch (error) {
    if ((error as { code?: string }).code === NO_TABLE) return false
    throw error
  }
}

/** Whether nothing is missing any more. */
async function takeStep(transaction: Queryable, schema: string, steps: readonly Migration[]): Promise<boolean> {
  await transaction.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
  await transaction.query(
    `CREATE TABLE IF NOT EXISTS migration (
       step integer PRIMARY KEY, name text NOT NULL, digest bytea NOT NULL, at timestamptz NOT NULL DEFAULT now())`,
  )
  const taken = await transaction.query<{ name: string; digest: Buffer }>(
    'SELECT name, digest FROM migration ORDER BY step',
  )
  if (taken.length > steps.length) {
    const newest = taken.at(-1)!.name
    throw refused(`was last changed by newer code (step ${taken.length}, "${newest}"), and this knows ${steps.length}`)
  }
  const other = taken.findIndex(({ digest }, index) => !digest.equals(digestOf(steps[index]!)))
  if (other !== -1) throw refused(`was changed by other code: its step ${other + 1} is "${taken[other]!.name}"`)
  const next = steps[taken.length]
  if (next === undefined) return true
  await transaction.query(next.sql)
  await transaction.query('INSERT INTO migration (step, name, digest) VALUES ($1, $2, $3)', [
    ...[taken.length + 1, next.name],
    digestOf(next),
  ])
  return false
}

function digestOf({ name, sql }: Migration): Buffer {
  return createHash('sha256').update(`${name}\n${sql}`).digest()
}

function refused(what: string): ZkclearError {
  return new ZkclearError(
    'DATABASE_REFUSED',
    `the database ${what}; run the release that it belongs to, or a newer one`,
  )
}
