import { z } from 'zod'
import { side } from '../../venue/files/schema.ts'
import { streamWord } from './events.ts'
import * as n from './numbers.ts'

/** Most entries of one answer, and how many there are where nothing is said. */
const MOST_ENTRIES = 1_000
const USUAL_ENTRIES = 100

/** What each entry begins with. Numbers grow and have gaps; `previous` is that of the market's entry before. */
const head = { number: z.int().nonnegative(), previous: z.int().nonnegative() }
const what = {
  /** Of the order that came; the one that it met has the other side. */
  ...{ side, price: n.price, size: n.lots },
  /** Unix seconds at which it was made. */
  time: n.seconds,
}

const trade = z.strictObject({ kind: z.literal('trade'), ...head, ...what })
const busted = z.strictObject({
  /** A trade is none any more. */
  ...{ kind: z.literal('busted'), ...head, ...what },
  /** Its number; missing where that is not known any more. */
  trade: z.int().nonnegative().optional(),
})

const tapeEntry = z.discriminatedUnion('kind', [trade, busted])
export type TapeEntry = z.output<typeof tapeEntry>

/** What a stream of trades tells. */
export const tradesStreamLine = z.union([tapeEntry, streamWord])

const tradeNow = z.strictObject({
  ...trade.shape,
  /** How far it is: soft trades may be taken back. */
  state: z.enum(['soft', 'proved', 'settled', 'final', 'busted']),
})

export const tradesAnswer = z.strictObject({
  market: n.market,
  /** Number of the market's last entry, from which on a stream goes on. */
  last: z.int().nonnegative(),
  /** In order. All that came after `after` if the first one's `previous`, or `last` where there is none, is not above it. */
  entries: z.array(z.discriminatedUnion('kind', [tradeNow, busted])),
})

const number = n.wholeNumber(Number.MAX_SAFE_INTEGER)

/** The first `limit` entries after that number; without one the last. */
export const tradesQuery = z.strictObject({
  after: number.optional(),
  limit: n
    .wholeNumber(MOST_ENTRIES)
    .optional()
    .transform((limit) => limit ?? USUAL_ENTRIES),
})
