import type { Database } from '../postgres/database.ts'
import type { Scope } from './tokens.ts'

/** A token without what opens anything. */
export interface TokenReport {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly state: 'good' | 'expired' | 'revoked'
  /** Unix seconds. */
  readonly createdAt: bigint
  readonly expiresAt: bigint
}

/** The tokens of all but traders, newest first. */
export async function listTokens(database: Database): Promise<readonly TokenReport[]> {
  const rows = await database.query<
    Omit<TokenReport, 'createdAt' | 'expiresAt'> & Record<'created' | 'expires', string>
  >(
    `SELECT id, name, scope,
       CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= clock_timestamp() THEN 'expired' ELSE 'good' END AS state,
       floor(extract(epoch FROM created_at))::bigint AS created, floor(extract(epoch FROM expires_at))::bigint AS expires
     FROM token WHERE scope <> 'trader' ORDER BY created_at DESC, id`,
  )
  return rows.map(({ created, expires, ...row }) => ({
    ...row,
    createdAt: BigInt(created),
    expiresAt: BigInt(expires),
  }))
}
