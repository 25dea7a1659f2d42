import { z } from 'zod'
import { HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import { BITS } from '../../protocol/parameters.ts'
import { hashRiskTable } from '../../protocol/risk-table.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { stateRoot } from '../../protocol/state.ts'
import type { SignedBid } from '../../protocol/takeover/bid.ts'
import type { Takeover } from '../../protocol/takeover/pass.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import { openedState, openingsOf, stateOf } from './openings.ts'
import {
  accountIndex,
  assertProfile,
  decodeWith,
  domain,
  field,
  fileHead,
  int,
  type Json,
  signature,
  time,
  toJson,
  uint,
} from './schema.ts'
import { invalid } from './state-file.ts'
import { assertTableFits, riskTable } from './venue-files.ts'

/** A signed bid stands as one object with its signature; {@link SignedBid} has them apart. */
export const signedBid = z.strictObject({
  victim: accountIndex,
  bidder: accountIndex,
  held: field,
  price: int(BITS.collateral),
  nonce: uint(BITS.nonce),
  expiry: time,
  signature,
})

export const bidFile = z.strictObject({ version: fileHead.version, domain, ...signedBid.shape })

const takeoverFile = z.strictObject({
  ...fileHead,
  timestamp: time,
  domain,
  resumedAt: time,
  riskRoot: field,
  oldStateRoot: field,
  newStateRoot: field,
  bid: signedBid,
  riskTable,
  before: openedState,
})

/**
 * Bid file: `{ version: 1, domain, victim, bidder, held, price, nonce, expiry, signature }`, fields as in {@link SignedBid}: what
 * a bidder hands to the venue that it was signed for.
 */
export function encodeBid(signed: SignedBid, domain: bigint): Json {
  return toJson({ version: 1, domain, ...listedBid(signed) })
}

/** Throws INPUT_INVALID, naming the field, also for a bid that was signed for another venue. Whose signature it is, a takeover checks. */
export function decodeBid(json: unknown, domain: bigint): SignedBid {
  const { version: _, domain: signedFor, ...signed } = decodeWith(bidFile, json, 'INPUT_INVALID', 'bid')
  if (signedFor !== domain) {
    throw invalid('bid.domain', `is ${signedFor}, and that of this Settlement ${domain}; sign it for this one`)
  }
  return splitBid(signed)
}

/**
 * Takeover file: everything that a prover of this takeover needs, and no more: the bid with its signature, time, when the last pause
 * ended, domain, risk table, and of the state before it the victim, the bidder and the house, with their Merkle paths. The book is the
 * first market's, and only shows the root of the books. Private, as the view keys of the accounts are.
 */
export function encodeTakeover({ context, before, after, bid }: Takeover, profile: ProfileName): Json {
  const { timestamp, domain, resumedAt, riskTable: table } = context
  const indices = [HOUSE, bid.bid.victim, bid.bid.bidder].toSorted((a, b) => a - b)
  return toJson({
    ...{ version: 1, profile, timestamp, domain, resumedAt },
    riskRoot: hashRiskTable(table),
    oldStateRoot: stateRoot(before),
    newStateRoot: stateRoot(after),
    bid: listedBid(bid),
    riskTable: table,
    before: openingsOf(before, indices, 0),
  })
}

/**
 * Makes the takeover of a file again, its rules and the signature checked. Throws INPUT_INVALID, naming the field, also where a root is
 * not that of what the file holds; BATCH_UNPROVABLE as `applyTakeover` does.
 */
export function decodeTakeover(json: unknown, profile: ProfileName): Takeover {
  const file = decodeWith(takeoverFile, json, 'INPUT_INVALID', 'takeover')
  assertProfile(file.profile, profile, 'INPUT_INVALID', 'takeover')
  const { timestamp, resumedAt, riskTable: table } = file
  const shape = venueShape(profile)
  assertTableFits(table, shape, 'takeover.riskTable')
  if (file.riskRoot !== hashRiskTable(table)) throw invalid('takeover.riskRoot', 'is not that of the risk table')
  const before = stateOf(file.before, 0, shape, 'takeover.before')
  if (stateRoot(before) !== file.oldStateRoot) throw invalid('takeover.oldStateRoot', 'is not that of the state before')
  const context = { timestamp, domain: file.domain, riskTable: table, resumedAt }
  const takeover = applyTakeover(before, splitBid(file.bid), context)
  if (stateRoot(takeover.after) !== file.newStateRoot) {
    throw invalid('takeover.newStateRoot', 'is not what the bid makes of the state before')
  }
  return takeover
}

/** A bid as files list it: with its signature in one object. */
export function listedBid({ bid, signature }: SignedBid) {
  return { ...bid, signature }
}

/** The inverse of {@link listedBid}. */
export function splitBid({ signature, ...bid }: z.output<typeof signedBid>): SignedBid {
  return { bid, signature }
}
