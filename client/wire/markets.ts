import { z } from 'zod'
import { streamWord } from './events.ts'
import * as n from './numbers.ts'

export const level = z.tuple([n.price, n.lots])

export const bookAnswer = z.strictObject({
  market: n.market,
  /** How many records of the journal it knows: grows with every change. */
  number: n.record,
  /** Lots at each price, the best first. What has expired counts until it is met. */
  bids: z.array(level),
  asks: z.array(level),
  /** CRC-32 of both sides whole: client/checksum.ts says of which text. */
  checksum: z.int(),
})

const bookLine = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('snapshot'), ...bookAnswer.shape }),
  /** Prices whose lots changed since `previous`, with those that they have now; 0: none. */
  z.strictObject({ kind: z.literal('delta'), ...bookAnswer.shape, previous: n.record }),
])

export type BookDelta = Extract<z.output<typeof bookLine>, { kind: 'delta' }>
export const bookStreamLine = z.union([bookLine, streamWord])

export const marketPath = z.strictObject({ market: n.wholeNumber(255) })
export const bookQuery = z.strictObject({ depth: n.wholeNumber(10_000).optional() })

const marketAnswer = z.strictObject({
  market: n.market,
  phase: z.enum(['OPEN', 'SHELTERED', 'SETTLED']),
  /** Quanta per lot. A bid may stand at most `band` above the mark, an ask below. */
  mark: n.price,
  band: n.quanta,
  fundingIndex: n.quanta,
  /** Lots. */
  minOrder: n.lots,
  maxPosition: n.quanta,
  openInterest: n.quanta,
  maxOpenInterest: n.quanta,
  /** Quanta that a lot of an open buy, and sell, reserves. */
  longRisk: n.quanta,
  shortRisk: n.quanta,
  lastTradeTime: n.seconds,
})

export const marketsAnswer = z.strictObject({
  /** Unix seconds of the prices; orders trade until maxAge after it. */
  asOf: n.seconds,
  maxAge: n.seconds,
  initialMarginBps: n.quanta,
  takerFeeBps: n.quanta,
  makerFeeBps: n.quanta,
  pausedUntil: n.seconds,
  /** From when on positions may only be closed. */
  closingFrom: n.seconds.optional(),
  collaterals: z.array(z.strictObject({ price: n.quanta, weightBps: n.quanta })),
  markets: z.array(marketAnswer),
})

export const batchesAnswer = z.strictObject({
  settled: n.batch,
  final: n.batch,
  /** Those that are not final, in order; what is final stands on the chain. */
  batches: z.array(
    z.strictObject({
      batch: n.batch,
      circuit: z.enum(['trade-batch', 'cash-batch', 'takeover', 'deleverage']),
      timestamp: n.seconds,
      messages: z.int(),
      state: z.enum(['soft', 'proved', 'settled']),
    }),
  ),
})
