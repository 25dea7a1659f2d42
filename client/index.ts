import type { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import type { SignedBid } from '../protocol/takeover/bid.ts'
import { encodeBid } from '../venue/files/takeover-file.ts'
import { followBook, type PublicBook } from './follow-book.ts'
import { answerTo, linesOf, queryOf, type RequestOptions, type VenueOptions } from './request.ts'
import { type Credentials, type FollowOptions, login, type Session, sessionOf } from './session.ts'
import { bidAnswer } from './wire/bids.ts'
import { limitsAnswer } from './wire/limits.ts'
import { batchesAnswer, bookAnswer, marketsAnswer } from './wire/markets.ts'
import { messagesAnswer, type TraderMessage, viewKeyAnswer } from './wire/messages.ts'
import { type StatusAnswer, statusAnswer } from './wire/status.ts'
import { tradesAnswer, tradesStreamLine } from './wire/trades.ts'

export type { Level } from './checksum.ts'
export { bookChecksum } from './checksum.ts'
export type { PublicBook } from './follow-book.ts'
export type { RequestOptions, VenueOptions } from './request.ts'
export type {
  Credentials,
  Exit,
  FollowOptions,
  MessageName,
  Opening,
  Session,
  StandingCancelsNow,
} from './session.ts'
export type { OrderTerms, Payment, Signer } from './signer.ts'
export { signerOf } from './signer.ts'
export type { AccountEvent, StreamWord } from './wire/events.ts'
export type { NamedBundle, TraderMessage } from './wire/messages.ts'
export type { LeftCancels } from './wire/standing-cancels.ts'
export type { TapeEntry } from './wire/trades.ts'

/** What anybody can ask of a venue. All of it throws VENUE_REFUSED for what the venue refuses, VENUE_UNREACHABLE, and ABORTED. */
export interface VenueClient {
  /**
   * Hands in signed messages, up to 256, and gets a verdict on each; what has a wrong form or exceeds the credit is refused as a whole.
   * Where a receipt is for another record than its verdict, VENUE_REFUSED has the verdicts in its details; receipts are checked no further.
   * Where no answer comes, or it was called off, they may have been taken: handed in again as they are, they are accepted once.
   */
  send(
    messages: readonly TraderMessage[],
    options?: RequestOptions,
  ): Promise<z.output<typeof messagesAnswer>['verdicts']>
  /** Hands in a bid for a flagged account, signed for the venue of that domain. */
  sendBid(bid: SignedBid, domain: bigint, options?: RequestOptions): Promise<z.output<typeof bidAnswer>>
  /** Of an account whose registration the venue has seen. Orders are taken once `hasViewKey` of the account says so, some seconds after either answer. */
  shareViewKey(
    shared: { readonly account: number; readonly viewKey: bigint },
    options?: RequestOptions,
  ): Promise<'TAKEN' | 'KNOWN'>
  /** How the venue stands, and which one it says that it is: whoever signs takes `domain` from elsewhere, or trusts the venue. */
  status(options?: RequestOptions): Promise<StatusAnswer>
  markets(options?: RequestOptions): Promise<z.output<typeof marketsAnswer>>
  limits(options?: RequestOptions): Promise<z.output<typeof limitsAnswer>>
  batches(options?: RequestOptions): Promise<z.output<typeof batchesAnswer>>
  book(market: number, depth?: number, options?: RequestOptions): Promise<z.output<typeof bookAnswer>>
  /** The book after each change, checked against the venue's checksum. */
  followBook(market: number, options?: Pick<RequestOptions, 'signal'>): AsyncGenerator<PublicBook>
  /** Trades of a market, and which of them are none any more: the first `limit` (100, 1,000 at most) after a number, or the last ones. */
  trades(
    market: number,
    options?: RequestOptions & { readonly after?: number | undefined; readonly limit?: number | undefined },
  ): Promise<z.output<typeof tradesAnswer>>
  /** The same as it happens, from the entry after that number on, or from now on. Ends with a line of kind `end`. */
  followTrades(market: number, options?: FollowOptions): AsyncGenerator<z.output<typeof tradesStreamLine>>
  login(credentials: Credentials, options?: RequestOptions): Promise<Session>
  /** Goes on with the token of an earlier login. */
  session(account: number, token: string): Session
}

/**
 * A venue by the address of its gateway, from Node or a browser.
 *
 * @example
 * const venue = connectVenue({ url: 'https://venue.example:8441' })
 * const session = await venue.login({ account: 7, privateKey, domain })
 * const [verdict] = await venue.send([signerOf({ account: 7, privateKey, domain }).order(terms)])
 * for await (const event of session.follow()) console.log(event.kind)
 */
export function connectVenue(venue: VenueOptions): VenueClient {
  return {
    async send(messages, options) {
      const body = messages.map((each) => ('messages' in each ? each : { ...each.message, signature: each.signature }))
      const { verdicts } = await answerTo(
        venue,
        { ...options, method: 'POST', path: '/v1/messages', body },
        messagesAnswer,
      )
      for (const { record, receipt } of verdicts) {
        if (receipt === undefined || receipt.record === record) continue
        const message = `the venue says that a message is record ${record}, and gives the receipt of another one`
        throw new ZkclearError('VENUE_REFUSED', message, { details: { verdicts } })
      }
      return verdicts
    },
    sendBid(bid, domain, options) {
      const body = encodeBid(bid, domain)
      return answerTo(venue, { ...options, method: 'POST', path: '/v1/bids', body }, bidAnswer)
    },
    async shareViewKey(body, options) {
      const asked = { ...options, method: 'POST', path: '/v1/view-keys', body } as const
      return (await answerTo(venue, asked, viewKeyAnswer)).result
    },
    status: (options) => answerTo(venue, { ...options, path: '/v1/status' }, statusAnswer),
    markets: (options) => answerTo(venue, { ...options, path: '/v1/markets' }, marketsAnswer),
    limits: (options) => answerTo(venue, { ...options, path: '/v1/limits' }, limitsAnswer),
    batches: (options) => answerTo(venue, { ...options, path: '/v1/batches' }, batchesAnswer),
    book(market, depth, options) {
      return answerTo(venue, { ...options, path: `/v1/markets/${market}/book${queryOf({ depth })}` }, bookAnswer)
    },
    followBook: (market, { signal } = {}) => followBook(venue, market, signal),
    trades(market, { after, limit, ...options } = {}) {
      const path = `/v1/markets/${market}/trades${queryOf({ after, limit })}`
      return answerTo(venue, { ...options, path }, tradesAnswer)
    },
    followTrades(market, { after, signal } = {}) {
      return linesOf(
        venue,
        { path: `/v1/markets/${market}/trades/stream${queryOf({ after })}`, signal },
        tradesStreamLine,
      )
    },
    login: (credentials, options) => login(venue, credentials, options),
    session: (account, token) => sessionOf(venue, account, token),
  }
}
