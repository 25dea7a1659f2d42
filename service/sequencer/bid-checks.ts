import type { Account } from '../../protocol/account.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { accountAt } from '../../protocol/state.ts'
import { fairPrice } from '../../protocol/takeover/auction.ts'
import { heldBy, type SignedBid } from '../../protocol/takeover/bid.ts'
import { requireTaker } from '../../protocol/takeover/takeover.ts'
import { knownBy } from './judge.ts'
import { isSigned } from './signatures.ts'
import { currentState, type SequencerState } from './state.ts'

const held = new WeakMap<Account, bigint>()

/** {@link heldBy}, worked out once for each account as it stands: many bids ask for it, again and again. */
export function heldOf(account: Account): bigint {
  const known = held.get(account) ?? heldBy(account)
  held.set(account, known)
  return known
}

/**
 * Why nobody could take the bid at the newest table, whatever time brings. PRICE: it is above what the victim is worth; UNABLE: the bidder
 * is barred, has a position in a sheltered market, or could not bear what he would take over.
 */
export function hindranceOf(
  { table }: Pick<SequencerState, 'table'>,
  { victim, bidder }: { readonly victim: Account; readonly bidder: Account },
  { bid }: SignedBid,
): 'PRICE' | 'UNABLE' | undefined {
  if (bid.price > fairPrice(victim, table!)) return 'PRICE'
  try {
    requireTaker(victim, bidder, bid, table!)
    return undefined
  } catch (error) {
    if (error instanceof ZkclearError) return 'UNABLE'
    throw error
  }
}

/** Whether nothing but time, a low price or what the house may pay keeps a takeover from taking the bid, once what waits had its turn. */
export function isTakeable(sequencer: SequencerState, signed: SignedBid): boolean {
  const { bid } = signed
  const victim = accountAt(currentState(sequencer), bid.victim)
  const bidder = knownBy(sequencer, bid.bidder)
  if (victim === undefined || bidder === undefined || sequencer.table === undefined) return false
  if (sequencer.timestamp > bid.expiry || bid.nonce <= bidder.nonce || bidder.viewKey === 0n) return false
  if (heldOf(victim) !== bid.held || hindranceOf(sequencer, { victim, bidder }, signed) !== undefined) return false
  return isSigned(signed, sequencer.config.domain, bidder.tradingKey)
}
