import { streamQuery } from '../../client/wire/events.ts'
import { limitsAnswer } from '../../client/wire/limits.ts'
import * as wire from '../../client/wire/markets.ts'
import { MOST_MESSAGES } from '../../client/wire/messages.ts'
import { tradesAnswer, tradesQuery, tradesStreamLine } from '../../client/wire/trades.ts'
import { publicRoute, type Route } from '../gateway/route.ts'
import { Refusal } from '../http/refusal.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'
import type { Feeds } from './feeds.ts'
import { batchesView, bookView, marketsView } from './market-views.ts'
import { type DoorRules, restingLimit } from './rules.ts'
import { STREAM_LIMITS } from './streams.ts'

export interface MarketParts {
  /** As far as it is on disk. */
  state(): SequencerState
  readonly feeds: Feeds
  readonly rules: DoorRules
}

/** What is everybody's. */
export function marketRoutes({ state, feeds, rules }: MarketParts): Route[] {
  const shape = () => currentState(state()).shape
  const marketOf = ({ market }: { readonly market: number }) => {
    if (market < shape().markets) return market
    throw new Refusal(404, 'MARKET_UNKNOWN', `there are the markets 0 to ${shape().markets - 1}`)
  }
  return [
    publicRoute({
      ...{ method: 'GET', path: '/v1/markets', answer: wire.marketsAnswer },
      summary: 'The markets as the newest risk table has them: prices, limits, fees',
      async handle() {
        const found = marketsView(state())
        if (found === undefined) throw new Refusal(503, 'NOT_OPEN', 'there is no risk table yet', 5)
        return found
      },
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/markets/:market/book', answer: wire.bookAnswer },
      ...{ params: wire.marketPath, query: wire.bookQuery },
      summary: 'The book of a market: lots by price, soft; with its number and the checksum of the whole',
      handle: async ({ params, query }) => bookView(state(), marketOf(params), query.depth),
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/markets/:market/book/stream', answer: wire.bookStreamLine, form: 'ndjson' },
      params: wire.marketPath,
      summary: 'The book, and then what changes of it',
      async handle({ params, caller, reply }) {
        const topic = marketOf(params)
        const stream = feeds.books.open(reply, { reader: caller, topic, mayRead: async () => true })
        stream.tell({ kind: 'snapshot', ...bookView(state(), topic) })
      },
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/markets/:market/trades', answer: tradesAnswer },
      ...{ params: wire.marketPath, query: tradesQuery },
      summary: 'The trades of a market and which of them are none any more: the first after a number, or the last ones',
      handle: async ({ params, query }) => feeds.tapes.page(state(), marketOf(params), query),
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/markets/:market/trades/stream', answer: tradesStreamLine, form: 'ndjson' },
      ...{ params: wire.marketPath, query: streamQuery },
      summary: 'The same as it happens, from the entry after the given number on, or from now on',
      async handle({ params, query: { after }, caller, reply }) {
        const topic = marketOf(params)
        const stream = feeds.trades.open(reply, { reader: caller, topic, mayRead: async () => true })
        stream.begin(after, feeds.tapes.last(topic), (number) => feeds.tapes.after(topic, number))
      },
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/batches', answer: wire.batchesAnswer },
      summary: 'Batches that are not final, and how far they are',
      handle: async () => batchesView(state()),
    }),
    publicRoute({
      ...{ method: 'GET', path: '/v1/limits', answer: limitsAnswer },
      summary: 'What the venue asks of those who come',
      async handle() {
        const { restingShare: _, tickSizes: ticks, ...told } = rules
        const tickSizes = [...ticks].map(([market, tickSize]) => ({ market, tickSize }))
        const { perReader: streamsPerAccount, bytes: streamBytes } = STREAM_LIMITS
        const restingPerSide = restingLimit(rules, shape().window)
        return { restingPerSide, ...told, tickSizes, messagesPerRequest: MOST_MESSAGES, streamsPerAccount, streamBytes }
      },
    }),
  ]
}
