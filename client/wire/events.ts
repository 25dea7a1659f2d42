import { z } from 'zod'
import { side } from '../../venue/files/schema.ts'
import * as n from './numbers.ts'

/** What each event of an account's stream begins with. Numbers grow and have gaps; `previous` is that of the account's event before. */
const head = { number: z.int().nonnegative(), previous: z.int().nonnegative() }
const place = z.int().nonnegative()

const fill = {
  ...{ market: n.market, side, price: n.price, size: n.lots },
  /** Whether the own order came, or was met. */
  role: z.enum(['taker', 'maker']),
  /** The own order: record and place in its bundle; missing of one that is older than the journal. */
  record: n.record.optional(),
  place: place.optional(),
}

/** What happens to an account, in order. All but what a batch that is settled says may be taken back, and then that is told. */
const accountEvent = z.discriminatedUnion('kind', [
  /** The message has its place in the order. */
  z.strictObject({
    kind: z.literal('accepted'),
    ...head,
    record: n.record,
    nonce: n.nonce,
    clientOrderId: z.string().optional(),
  }),
  /** It is in that batch; after a rewind maybe in another, which is told again. */
  z.strictObject({ kind: z.literal('executed'), ...head, record: n.record, batch: n.batch }),
  /** No batch takes it. */
  z.strictObject({ kind: z.literal('refused'), ...head, record: n.record, reason: z.string() }),
  /** What became of an order or cancel, but for its fills. */
  z.strictObject({
    ...{ kind: z.literal('order'), ...head, record: n.record, place, batch: n.batch },
    state: z.enum(['rested', 'no-effect', 'dropped', 'cancelled', 'cancel-missed', 'gone']),
    market: n.market.optional(),
    /** By which a cancel names it, once it rested. */
    sequence: n.lots.optional(),
  }),
  /** A trade; soft until a `batch` event says that its batch is settled. */
  z.strictObject({ kind: z.literal('filled'), ...head, ...fill, batch: n.batch }),
  /** A trade that was told is none any more. */
  z.strictObject({ kind: z.literal('busted'), ...head, ...fill }),
  /** How far a batch is in which the account has something, by the records of its messages. */
  z.strictObject({
    ...{ kind: z.literal('batch'), ...head, batch: n.batch, records: z.array(n.record) },
    state: z.enum(['proved', 'settled', 'final', 'unsettled', 'dropped']),
  }),
  /** An entry of the contract's queue for the account is in that batch. */
  z.strictObject({ kind: z.literal('served'), ...head, operation: z.string(), entry: n.counter, batch: n.batch }),
  /** The account passed to a bidder, or another passed to it, for so many quanta. */
  z.strictObject({
    ...{ kind: z.literal('taken-over'), ...head, batch: n.batch },
    ...{ role: z.enum(['victim', 'bidder']), price: n.quanta },
  }),
  /** Lots of the account's position were closed against another's. */
  z.strictObject({
    ...{ kind: z.literal('deleveraged'), ...head, batch: n.batch },
    ...{ role: z.enum(['victim', 'counterparty']), market: n.market, lots: n.signedLots },
  }),
  z.strictObject({ kind: z.literal('view-key-refused'), ...head, reason: z.string() }),
])

/** What a stream says of itself. */
export const streamWord = z.discriminatedUnion('kind', [
  /** Where it begins: what is told from here on comes after the event of that number. */
  z.strictObject({ kind: z.literal('begin'), number: z.int().nonnegative() }),
  /** Events after the number that was asked for are not kept any more, or too many to be told: read the account and the messages anew. */
  z.strictObject({ kind: z.literal('gap'), number: z.int().nonnegative() }),
  /** Nothing happened for a while. */
  z.strictObject({ kind: z.literal('beat') }),
  /** The last word: the reader was too slow, the token ended, the venue does, or another who had fewer streams came when all were in use. */
  z.strictObject({ kind: z.literal('end'), reason: z.enum(['SLOW', 'TOKEN', 'CLOSING', 'CROWDED']) }),
])

export const accountStreamLine = z.union([accountEvent, streamWord])
export type AccountEvent = z.output<typeof accountEvent>
export type StreamWord = z.output<typeof streamWord>

/** From which event on: the last one that is known, or none, for what comes from now on. */
export const streamQuery = z.strictObject({ after: n.wholeNumber(Number.MAX_SAFE_INTEGER).optional() })
