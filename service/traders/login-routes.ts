import * as wire from '../../client/wire/login.ts'
import type { TradingKey } from '../../protocol/account.ts'
import { hashLogin } from '../../protocol/login.ts'
import { isSignedBy } from '../../protocol/signature.ts'
import { publicRoute, type Route, traderRoute } from '../gateway/route.ts'
import { Refusal } from '../http/refusal.ts'
import type { KnownCallers } from '../intake/known-callers.ts'
import type { Database } from '../postgres/database.ts'
import {
  createToken,
  forgetTokens,
  type Holder,
  keepNewestTokens,
  revokeToken,
  revokeTokensOf,
} from '../tokens/tokens.ts'
import { Challenges } from './challenges.ts'
import type { Door } from './door.ts'

export interface LoginParts {
  readonly database: Database
  readonly domain: bigint
  /** Makes an address pay for checks of signatures that led to nothing. */
  readonly door: Pick<Door, 'chargeWasted'>
  /** Who logs in as an account is known to be of it. */
  readonly known: Pick<KnownCallers, 'note'>
  /** The trading key of an account now. */
  keyOf(account: number): TradingKey | undefined
  /** Unix seconds. */
  now(): bigint
  /** Tokens of the account ended. */
  onLogout(account: number): Promise<void>
}

/** How long a login lasts. */
const TOKEN_SECONDS = 12 * 60 * 60

/** How traders log in: by a signature of their trading key over a challenge. */
export function loginRoutes({ database, domain, door, known, keyOf, now, onLogout }: LoginParts): Route[] {
  const challenges = new Challenges()
  return [
    publicRoute({
      ...{ method: 'POST', path: '/v1/login/challenge', body: wire.challengeRequest, answer: wire.challengeAnswer },
      summary: 'A challenge, to be signed with the trading key of the account within a minute',
      async handle({ body: { account } }) {
        return { ...challenges.issue(account, now()), domain }
      },
    }),
    publicRoute({
      ...{ method: 'POST', path: '/v1/login', body: wire.loginRequest, answer: wire.loginAnswer },
      summary: 'A token for the account whose trading key signed the challenge',
      async handle({ body: { account, signature, ...login }, caller }) {
        const key = keyOf(account)
        const isOpen = challenges.isOpen(account, login, now())
        if (!isOpen || key === undefined || !isSignedBy(hashLogin(login, domain), signature, key)) {
          door.chargeWasted(caller, ['BAD_SIGNATURE'])
          const message =
            'the challenge is unknown, used or past its time, or the trading key of the account did not sign it'
          throw new Refusal(401, 'LOGIN_REFUSED', message)
        }
        challenges.use(login, now())
        known.note(account, caller)
        await forgetTokens(database)
        const holder = { account, key: textOf(key) }
        const { text } = await createToken(database, { name: 'login', scope: 'trader', seconds: TOKEN_SECONDS, holder })
        await keepNewestTokens(database, account)
        return { token: text, account, seconds: TOKEN_SECONDS }
      },
    }),
    traderRoute({
      ...{ method: 'POST', path: '/v1/logout', body: wire.logoutRequest, answer: wire.done },
      summary: 'Ends this token, or all of the account',
      async handle({ account, bearer, body: { everywhere = false } }) {
        await (everywhere ? revokeTokensOf(database, account) : revokeToken(database, bearer.id))
        await onLogout(account)
        return { result: 'DONE' }
      },
    }),
  ]
}

/** Whether the account's trading key is the one with which the holder of a token logged in. */
export function isKeyStill({ account, key }: Holder, keyOf: LoginParts['keyOf']): boolean {
  const now = keyOf(account)
  return now !== undefined && textOf(now) === key
}

function textOf({ x, y }: TradingKey): string {
  return `${x} ${y}`
}
