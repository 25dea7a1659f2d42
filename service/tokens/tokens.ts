import { randomBytes } from 'node:crypto'
import { sha256 } from '../jobs/digest.ts'
import type { Database } from '../postgres/database.ts'

/** What a token allows. */
export type Scope = 'worker'

export interface NewToken {
  /** For people: whose it is. */
  readonly name: string
  readonly scope: Scope
  /** How long it is good, in seconds. */
  readonly seconds: number
}

/** Who showed a token. */
export interface Bearer {
  readonly id: string
  readonly name: string
  readonly scope: Scope
}

const SECRET_BYTES = 32
const ID_BYTES = 6
const FORM = /^zkclear_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/

/** Makes a token. Its text is returned once and is nowhere else: the database has its hash. */
export async function createToken(
  database: Database,
  { name, scope, seconds }: NewToken,
): Promise<{ id: string; text: string }> {
  const id = randomBytes(ID_BYTES).toString('hex')
  const text = `zkclear_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`
  await database.query(
    `INSERT INTO token (hash, id, name, scope, expires_at)
     VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 s')`,
    [sha256(text), id, name, scope, seconds],
  )
  return { id, text }
}

/** Who bears a token; undefined for one that was never made, is past its time or was revoked. */
export async function readToken(database: Database, text: string): Promise<Bearer | undefined> {
  if (!FORM.test(text)) return undefined
  const [found] = await database.query<Bearer>(
    `SELECT id, name, scope FROM token
     WHERE hash = $1 AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
    [sha256(text)],
  )
  return found
}

/** Ends a token at once. Returns whether there was one that was good. */
export async function revokeToken(database: Database, id: string): Promise<boolean> {
  const revoked = await database.query(
    'UPDATE token SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL RETURNING id',
    [id],
  )
  return revoked.length > 0
}
