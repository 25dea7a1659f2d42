import { isBarred } from '../../protocol/account.ts'
import type { SignedBundle } from '../../protocol/bundle.ts'
import type { LimitOrder, Message } from '../../protocol/message.ts'
import {
  ORDER_KEY_SHIFT,
  opposite,
  orderKey,
  priority,
  type Side,
  slotAccount,
  unpackSlot,
} from '../../protocol/slot.ts'
import { accountAt } from '../../protocol/state.ts'
import { currentState, type SequencerState } from '../sequencer/state.ts'

/**
 * Whether one message of the bundle at least would do something, as far as that can be said now: a bundle that follows on others of its
 * account, or of its market, which had no turn yet may act on what those leave.
 */
export function wouldAct(sequencer: SequencerState, { messages }: SignedBundle): boolean {
  const [{ account, market }] = messages as [Message]
  const { hand } = currentState(sequencer).books.get(market)!
  const follows = sequencer.waiting.some((item) => item.account === account || item.market === market)
  return follows || hand !== undefined || messages.some((message) => acts(sequencer, message))
}

function acts(sequencer: SequencerState, message: Message): boolean {
  if (message.kind === 'order') return mayRestOrTrade(sequencer, message)
  if (message.kind === 'cancel-all') {
    const sides = message.side === 'both' ? (['buy', 'sell'] as const) : [message.side]
    return sides.some((side) => restingOf(sequencer, message, side).length > 0)
  }
  const key = orderKey(message.side, message.price, message.sequence)
  return restingOf(sequencer, message, message.side).includes(key)
}

/** Whether the order gets past what its message's checks turn away, and could rest or meet another (protocol.md#rule-matching). */
function mayRestOrTrade(sequencer: SequencerState, order: LimitOrder): boolean {
  const { table, timestamp, closingFrom } = sequencer
  const { market, side, price, size, timeInForce, reduceOnly, expiry } = order
  const state = currentState(sequencer)
  const account = accountAt(state, order.account)
  const record = table?.markets[market]
  if (table === undefined || record === undefined || account === undefined) return true
  const { asOf, maxAge } = table
  const isFresh = asOf <= timestamp && timestamp <= asOf + maxAge
  if (!isFresh || timestamp > record.lastTradeTime || timestamp > expiry) return false
  const held = account.positions[market]!
  const reducible = side === 'buy' ? -held.size : held.size
  if ((isBarred(account) && !reduceOnly) || size < record.minOrder || (reduceOnly && reducible <= 0n)) return false
  const open = side === 'buy' ? held.openBuy : held.openSell
  const maxPosition = closingFrom !== undefined && timestamp >= closingFrom ? 0n : record.maxPosition
  if (open - reducible + size > maxPosition) return false
  if (side === 'buy' ? price > record.mark + record.band : price < record.mark - record.band) return false
  const other = opposite(side)
  const { bids, asks } = state.books.get(market)!
  const head = (other === 'buy' ? bids : asks)[0]
  const crosses = head !== undefined && unpackSlot(head).priority <= priority(other, price)
  return timeInForce === 'GTC' || crosses === (timeInForce === 'IOC')
}

/** What names the orders that the account has resting on a side of the market, each as `orderKey` gives it. */
export function restingOf(
  sequencer: SequencerState,
  { market, account }: { readonly market: number; readonly account: number },
  side: Side,
): bigint[] {
  const { bids, asks } = currentState(sequencer).books.get(market)!
  const own = (side === 'buy' ? bids : asks).filter((word) => slotAccount(word) === account)
  return own.map((word) => word >> ORDER_KEY_SHIFT)
}
