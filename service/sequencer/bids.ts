import { isFlagged } from '../../protocol/account.ts'
import { HOUSE } from '../../protocol/cash-batch/house.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { accountAt, type State } from '../../protocol/state.ts'
import { fairPrice } from '../../protocol/takeover/auction.ts'
import type { Bid, SignedBid } from '../../protocol/takeover/bid.ts'
import { heldOf, hindranceOf, isTakeable } from './bid-checks.ts'
import type { Draft } from './draft.ts'
import { knownBy } from './judge.ts'
import type { RecordOf } from './record.ts'
import { isSigned } from './signatures.ts'
import { currentState, type HeldBid, type SequencerState } from './state.ts'

/** What is said of a bid when it arrives. Accepted: a takeover may take it, if the rules allow it then and no better one is there. */
export type BidVerdict =
  | 'ACCEPTED'
  /** Victim and bidder are one, or one is the house. */
  | 'MALFORMED'
  | 'NOT_OPEN'
  | 'UNKNOWN_ACCOUNT'
  | 'NOT_FLAGGED'
  | 'EXPIRED'
  /** Also where anything else is wrong with it that tells of the bidder: only to him that is said. */
  | 'BAD_SIGNATURE'
  | 'VIEW_KEY_MISSING'
  /** Not above the bidder's, or that of another bid of his for the account. */
  | 'OLD_NONCE'
  /** The victim holds something else than the bid is for. */
  | 'HELD'
  /** Above what the victim is worth at the newest table. */
  | 'PRICE'
  /** The bidder is barred, or could not bear at the newest table what he would take over. */
  | 'UNABLE'
  /** Another bid of his for the account came less than {@link REPLACED_AFTER} before, for what that holds still and not above what it is worth. */
  | 'TOO_SOON'
  /** There are {@link MOST_BIDS} for the account that can be taken, none of them lower. */
  | 'OUTBID'

/** Bids that are kept for one account: each is looked at in every takeover of it. */
export const MOST_BIDS = 64
/** Seconds before another bid of the same bidder takes a bid's place, unless what the account holds or is worth has made that void: each is a record. */
export const REPLACED_AFTER = 5n

/** Why a bid is refused whoever signed it, which anybody may be told; undefined: its signature counts. */
export function openVerdict(sequencer: SequencerState, { victim, bidder, expiry }: Bid): BidVerdict | undefined {
  if (victim === bidder || victim === HOUSE || bidder === HOUSE) return 'MALFORMED'
  if (sequencer.clock === 0n || sequencer.table === undefined) return 'NOT_OPEN'
  const state = currentState(sequencer)
  const taken = accountAt(state, victim)
  if (taken === undefined || accountAt(state, bidder) === undefined) return 'UNKNOWN_ACCOUNT'
  if (!isFlagged(taken)) return 'NOT_FLAGGED'
  return sequencer.timestamp > expiry ? 'EXPIRED' : undefined
}

