import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { NOW } from './model.ts'
import { feeTable, ONE_STEP, Venue } from './venue.ts'

/** Every step trades, and the order stays in hand though account slots are free. */
export function exhaustedBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 150: {}, 200: {} } })
  for (let i = 0n; i < 7n; i++) venue.rest([venue.sell(200, 1000n + i, 1n)])
  return venue.batch([venue.buy(150, 1010n, 9n)])
}

/** The sweep pauses in front of the fifth account, for which no slot is left. */
export function pausedBatch(): TradeBatch {
  const venue = new Venue()
  venue.rest([2, 3, 4, 5].map((account, i) => venue.sell(account, 1000n + BigInt(i), 2n)))
  return venue.batch([venue.buy(1, 1010n, 20n)])
}

/** An order in hand rests, and what makes way for it in the full window is an order of the same account. */
export function ownEvictionBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 2: {}, 9: {} } })
  for (let i = 0n; i < 8n; i++) venue.rest([venue.buy(i === 7n ? 9 : 2, 999n - i, 5n + i)])
  venue.rest([venue.sell(2, 1000n, 2n)])
  carry(venue, (next) => next.buy(9, 1000n, 12n))
  return venue.batch([])
}

/** A full window of bids of account 2 whose last one has expired or not, and an order that is worse than all. */
export function fullBatch(expired: boolean): TradeBatch {
  const venue = new Venue()
  const older = { timestamp: NOW - 5n, riskTable: feeTable({ asOf: NOW - 5n }) }
  for (let i = 0n; i < 8n; i++) {
    venue.rest([venue.buy(2, 999n - i, 5n + i, expired && i === 7n ? { expiry: NOW - 1n } : {})], older)
  }
  return venue.batch([venue.buy(1, 991n, 5n), venue.cancel(2, 'buy', 998n, 1n)])
}

/** An order below the least size, one that may only reduce and has less to reduce, and a cancel of the second bid. */
export function refusalsBatch(): TradeBatch {
  const table = feeTable({}, { minOrder: 3n })
  const venue = new Venue({
    accounts: { 1: { positions: { 2: { size: 5n, fundingIndex: 11n } } }, 2: {}, 3: {} },
    table,
  })
  venue.rest([venue.buy(2, 1000n, 20n), venue.buy(3, 990n, 4n)])
  const reduceOnly = { timeInForce: 'IOC', reduceOnly: true } as const
  return venue.batch([
    venue.sell(3, 1000n, 2n),
    venue.sell(1, 1000n, 9n, reduceOnly),
    venue.buy(3, 980n, 9n, reduceOnly),
    venue.cancel(3, 'buy', 990n, 1n),
  ])
}

/** Two bids at one price: the second of them is cancelled. */
export function samePriceBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: {} } })
  venue.rest([venue.buy(1, 990n, 5n), venue.buy(1, 980n, 6n), venue.buy(1, 980n, 7n)])
  return venue.batch([venue.cancel(1, 'buy', 980n, 2n)])
}

/** Five steps do something, the last of them rests an order; all account slots are enabled. */
export function fiveStepBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: {}, 2: {}, 3: {}, 4: {} } })
  venue.rest([venue.sell(2, 1000n, 1n), venue.sell(4, 1001n, 1n)])
  return venue.batch([
    venue.buy(1, 1001n, 2n),
    venue.buy(3, 990n, 4n),
    venue.cancel(3, 'sell', 1090n, 99n),
    venue.buy(1, 980n, 4n),
  ])
}

/**
 * Positions may only be closed: the order in hand from before leaves, an order closes with one resting order, lets another
 * make way that would open, and rests; what would close more than there is has no effect.
 */
export function closingOnlyBatch(): TradeBatch {
  const lots = (size: bigint) => ({ positions: { 2: { size, fundingIndex: 11n } } })
  const venue = new Venue({ accounts: { 1: lots(-10n), 2: lots(10n), 3: {} } })
  venue.rest([venue.sell(3, 1002n, 5n), venue.sell(2, 1001n, 4n), venue.sell(2, 999n, 1n)])
  carry(venue, (next) => next.buy(3, 1000n, 9n))
  return venue.batch([venue.buy(1, 1002n, 6n), venue.sell(2, 1010n, 9n)], { closingOnly: true })
}

/** Account 2 takes back two bids and an ask and quotes anew in one bundle; account 3 begins to take back three asks, one of which is left. */
export function cancelAllBatch(): TradeBatch {
  const venue = withQuotes()
  return venue.bundled([[venue.cancelAll(2, 'both'), venue.buy(2, 985n, 4n)], [venue.cancelAll(3, 'sell')]])
}

/** The batch before left account 2's cancel in hand, with a bid and an ask to take out; then one finds nothing. */
export function cancelAllGoesOnBatch(): TradeBatch {
  const venue = withQuotes()
  carry(venue, (next) => next.cancelAll(2, 'both'))
  return venue.batch([venue.cancelAll(2, 'buy'), venue.cancelAll(3, 'sell')])
}

function withQuotes(): Venue {
  const venue = new Venue({ accounts: { 2: {}, 3: {}, 4: {} } })
  venue.rest([venue.buy(4, 995n, 1n), venue.buy(2, 990n, 5n), venue.buy(2, 980n, 6n)])
  return venue.rest([3, 2, 3, 4, 3].map((account, i) => venue.sell(account, 1010n + BigInt(i), 2n)))
}

/** Lets one message be worked on for one step only, so that its order stays in hand. */
function carry(venue: Venue, message: (venue: Venue) => Parameters<Venue['rest']>[0][number]): void {
  venue.rest([message(venue)], ONE_STEP)
}
