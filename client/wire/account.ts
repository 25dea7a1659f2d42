import { z } from 'zod'
import { side } from '../../venue/files/schema.ts'
import * as n from './numbers.ts'

export const openOrder = z.strictObject({
  market: n.market,
  side,
  price: n.price,
  /** Lots left. */
  size: n.lots,
  /** By which a cancel names it. */
  sequence: n.lots,
  expiry: n.seconds,
  /** The message that it is: record and place in its bundle; missing of an order that is older than the journal. */
  record: n.record.optional(),
  place: z.int().optional(),
  /** Whether it is being matched, and does not rest. */
  inHand: z.boolean(),
})

export const position = z.strictObject({
  market: n.market,
  /** Lots; positive is long. */
  size: n.signedLots,
  openBuy: n.lots,
  openSell: n.lots,
  /** Quanta per lot. */
  mark: n.price.optional(),
  /** Quanta that funding since it was realised last takes from the account, or gives if below 0. */
  fundingDue: n.quanta.optional(),
})

/** Quanta times 10^4, so that weights need no division; at the newest risk table. */
export const margin = z.strictObject({
  equity: n.quanta,
  /** What open orders reserve. */
  orders: n.quanta,
  /** What the positions may lose, and that at the ratio that an order has to leave. */
  risk: n.quanta,
  initialRequirement: n.quanta,
  /** Of the worst scenario: what is left before a further order, and before a flag. Below 0: it fails. */
  initialExcess: n.quanta,
  maintenanceExcess: n.quanta,
})

export const accountAnswer = z.strictObject({
  account: n.account,
  /** How many records it knows, and which batch comes next: all of this is soft until its batch is settled. */
  records: n.record,
  nextBatch: n.batch,
  timestamp: n.seconds,
  /** The least nonce that the next message may have: above all that were accepted. */
  nextNonce: n.nonce,
  hasViewKey: z.boolean(),
  /** Unix seconds; 0 if it is not flagged. */
  flaggedAt: n.seconds,
  suspended: z.boolean(),
  /** Lots of each asset; cash first. */
  collateral: z.array(n.signedLots),
  positions: z.array(position),
  /** Missing before the first risk table. */
  margin: margin.optional(),
  orders: z.array(openOrder),
  /** Number of the account's last event, which the stream goes on from. */
  event: z.int().nonnegative(),
  /** Records of accepted messages that had no turn yet. */
  waiting: z.array(n.record),
})
