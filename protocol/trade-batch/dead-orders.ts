import type { SignedBundle } from '../bundle.ts'
import type { Cancel, Signature } from '../message.ts'
import { priority, type Side, unpackSlot } from '../slot.ts'
import { accountAt, type State } from '../state.ts'
import { hasLapsed } from './matching.ts'
import { isRevocable } from './refusal.ts'
import type { TradeBatchContext } from './trade-batch.ts'

/** What stands where a bundle needs no signature; nobody looks at it. */
const NO_SIGNATURE: Signature = { R8x: 0n, R8y: 1n, S: 0n }

/**
 * Unsigned cancels of the resting orders that a bundle's orders cross and that anybody may take back (protocol.md#barred), best
 * first: each step that removes one of them is a step less for the bundle.
 */
export function deadInTheWay(
  state: State,
  { market, riskTable, timestamp }: Pick<TradeBatchContext, 'market' | 'riskTable' | 'timestamp'>,
  { messages }: SignedBundle,
): SignedBundle[] {
  const record = riskTable.markets[market]!
  const { bids, asks } = state.books.get(market)!
  const deadOn = (side: Side) => {
    const reaches = messages.flatMap((message) =>
      message.kind === 'order' && message.side !== side ? [priority(side, message.price)] : [],
    )
    return (side === 'buy' ? bids : asks).map(unpackSlot).flatMap((slot): SignedBundle[] => {
      const { account, sequence } = slot
      const owner = accountAt(state, account)
      if (owner === undefined || !reaches.some((reach) => slot.priority <= reach)) return []
      // at place 0 when its turn comes: what stands before one that is out of the band is out of it too, and gone then
      const hasLapsedThen = hasLapsed(side, 0, slot, { timestamp, table: riskTable, record })
      if (!isRevocable(owner, record) && !hasLapsedThen) return []
      const price = priority(side, slot.priority)
      const cancel: Cancel = { kind: 'cancel', market, account, side, price, sequence, nonce: 0n }
      return [{ messages: [cancel], signature: NO_SIGNATURE }]
    })
  }
  return [...deadOn('buy'), ...deadOn('sell')]
}
