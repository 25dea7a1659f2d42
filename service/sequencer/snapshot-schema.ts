import { z } from 'zod'
import { clientOrderId } from '../../client/wire/messages.ts'
import { BITS } from '../../protocol/parameters.ts'
import { cashOperation } from '../../venue/files/cash-batch-file.ts'
import { lots, signedCashMessage } from '../../venue/files/cash-message-file.ts'
import { closing } from '../../venue/files/deleverage-file.ts'
import {
  accountIndex,
  boolean,
  domain,
  field,
  fileHead,
  list,
  marketIndex,
  time,
  tradingKey,
  uint,
} from '../../venue/files/schema.ts'
import { signedBid } from '../../venue/files/takeover-file.ts'
import { signedBundle } from '../../venue/files/trade-batch-file.ts'
import { riskTable } from '../../venue/files/venue-files.ts'
import { circuitName, clock, queuedEntry } from './record-schema.ts'

const count = z.int('must be an integer').nonnegative('must not be negative')
const text = z.string()
const milliseconds = uint(32)

const config = z.strictObject({
  profile: fileHead.profile,
  domain,
  sizes: z.strictObject({
    trade: z.strictObject({
      name: text,
      messages: count,
      signatures: count,
      steps: count,
      accounts: count,
      lightAccounts: count,
    }),
    cash: z.strictObject({ name: text, slots: count }),
  }),
  tickSeconds: milliseconds,
  cutMilliseconds: milliseconds,
  cashMilliseconds: milliseconds,
})

const tradeItem = z.strictObject({
  ...{ record: count, clock, bundle: signedBundle, signer: tradingKey },
  clientOrderId: clientOrderId.optional(),
})
const item = z.union([tradeItem, z.strictObject({ record: count, clock, signed: signedCashMessage })])

const orderName = z.strictObject({ record: count, place: count })

/** What of a ledger does not follow from the state. */
const ledger = {
  retired: uint(1 << BITS.market),
  retries: list(accountIndex),
  served: uint(64),
}

const batch = z.discriminatedUnion('circuit', [
  z.strictObject({
    ...{ circuit: z.literal('trade-batch'), ...ledger, proved: boolean, sent: boolean, timestamp: time },
    ...{ table: count, closingOnly: boolean, market: marketIndex, items: list(tradeItem) },
    /** Cancels of dead orders, which nobody sent. A batch that has any begins with them. */
    cleared: list(signedBundle),
  }),
  z.strictObject({
    ...{ circuit: z.literal('cash-batch'), ...ledger, proved: boolean, sent: boolean, timestamp: time },
    ...{ table: count.optional(), operations: list(cashOperation), sweepMarket: marketIndex.optional() },
    items: list(count),
    clocks: list(clock),
  }),
  z.strictObject({
    ...{ circuit: z.literal('takeover'), ...ledger, proved: boolean, sent: boolean, timestamp: time },
    ...{ table: count, resumedAt: time, bid: signedBid },
  }),
  z.strictObject({
    ...{ circuit: z.literal('deleverage'), ...ledger, proved: boolean, sent: boolean, timestamp: time },
    ...{ table: count, resumedAt: time, closing },
  }),
])

/** A snapshot as JSON; snapshot.ts says how the sequencer's state follows from it. */
export const snapshotSchema = z.strictObject({
  version: fileHead.version,
  config,
  records: count,
  clock,
  timestamp: time,
  /** All that anything here was made at; others are numbers of these. */
  tables: list(riskTable),
  table: count.optional(),
  bookSecret: field.optional(),
  pausedUntil: time,
  closingFrom: time.optional(),
  viewKeys: list(z.strictObject({ account: accountIndex, viewKey: field, clock })),
  viewCommitments: list(z.strictObject({ account: accountIndex, commitment: field })),
  owners: list(z.strictObject({ account: accountIndex, owner: text })),
  circuits: list(z.strictObject({ circuit: circuitName, digest: text })),
  firstEntry: uint(64),
  entries: list(z.strictObject({ ...queuedEntry.shape, clock })),
  stalled: z.strictObject({ timestamp: time, table: count.optional() }).optional(),
  waiting: list(item),
  bids: list(z.strictObject({ record: count, at: time, signed: signedBid })),
  finalIndex: count,
  base: z.strictObject({
    ...ledger,
    state: z.unknown(),
    vault: list(lots),
    tracks: list(
      z.strictObject({
        market: marketIndex,
        resting: list(z.strictObject({ sequence: uint(BITS.sequence), name: orderName })),
        hand: orderName.optional(),
      }),
    ),
  }),
  batches: list(batch),
  settledIndex: count,
  open: list(tradeItem),
})

export type SnapshotDocument = z.output<typeof snapshotSchema>
