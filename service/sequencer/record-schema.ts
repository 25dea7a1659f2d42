import { z } from 'zod'
import { clientOrderId } from '../../client/wire/messages.ts'
import { BITS } from '../../protocol/parameters.ts'
import { queueOperation, venueOperation } from '../../venue/files/cash-batch-file.ts'
import { signedCashMessage } from '../../venue/files/cash-message-file.ts'
import { accountIndex, boolean, field, list, time, uint } from '../../venue/files/schema.ts'
import { signedBid } from '../../venue/files/takeover-file.ts'
import { signedBundle } from '../../venue/files/trade-batch-file.ts'
import { riskTable } from '../../venue/files/venue-files.ts'
import { BATCH_CIRCUITS } from './batch-circuits.ts'

/** Numbers of entries of the queue, and of blocks. */
const counter = uint(64)
/** Milliseconds since 1970: a time, and a thousand of each second. */
export const clock = uint(BITS.time + 10)
const batchIndex = z.int('must be an integer').nonnegative('must not be negative')
const recordNumber = z.int('must be an integer').nonnegative('must not be negative')
/** What the contract counts in quanta for the house. */
const quanta = uint(128)
const marketSet = uint(1 << BITS.market)
const digest = z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 lower-case hex digits')
const address = z.string().regex(/^0x[0-9a-f]{40}$/, 'must be 0x and 40 lower-case hex digits')

export const verdict = z.enum([
  'ACCEPTED',
  'MALFORMED',
  'OTHER_MARKET',
  'UNKNOWN_ACCOUNT',
  'VIEW_KEY_MISSING',
  'OLD_NONCE',
  'BAD_SIGNATURE',
  'EXPIRED',
  'NOT_OPEN',
  'PAUSED',
])

export const circuitName = z.enum(BATCH_CIRCUITS)

export const queuedEntry = z.strictObject({
  operation: queueOperation,
  deadline: time,
  askedAt: time.optional(),
  viewCommitment: field.optional(),
  owner: address.optional(),
})

const cause = z.enum(['PAUSE', 'AGE', 'TABLE', 'REORGANISATION', 'WITNESS', 'PROOF', 'OPERATOR'])

/** Longest text for people: an act names a hundred records. */
export const LONGEST_TEXT = 2_000
const text = z
  .string('must be text')
  .min(1, 'must not be empty')
  .max(LONGEST_TEXT, `must have ${LONGEST_TEXT} characters at most`)

const marked = { index: batchIndex.positive('must be at least 1'), root: field }

/** A record as JSON: field for field what record.ts says of it. */
export const recordSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('message'),
      bundle: signedBundle,
      verdict,
      clientOrderId: clientOrderId.optional(),
    }),
    z.strictObject({ kind: z.literal('cash-message'), signed: signedCashMessage, verdict }),
    z.strictObject({ kind: z.literal('tick'), clock }),
    z.strictObject({ kind: z.literal('table'), table: riskTable, relisted: marketSet }),
    z.strictObject({
      kind: z.literal('queue'),
      first: counter,
      entries: list(queuedEntry),
      blockNumber: counter,
      blockHash: digest,
    }),
    z.strictObject({ kind: z.literal('owner'), account: accountIndex, owner: address.optional() }),
    z.strictObject({ kind: z.literal('cut'), cash: boolean }),
    z.strictObject({ kind: z.literal('view'), account: accountIndex, viewKey: field }),
    z.strictObject({ kind: z.literal('sweep') }),
    z.strictObject({ kind: z.literal('operations'), operations: list(venueOperation) }),
    z.strictObject({ kind: z.literal('bid'), signed: signedBid }),
    z.strictObject({
      ...{ kind: z.literal('takeover'), victim: accountIndex },
      cover: z.strictObject({ now: quanta, perHour: quanta }),
    }),
    z.strictObject({
      ...{ kind: z.literal('deleverage'), victim: accountIndex, mayPay: quanta },
      most: batchIndex.positive('must be at least 1'),
    }),
    z.strictObject({ kind: z.literal('book-salt'), secret: field }),
    z.strictObject({ kind: z.literal('pause'), until: time }),
    z.strictObject({ kind: z.literal('closing'), from: time }),
    z.strictObject({ kind: z.literal('rewind'), to: batchIndex, cause, without: list(recordNumber).optional() }),
    z.strictObject({ kind: z.literal('circuit'), circuit: circuitName, digest }),
    z.strictObject({ kind: z.literal('proved'), ...marked }),
    z.strictObject({ kind: z.literal('unproved'), ...marked }),
    z.strictObject({ kind: z.literal('sent'), ...marked }),
    z.strictObject({ kind: z.literal('settled'), ...marked }),
    z.strictObject({ kind: z.literal('reorganised'), settled: batchIndex }),
    z.strictObject({ kind: z.literal('final'), index: marked.index }),
    z.strictObject({
      ...{ kind: z.literal('act'), number: counter, at: clock, act: text },
      ...{ askedBy: text.optional(), agreedBy: text.optional() },
    }),
  ],
  'must be a kind of record that there is',
)
