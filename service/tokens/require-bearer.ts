import type { FastifyRequest } from 'fastify'
import { Refusal } from '../http/refusal.ts'
import type { Database } from '../postgres/database.ts'
import { type Bearer, readToken, type Scope } from './tokens.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask: anybody, or who bears a token of that scope. It stands at the route, as a path has many spellings. */
    access?: 'public' | Scope
  }
}

const FOR: Readonly<Record<Scope, string>> = {
  worker: 'workers',
  operator: 'operators',
  metrics: 'metrics',
  trader: 'traders',
}

/** Who sends a request: he must bear a token of that scope that is good. Throws a Refusal. */
export async function requireBearer(database: Database, { headers }: FastifyRequest, scope: Scope): Promise<Bearer> {
  const text = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  const bearer = text === undefined ? undefined : await readToken(database, text)
  if (bearer === undefined) {
    throw new Refusal(401, 'TOKEN_REFUSED', 'the request bears no token that is good: unknown, expired or revoked')
  }
  if (bearer.scope !== scope) throw new Refusal(403, 'TOKEN_REFUSED', `the token is not one for ${FOR[scope]}`)
  return bearer
}
