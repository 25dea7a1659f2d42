import { isFlagged } from '../../protocol/account.ts'
import { HOUSE } from '../../protocol/cash-batch/house.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { isSignedBy } from '../../protocol/signature.ts'
import { accountAt, type State } from '../../protocol/state.ts'
import { hashBid, heldBy, type SignedBid } from '../../protocol/takeover/bid.ts'
import type { Draft } from './draft.ts'
import { knownBy } from './judge.ts'
import type { RecordOf } from './record.ts'
import { currentState, type HeldBid, type SequencerState } from './state.ts'

/** What is said of a bid when it arrives. Accepted: a takeover may take it, if the rules allow it then and no better one is there. */
export type BidVerdict =
  | 'ACCEPTED'
  /** Victim and bidder are one, or one is the house. */
  | 'MALFORMED'
  | 'NOT_OPEN'
  | 'UNKNOWN_ACCOUNT'
  | 'NOT_FLAGGED'
  | 'VIEW_KEY_MISSING'
  /** Not above the bidder's, or that of another bid of his for the account. */
  | 'OLD_NONCE'
  | 'EXPIRED'
  | 'BAD_SIGNATURE'
  /** The victim holds something else than the bid is for. */
  | 'HELD'
  /** There are {@link MOST_BIDS} for the account, none of them lower. */
  | 'OUTBID'

/** Bids that are kept for one account: each is looked at in every takeover of it. */
export const MOST_BIDS = 64

/** What is to be said of a bid that arrives now. With `checkSignature` false it is taken to be signed: whoever wrote its record has checked. */
export function judgeBid(sequencer: SequencerState, { bid, signature }: SignedBid, checkSignature = true): BidVerdict {
  const { victim, bidder } = bid
  if (victim === bidder || victim === HOUSE || bidder === HOUSE) return 'MALFORMED'
  if (sequencer.clock === 0n || sequencer.table === undefined) return 'NOT_OPEN'
  const taken = accountAt(currentState(sequencer), victim)
  const taker = knownBy(sequencer, bidder)
  if (taken === undefined || taker === undefined) return 'UNKNOWN_ACCOUNT'
  if (!isFlagged(taken)) return 'NOT_FLAGGED'
  if (taker.viewKey === 0n) return 'VIEW_KEY_MISSING'
  const rivals = bidsFor(sequencer, victim)
  const own = rivals.find(({ signed }) => signed.bid.bidder === bidder)
  if (bid.nonce <= taker.nonce || (own !== undefined && bid.nonce <= own.signed.bid.nonce)) return 'OLD_NONCE'
  if (sequencer.timestamp > bid.expiry) return 'EXPIRED'
  const isSigned = !checkSignature || isSignedBy(hashBid(bid, sequencer.config.domain), signature, taker.tradingKey)
  if (!isSigned) return 'BAD_SIGNATURE'
  // Only whoever has an account may try what another holds.
  if (heldBy(taken) !== bid.held) return 'HELD'
  const isFull = own === undefined && rivals.length >= MOST_BIDS
  return isFull && rivals.every(({ signed }) => signed.bid.price >= bid.price) ? 'OUTBID' : 'ACCEPTED'
}

/**
 * Keeps a bid; an earlier one of the bidder for that account goes, and where there is no room the lowest. Throws INPUT_INVALID for one
 * that is not accepted.
 */
export function takeBid(draft: Draft, { signed }: RecordOf<'bid'>): void {
  const verdict = judgeBid(draft, signed, false)
  if (verdict !== 'ACCEPTED') {
    throw new ZkclearError('INPUT_INVALID', `the bid is not accepted: ${verdict}`, { path: 'record.signed' })
  }
  const { victim, bidder } = signed.bid
  const held = bidsThatHold(draft).filter((one) => {
    return one.signed.bid.victim !== victim || one.signed.bid.bidder !== bidder
  })
  const rivals = held.filter((one) => one.signed.bid.victim === victim)
  const lowest = rivals.length < MOST_BIDS ? undefined : rivals.reduce(lower)
  draft.bids = [...held.filter((one) => one !== lowest), { record: draft.records, signed }]
}

/** Those for the account, in the order of their records. */
function bidsFor({ bids }: Pick<SequencerState, 'bids'>, victim: number): readonly HeldBid[] {
  return bids.filter(({ signed }) => signed.bid.victim === victim)
}

/** Those that a takeover looks at: what a bidder sent before, of whatever kind, has its turn first, as its nonces are in the way. */
export function usableBids(sequencer: Pick<SequencerState, 'bids' | 'waiting'>, victim: number): readonly HeldBid[] {
  return bidsFor(sequencer, victim).filter(({ signed }) => {
    return sequencer.waiting.every(({ account }) => account !== signed.bid.bidder)
  })
}

/** Those that may still be taken: not expired, and not overtaken, now or if all goes back to what is final. */
export function bidsThatHold(sequencer: SequencerState): readonly HeldBid[] {
  const states = [sequencer.base.state, currentState(sequencer)]
  return sequencer.bids.filter(({ signed: { bid } }) => {
    return sequencer.timestamp <= bid.expiry && states.some((state) => isMeant(state, bid))
  })
}

function isMeant(state: State, { victim, bidder, held, nonce }: SignedBid['bid']): boolean {
  const [taken, taker] = [accountAt(state, victim), accountAt(state, bidder)]
  if (taken === undefined || taker === undefined) return false
  return isFlagged(taken) && heldBy(taken) === held && nonce > taker.nonce
}

function lower(one: HeldBid, other: HeldBid): HeldBid {
  return other.signed.bid.price < one.signed.bid.price ? other : one
}
