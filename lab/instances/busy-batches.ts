import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'
import { NOW } from './model.ts'
import { feeTable, ONE_STEP, Venue } from './venue.ts'

/** Every message, step and account slot at work: a sweep of three makers, a cancel that misses, two orders that rest. */
export function busyBatch(): TradeBatch {
  const venue = new Venue({
    accounts: { 1: everywhere(5n), 2: everywhere(-5n), 3: everywhere(2n), 250: everywhere(-2n) },
  })
  venue.rest([venue.sell(2, 1000n, 2n), venue.sell(3, 1001n, 2n), venue.sell(250, 1001n, 2n)])
  return venue.batch([
    venue.buy(1, 1001n, 5n),
    venue.cancel(2, 'sell', 1000n, 99n),
    venue.buy(3, 990n, 1n),
    venue.sell(3, 1100n, 1n, { timeInForce: 'POST_ONLY' }),
  ])
}

/** Sellers: an expired head and one's own are removed, a position is reduced, an order cancelled. */
export function sellersBatch(): TradeBatch {
  const venue = new Venue({
    accounts: { 1: everywhere(7n), 2: everywhere(-9n), 7: everywhere(2n), 200: everywhere(0n) },
  })
  const older = { timestamp: NOW - 5n, riskTable: feeTable({ asOf: NOW - 5n }) }
  venue.rest([venue.buy(2, 1003n, 3n, { expiry: NOW - 1n })], older)
  venue.rest([venue.buy(7, 1002n, 3n), venue.buy(2, 1001n, 4n), venue.buy(200, 990n, 2n), venue.sell(7, 1050n, 2n)])
  return venue.batch([
    venue.sell(7, 1001n, 3n),
    venue.sell(1, 999n, 9n, { timeInForce: 'IOC', reduceOnly: true }),
    venue.cancel(200, 'buy', 990n, 3n),
  ])
}

/** A full window whose last bid makes way, and an order that stays in hand at the end. */
export function crowdedBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: everywhere(3n), 2: everywhere(-3n), 3: {}, 4: {} } })
  for (let i = 0n; i < 8n; i++) venue.rest([venue.buy(2, 999n - i, 5n + i)])
  for (let i = 0n; i < 5n; i++) venue.rest([venue.sell(4, 1010n + i, 1n)])
  return venue.batch([venue.buy(1, 995n, 6n), venue.buy(3, 1020n, 9n)])
}

/** One order that rests and nothing else: three account slots and message slots are idle. */
export function quietBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: everywhere(3n), 2: {} } })
  venue.rest([venue.buy(2, 990n, 5n), venue.sell(2, 1010n, 5n)])
  return venue.batch([venue.buy(1, 980n, 5n)])
}

/** The first batch of a market: its book is as empty as all others. */
export function firstBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: everywhere(3n), 2: {} } })
  return venue.batch([venue.buy(1, 980n, 5n)])
}

/** An order that was in hand at the end of the batch before, of the last account, and one more of the first. */
export function carriedBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 2: everywhere(-3n), 3: {}, 9: everywhere(3n) } })
  venue.rest([venue.sell(2, 1000n, 5n), venue.sell(3, 1001n, 4n)])
  venue.rest([venue.buy(9, 1001n, 12n)], ONE_STEP)
  return venue.batch([venue.sell(2, 1005n, 1n)])
}

/** After a cancel that misses, an order takes two of three makers: the second step of it removes a head before another slot. */
export function sweepBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: everywhere(3n), 2: everywhere(-3n), 3: {} } })
  venue.rest([venue.sell(2, 1000n, 2n), venue.sell(3, 1001n, 2n), venue.sell(2, 1002n, 2n)])
  return venue.batch([venue.cancel(3, 'sell', 1090n, 99n), venue.buy(1, 1001n, 4n, { timeInForce: 'IOC' })])
}

/** Accounts 1, 1, 2 and 4 send a message each, so that 4 = 1 + 1 + 2. */
export function quadrupleBatch(): TradeBatch {
  const venue = new Venue({ accounts: { 1: everywhere(1n), 2: everywhere(-1n), 4: {} } })
  return venue.batch([venue.buy(1, 990n, 5n), venue.buy(1, 980n, 6n), venue.buy(2, 970n, 7n), venue.buy(4, 960n, 8n)])
}

function everywhere(size: bigint) {
  return {
    positions: Object.fromEntries([0, 1, 2, 3].map((m) => [m, { size, fundingIndex: BigInt(m) - 2n }])),
  }
}
