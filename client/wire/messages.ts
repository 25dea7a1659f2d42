import { z } from 'zod'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { SignedCashMessage } from '../../protocol/cash-batch/operation.ts'
import { BUNDLE_WORDS } from '../../protocol/parameters.ts'
import { signedCashMessage, splitSigned } from '../../venue/files/cash-message-file.ts'
import { decodeWith, field, side } from '../../venue/files/schema.ts'
import { signedBundle } from '../../venue/files/trade-batch-file.ts'
import * as n from './numbers.ts'

/** Most messages of one request. */
export const MOST_MESSAGES = 256

/** A bundle for a market, with what its trader calls it. */
export interface NamedBundle extends SignedBundle {
  readonly clientOrderId?: string | undefined
}

/** A trader's message: a bundle for a market, or a withdrawal or transfer. */
export type TraderMessage = NamedBundle | SignedCashMessage

const listed = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item, 'must be a list of messages')
    .min(1, 'must have one message at least')
    .max(MOST_MESSAGES, `must have at most ${MOST_MESSAGES} messages`)

/** What a trader calls a bundle: his own business, and once while it is remembered. */
export const clientOrderId = z
  .string('must be a text')
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'must be 1 to 64 letters, digits or _ . : -')

const namedBundle = z.strictObject({ ...signedBundle.shape, clientOrderId: clientOrderId.optional() })

/** Bundles, `{ messages, signature, clientOrderId }`, withdrawals and transfers, as in their file but for version and domain. */
export const messagesDocument = listed(z.union([namedBundle, signedCashMessage]))

const anyList = listed(z.unknown())

/** The same, read one by one, so that what is said of a wrong one names its field. */
export const messagesRequest = z.unknown().transform(readMessages)

const verdictAnswer = z.strictObject({
  /** ACCEPTED, or why no batch may include it, or not now. */
  verdict: z.string(),
  record: n.record.optional(),
  /** It was accepted before: it, or another bundle of that clientOrderId. */
  again: z.literal(true).optional(),
  /** So many bundles that the account left for when it falls silent can be taken no more, as this has their nonce or a higher one. */
  voidCancels: z.int().optional(),
  /** Of what was accepted: that it has this place in the log. To be kept as it is, for `zkclear log verify`. */
  receipt: z.looseObject({}).optional(),
})
export const messagesAnswer = z.strictObject({ verdicts: z.array(verdictAnswer) })

export const viewKeyRequest = z.strictObject({ account: n.account, viewKey: field })
export const viewKeyAnswer = z.strictObject({ result: z.enum(['TAKEN', 'KNOWN']) })

/** How far what is told holds: it may be taken back until its batch is settled, and by a reorganisation until that is final. */
const finality = z.enum(['soft', 'proved', 'settled', 'final'])

export const messageAnswer = z.strictObject({
  record: n.record,
  /** Of the last message of a bundle. */
  nonce: n.nonce.optional(),
  clientOrderId: clientOrderId.optional(),
  state: z.enum(['accepted', 'executed', 'refused']),
  reason: z.string().optional(),
  batch: n.batch.optional(),
  finality: finality.optional(),
  /** What became last of each order or cancel of a bundle, by its place. */
  orders: z.array(
    z.strictObject({
      place: z.int(),
      state: z.enum(['rested', 'no-effect', 'dropped', 'cancelled', 'cancel-missed', 'gone']),
      market: n.market.optional(),
      sequence: n.lots.optional(),
    }),
  ),
  fills: z.array(
    z.strictObject({
      ...{ place: z.int(), market: n.market, side, price: n.price, size: n.lots, role: z.enum(['taker', 'maker']) },
      state: z.enum([...finality.options, 'busted']),
    }),
  ),
})

export const recordPath = z.strictObject({ record: n.wholeNumber(Number.MAX_SAFE_INTEGER) })
export const messageQuery = z.union(
  [
    z.strictObject({ nonce: n.nonce }),
    z.strictObject({ clientOrderId }),
    z.strictObject({ market: n.wholeNumber(255), sequence: n.lots }),
  ],
  'must be nonce, or clientOrderId, or market and sequence',
)

/** A bundle of more would be read to its end before that is said of it, at a cost that is its sender's to choose. */
const anyBundle = z.looseObject({
  messages: z.array(z.unknown(), 'must be a list').max(BUNDLE_WORDS, `must have at most ${BUNDLE_WORDS} messages`),
})

function readMessages(json: unknown): TraderMessage[] {
  return decodeWith(anyList, json, 'INPUT_INVALID', 'messages').map((message, i) => {
    const path = `messages[${i}]`
    if (Object.hasOwn(Object(message), 'messages')) {
      return decodeWith(namedBundle, decodeWith(anyBundle, message, 'INPUT_INVALID', path), 'INPUT_INVALID', path)
    }
    return splitSigned(decodeWith(signedCashMessage, message, 'INPUT_INVALID', path))
  })
}