/** What is to be said of a bid that arrives now. With `checkSignature` false it is taken to be signed: whoever wrote its record has checked. */
export function judgeBid(sequencer: SequencerState, signed: SignedBid, checkSignature = true): BidVerdict {
  const { bid } = signed
  const { victim, bidder } = bid
  const open = openVerdict(sequencer, bid)
  if (open !== undefined) return open
  const taken = accountAt(currentState(sequencer), victim)!
  const taker = knownBy(sequencer, bidder)!
  // What follows tells of the bidder and the victim: strangers would learn from it how much they trade.
  if (checkSignature && !isSigned(signed, sequencer.config.domain, taker.tradingKey)) return 'BAD_SIGNATURE'
  if (taker.viewKey === 0n) return 'VIEW_KEY_MISSING'
  const rivals = bidsFor(sequencer, victim)
  const own = rivals.find((rival) => rival.signed.bid.bidder === bidder)
  if (bid.nonce <= taker.nonce || (own !== undefined && bid.nonce <= own.signed.bid.nonce)) return 'OLD_NONCE'
  if (heldOf(taken) !== bid.held) return 'HELD'
  const hindrance = hindranceOf(sequencer, { victim: taken, bidder: taker }, signed)
  if (hindrance !== undefined) return hindrance
  if (own !== undefined) {
    const isRecent = sequencer.timestamp < own.at + REPLACED_AFTER
    // Its bidder cannot make room by what he does to himself, such as a message of its nonce.
    const { held, price } = own.signed.bid
    return isRecent && held === heldOf(taken) && price <= fairPrice(taken, sequencer.table!) ? 'TOO_SOON' : 'ACCEPTED'
  }
  const isLow = rivals.length >= MOST_BIDS && rivals.every((rival) => rival.signed.bid.price >= bid.price)
  return isLow && rivals.every((rival) => isTakeable(sequencer, rival.signed)) ? 'OUTBID' : 'ACCEPTED'
}

/**
 * Keeps a bid; an earlier one of the bidder for that account goes, and where there is no room all that could not be taken now, or else the
 * lowest. Throws INPUT_INVALID for one that is not accepted.
 */
export function takeBid(draft: Draft, { signed }: RecordOf<'bid'>): void {
  const verdict = judgeBid(draft, signed, false)
  if (verdict !== 'ACCEPTED') {
    throw new ZkclearError('INPUT_INVALID', `the bid is not accepted: ${verdict}`, { path: 'record.signed' })
  }
  const { victim, bidder } = signed.bid
  const rivals = bidsFor(draft, victim).filter((one) => one.signed.bid.bidder !== bidder && holds(draft, one))
  const able = rivals.length < MOST_BIDS ? rivals : rivals.filter((one) => isTakeable(draft, one.signed))
  const lowest = able.length < MOST_BIDS ? undefined : able.reduce(lower)
  const kept = new Set(able.filter((one) => one !== lowest))
  const others = draft.bids.filter((one) => one.signed.bid.victim !== victim || kept.has(one))
  draft.bids = [...others, { record: draft.records, at: draft.timestamp, signed }]
}

/** Those for the account, in the order of their records. */
function bidsFor({ bids }: Pick<SequencerState, 'bids'>, victim: number): readonly HeldBid[] {
  return bids.filter(({ signed }) => signed.bid.victim === victim)
}

/**
 * Those that a takeover looks at, of that price or more: what a bidder sent before, of whatever kind, has its turn first, as its nonces are
 * in the way.
 */
export function usableBids(sequencer: SequencerState, victim: number, least?: bigint): readonly HeldBid[] {
  return bidsFor(sequencer, victim).filter(({ signed }) => {
    const { bidder, price } = signed.bid
    if (least !== undefined && price < least) return false
    return sequencer.waiting.every(({ account }) => account !== bidder) && isTakeable(sequencer, signed)
  })
}

/** Those that may still be taken: not expired, and not overtaken, now or if all goes back to what is final. */
export function bidsThatHold(sequencer: SequencerState): readonly HeldBid[] {
  return sequencer.bids.filter((bid) => holds(sequencer, bid))
}

function holds(sequencer: SequencerState, { signed: { bid } }: HeldBid): boolean {
  const states = [sequencer.base.state, currentState(sequencer)]
  return sequencer.timestamp <= bid.expiry && states.some((state) => isMeant(state, bid))
}

function isMeant(state: State, { victim, bidder, held, nonce }: SignedBid['bid']): boolean {
  const [taken, taker] = [accountAt(state, victim), accountAt(state, bidder)]
  if (taken === undefined || taker === undefined) return false
  return isFlagged(taken) && nonce > taker.nonce && heldOf(taken) === held
}

function lower(one: HeldBid, other: HeldBid): HeldBid {
  return other.signed.bid.price < one.signed.bid.price ? other : one
}
