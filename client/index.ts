import type { z } from 'zod'
import { ZkclearError } from '../protocol/errors.ts'
import type { SignedBid } from '../protocol/takeover/bid.ts'
import { encodeBid } from '../venue/files/takeover-file.ts'
import { followBook, type PublicBook } from './follow-book.ts'
import { answerTo, linesOf, queryOf, type VenueOptions } from './request.ts'
import { type Credentials, type FollowOptions, login, type Session, sessionOf } from './session.ts'
import { bidAnswer } from './wire/bids.ts'
import { limitsAnswer } from './wire/limits.ts'
import { batchesAnswer, bookAnswer, marketsAnswer } from './wire/markets.ts'
import { messagesAnswer, type TraderMessage, viewKeyAnswer } from './wire/messages.ts'
import { tradesAnswer, tradesStreamLine } from './wire/trades.ts'

export type { Level } from './checksum.ts'
export { bookChecksum } from './checksum.ts'
export type { PublicBook } from './follow-book.ts'
export type { VenueOptions } from './request.ts'
export type {
  Credentials,
  Exit,
  FollowOptions,
  MessageName,
  Opening,
  ReadOptions,
  Session,
  StandingCancelsNow,
} from './session.ts'
export type { OrderTerms, Payment, Signer } from './signer.ts'
export { signerOf } from './signer.ts'
export type { AccountEvent, StreamWord } from './wire/events.ts'
export type { NamedBundle, TraderMessage } from './wire/messages.ts'
export type { LeftCancels } from './wire/standing-cancels.ts'
export type { TapeEntry } from './wire/trades.ts'

/** What anybody can ask of a venue. All of it throws VENUE_REFUSED for what the venue refuses, and VENUE_UNREACHABLE. */
export interface VenueClient {
  /**
   * Hands in signed messages, up to 256, and gets a verdict on each; what has a wrong form or exceeds the credit is refused as a whole.
   * Where a receipt is for another record than its verdict, VENUE_REFUSED has the verdicts in its details; receipts are checked no further.
   */
  send(messages: readonly TraderMessage[]): Promise<z.output<typeof messagesAnswer>['verdicts']>
  /** Hands in a bid for a flagged account, signed for the venue of that domain. */
  sendBid(bid: SignedBid, domain: bigint): Promise<z.output<typeof bidAnswer>>
  shareViewKey(shared: { readonly account: number; readonly viewKey: bigint }): Promise<'TAKEN' | 'KNOWN'>
  markets(): Promise<z.output<typeof marketsAnswer>>
  limits(): Promise<z.output<typeof limitsAnswer>>
  batches(): Promise<z.output<typeof batchesAnswer>>
  book(market: number, depth?: number): Promise<z.output<typeof bookAnswer>>
  /** The book after each change, checked against the venue's checksum. */
  followBook(market: number, options?: { readonly signal?: AbortSignal | undefined }): AsyncGenerator<PublicBook>
  /** Trades of a market, and which of them are none any more: the first `limit` (100, 1,000 at most) after a number, or the last ones. */
  trades(
    market: number,
    options?: { readonly after?: number | undefined; readonly limit?: number | undefined },
  ): Promise<z.output<typeof tradesAnswer>>
  /** The same as it happens, from the entry after that number on, or from now on. Ends with a line of kind `end`. */
  followTrades(market: number, options?: FollowOptions): AsyncGenerator<z.output<typeof tradesStreamLine>>
  login(credentials: Credentials): Promise<Session>
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
    async send(messages) {
      const body = messages.map((each) => ('messages' in each ? each : { ...each.message, signature: each.signature }))
      const { verdicts } = await answerTo(venue, { method: 'POST', path: '/v1/messages', body }, messagesAnswer)
      for (const { record, receipt } of verdicts) {
        if (receipt === undefined || receipt.record === record) continue
        const message = `the venue says that a message is record ${record}, and gives the receipt of another one`
        throw new ZkclearError('VENUE_REFUSED', message, { details: { verdicts } })
      }
      return verdicts
    },
    sendBid: (bid, domain) =>
      answerTo(venue, { method: 'POST', path: '/v1/bids', body: encodeBid(bid, domain) }, bidAnswer),
    async shareViewKey(body) {
      return (await answerTo(venue, { method: 'POST', path: '/v1/view-keys', body }, viewKeyAnswer)).result
    },
    markets: () => answerTo(venue, { path: '/v1/markets' }, marketsAnswer),
    limits: () => answerTo(venue, { path: '/v1/limits' }, limitsAnswer),
    batches: () => answerTo(venue, { path: '/v1/batches' }, batchesAnswer),
    book(market, depth) {
      return answerTo(venue, { path: `/v1/markets/${market}/book${queryOf({ depth })}` }, bookAnswer)
    },
    followBook: (market, { signal } = {}) => followBook(venue, market, signal),
    trades(market, { after, limit } = {}) {
      return answerTo(venue, { path: `/v1/markets/${market}/trades${queryOf({ after, limit })}` }, tradesAnswer)
    },
    followTrades(market, { after, signal } = {}) {
      return linesOf(
        venue,
        { path: `/v1/markets/${market}/trades/stream${queryOf({ after })}`, signal },
        tradesStreamLine,
      )
    },
    login: (credentials) => login(venue, credentials),
    session: (account, token) => sessionOf(venue, account, token),
  }
}
