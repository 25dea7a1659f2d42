import { messagesOf } from '../../protocol/bundle.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { busyBatch, crowdedBatch, quietBatch, sellersBatch } from './busy-batches.ts'
import { makeTable, SMALL } from './model.ts'
import { addCash, Venue, withAccount } from './venue.ts'

/** Batches whose hints are lied about. Together they put every rule to work. */
export const HINT_BATCHES: Readonly<Record<string, () => TradeBatch>> = {
  'a sweep of three makers, a cancel that misses, orders that rest': busyBatch,
  'heads removed, a position reduced, a cancel that hits': sellersBatch,
  'an eviction, an order that stays in hand': crowdedBatch,
  'one order that rests, slots that are not used': quietBatch,
  'accounts below initial margin that close': closingBatch,
}

/** Account 1 is under water and closes without giving value away; account 3 is below initial margin and closes at a loss. */
function closingBatch(): TradeBatch {
  const long = { positions: { 2: { size: 10n } } }
  const venue = new Venue({
    accounts: { 1: long, 2: { positions: { 2: { size: -20n } } }, 3: long },
    table: makeTable(SMALL, { initialMarginBps: 12_000n }),
  })
  venue.rest([venue.buy(2, 1000n, 1n), venue.buy(2, 990n, 50n)])
  const ioc = { timeInForce: 'IOC' } as const
  // ten lots at 1000 are worth 10,000 and lose at most 2,000
  const equity = (account: number, amount: bigint) => (batch: TradeBatch) => {
    const { before } = batch.touched.find(({ index }) => index === account)!
    return withAccount(batch, account, addCash(amount - 10_000n - before.collateral[0]!))
  }
  const batch = venue.batch([venue.sell(1, 1000n, 1n, ioc), venue.sell(3, 990n, 1n, ioc)])
  const poor = equity(3, 2_050n)(equity(1, -500n)(batch))
  // the evidence that the poorer accounts have, from which the honest hints are made
  return venueBatch(venue, poor)
}

/** The same messages applied to the state that the transition starts from. */
function venueBatch(venue: Venue, { before, bundles }: TradeBatch): TradeBatch {
  venue.state = before
  return venue.batch(messagesOf({ bundles }))
}

/** A sweep whose fourth trade is with an account that was touched already: the batch could pause before it. */
export function pausableBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: {}, 2: {}, 3: {}, 250: {} } })
  venue.rest([2, 3, 250, 2, 3].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
  return venue.batch([venue.buy(1, 1010n, 20n)])
}
