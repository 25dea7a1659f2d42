import { readFileSync } from 'node:fs'
import process from 'node:process'
import pg from 'pg'

/**
 * Loaded into a venue before itself: the database's clock, as the venue reads it, is ahead by the seconds in a file. What else asks the
 * database for the time sees its own.
 */
const file = process.env.ZKCLEAR_TEST_CLOCK!
const query = pg.Client.prototype.query as (...values: unknown[]) => unknown
const READING = /^SELECT floor\(extract\(epoch FROM clock_timestamp\(\)\)/

pg.Client.prototype.query = function (this: pg.Client, asked: pg.QueryConfig, ...rest: unknown[]) {
  const { text } = asked
  if (!READING.test(text)) return query.call(this, asked, ...rest)
  const ahead = `(clock_timestamp() + interval '${Number(readFileSync(file, 'utf8'))} s')`
  return query.call(this, { ...asked, text: text.replace('clock_timestamp()', ahead) }, ...rest)
} as typeof pg.Client.prototype.query
