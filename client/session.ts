import type { z } from 'zod'
import { signLogin } from '../protocol/login.ts'
import { answerTo, linesOf, queryOf, type RequestOptions, type VenueOptions } from './request.ts'
import { accountAnswer } from './wire/account.ts'
import { accountStreamLine } from './wire/events.ts'
import { exitAnswer } from './wire/exit.ts'
import { challengeAnswer, done, loginAnswer } from './wire/login.ts'
import { messageAnswer } from './wire/messages.ts'
import { openingAnswer } from './wire/opening.ts'
import { type LeftCancels, standingCancelsAnswer } from './wire/standing-cancels.ts'

export interface Credentials {
  readonly account: number
  /** Of the account's trading key, 32 bytes. Signs, and is sent nowhere. */
  readonly privateKey: Uint8Array
  /** Of the venue, as its contract has it: nothing is signed for another. */
  readonly domain: bigint
}

/** How an own message is named: by its record, its nonce, what it was called, or what of it rests. */
export type MessageName =
  | { readonly record: number }
  | { readonly nonce: bigint }
  | { readonly clientOrderId: string }
  | { readonly market: number; readonly sequence: bigint }

/** An account in a settled state, all but its view key, with its path, and a risk table that the chain takes for that state. */
export type Opening = z.output<typeof openingAnswer>

/** An account of a frozen venue in its last state, all but its view key, with its path and the risk table that it is valued at. */
export type Exit = z.output<typeof exitAnswer>

/** A trader at a venue that knows him. */
export interface Session {
  readonly account: number
  /** Goes with every request; whoever has it sees the account. */
  readonly token: string
  read(options?: RequestOptions): Promise<z.output<typeof accountAnswer>>
  /** The account in a settled state, with what opens it there, for what its owner proves. */
  opening(options?: RequestOptions): Promise<Opening>
  /** Of a frozen venue: what the account's exit is proved from, all but its view key. */
  exit(options?: RequestOptions): Promise<Exit>
  message(name: MessageName, options?: RequestOptions): Promise<z.output<typeof messageAnswer>>
  /** What happens to the account, from the event after that number on, or from now on. Ends with a line of kind `end`. */
  follow(options?: FollowOptions): AsyncGenerator<z.output<typeof accountStreamLine>>
  /**
   * Leaves signed cancels with the venue, in place of those before, which hands them in when it hears nothing of the trader for so many
   * seconds. A message of their nonces or above makes them void, so give them nonces far above the next one.
   *
   * @example
   * const nonce = (await session.read()).nextNonce + 1_000_000n
   * const bundles = [trader.cancelAll({ market: 0, side: 'both', nonce })]
   * await session.leaveCancels({ bundles, seconds: 15, watch: 'heartbeat' })
   * setInterval(() => session.heartbeat().catch(() => undefined), 5_000)
   */
  leaveCancels(left: LeftCancels, options?: RequestOptions): Promise<StandingCancelsNow>
  /** Says that the trader is there. */
  heartbeat(options?: RequestOptions): Promise<StandingCancelsNow>
  standingCancels(options?: RequestOptions): Promise<StandingCancelsNow>
  dropCancels(options?: RequestOptions): Promise<StandingCancelsNow>
  /** Ends the token, or all of the account. */
  logout(options?: RequestOptions & { readonly everywhere?: boolean }): Promise<void>
}

/** How cancels stand that were left. */
export type StandingCancelsNow = z.output<typeof standingCancelsAnswer>

export interface FollowOptions extends Pick<RequestOptions, 'signal'> {
  readonly after?: number | undefined
}

/** Logs in: signs the venue's challenge. Throws VENUE_REFUSED, VENUE_UNREACHABLE. */
export async function login(
  venue: VenueOptions,
  { account, privateKey, domain }: Credentials,
  options?: RequestOptions,
): Promise<Session> {
  const asked = { ...options, method: 'POST', path: '/v1/login/challenge', body: { account } } as const
  const { challenge, expiry } = await answerTo(venue, asked, challengeAnswer)
  const signature = signLogin({ challenge, expiry }, domain, privateKey)
  const body = { account, challenge, expiry, signature }
  const { token } = await answerTo(venue, { ...options, method: 'POST', path: '/v1/login', body }, loginAnswer)
  return sessionOf(venue, account, token)
}

const STANDING = '/v1/account/standing-cancels'

/** The session of a token that a login gave. */
export function sessionOf(venue: VenueOptions, account: number, token: string): Session {
  const get = <Schema extends z.ZodType>(path: string, schema: Schema, options?: RequestOptions) => {
    return answerTo(venue, { ...options, path, token }, schema)
  }
  const post = (path: string, body: unknown, options?: RequestOptions) => {
    return answerTo(venue, { ...options, method: 'POST', path, token, body }, standingCancelsAnswer)
  }
  return {
    ...{ account, token },
    read: (options) => get('/v1/account', accountAnswer, options),
    opening: (options) => get('/v1/account/opening', openingAnswer, options),
    exit: (options) => get('/v1/account/exit', exitAnswer, options),
    message: (name, options) => get(pathOf(name), messageAnswer, options),
    follow({ after, signal } = {}) {
      return linesOf(venue, { path: `/v1/account/stream${queryOf({ after })}`, token, signal }, accountStreamLine)
    },
    leaveCancels: (body, options) => post(STANDING, body, options),
    heartbeat: (options) => post('/v1/account/heartbeat', {}, options),
    standingCancels: (options) => get(STANDING, standingCancelsAnswer, options),
    dropCancels: (options) => post(`${STANDING}/drop`, {}, options),
    async logout({ everywhere = false, ...options } = {}) {
      await answerTo(venue, { ...options, method: 'POST', path: '/v1/logout', token, body: { everywhere } }, done)
    },
  }
}

function pathOf(name: MessageName): string {
  if ('record' in name) return `/v1/account/messages/${name.record}`
  return `/v1/account/messages${queryOf(name)}`
}
