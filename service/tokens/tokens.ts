import { randomBytes } from 'node:crypto'
import { sha256 } from '../jobs/digest.ts'
import type { Database, Queryable } from '../postgres/database.ts'

/** What a token allows. */
export type Scope = 'worker' | 'operator' | 'metrics' | 'trader'

export interface NewToken {
  /** For people: whose it is. */
  readonly name: string
  readonly scope: Scope
  /** How long it is good, in seconds. */
  readonly seconds: number
  /** Of a trader's: for which account, and what was its trading key when he logged in. */
  readonly holder?: Holder | undefined
}

/** An account, and the key that spoke for it. */
export interface Holder {
  readonly account: number
  /** Text that is the same for the same key. */
  readonly key: string
}

/** Who showed a token. */
export interface Bearer {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly holder: Holder | undefined
}

const SECRET_BYTES = 32
const ID_BYTES = 6
/** Tokens of an account that are good at once. */
export const TOKENS_OF_ACCOUNT = 16
const FORGOTTEN_AT_ONCE = 100
const FORM = /^zkclear_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/

/** Makes a token. Its text is returned once and is nowhere else: the database has its hash. */
export async function createToken(
  database: Queryable,
  { name, scope, seconds, holder }: NewToken,
): Promise<{ id: string; text: string }> {
  const id = randomBytes(ID_BYTES).toString('hex')
  const text = `zkclear_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`
  await database.query(
    `INSERT INTO token (hash, id, name, scope, expires_at, account, trading_key)
     VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 s', $6, $7)`,
    [sha256(text), id, name, scope, seconds, holder?.account ?? null, holder?.key ?? null],
  )
  return { id, text }
}

interface Row {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly account: number | null
  readonly key: string | null
}

/** Who bears a token; undefined for one that was never made, is past its time or was revoked. */
export async function readToken(database: Database, text: string): Promise<Bearer | undefined> {
  if (!FORM.test(text)) return undefined
  const [found] = await database.query<Row>(
    `SELECT id, name, scope, account, trading_key AS key FROM token
     WHERE hash = $1 AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
    [sha256(text)],
  )
  if (found === undefined) return undefined
  const { account, key, ...rest } = found
  return { ...rest, holder: account === null || key === null ? undefined : { account, key } }
}

/** Whether the token of that id is good now. */
export async function isTokenGood(database: Queryable, id: string): Promise<boolean> {
  const good = await database.query(
    'SELECT FROM token WHERE id = $1 AND revoked_at IS NULL AND expires_at > clock_timestamp()',
    [id],
  )
  return good.length > 0
}

/** Ends a token at once. Returns whether there was one that was good. */
export async function revokeToken(database: Queryable, id: string): Promise<boolean> {
  const revoked = await database.query(
    'UPDATE token SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL RETURNING id',
    [id],
  )
  return revoked.length > 0
}

/** Ends all tokens of an account at once. */
export async function revokeTokensOf(database: Database, account: number): Promise<void> {
  await database.query('UPDATE token SET revoked_at = clock_timestamp() WHERE account = $1 AND revoked_at IS NULL', [
    account,
  ])
}

/**
 * Deletes tokens of traders that are past their time, so many at most: a login makes one, and anybody with an account may log in. Where
 * more are over, the next login goes on.
 */
export async function forgetTokens(database: Database, most = FORGOTTEN_AT_ONCE): Promise<void> {
  await database.query(
    `DELETE FROM token WHERE hash IN (
       SELECT hash FROM token WHERE scope = 'trader' AND expires_at < now() ORDER BY expires_at LIMIT $1)`,
    [most],
  )
}

/** Deletes all tokens of an account but the newest that are good: who logs in without end has no more of them than that. */
export async function keepNewestTokens(database: Database, account: number): Promise<void> {
  await database.query(
    `DELETE FROM token WHERE account = $1 AND hash NOT IN (
       SELECT hash FROM token WHERE account = $1 AND revoked_at IS NULL AND expires_at > now()
       ORDER BY created_at DESC, hash LIMIT $2)`,
    [account, TOKENS_OF_ACCOUNT],
  )
}
