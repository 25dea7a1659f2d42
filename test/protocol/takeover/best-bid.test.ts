import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DOMAIN,
  LATER,
  makeAccount,
  makeState,
  makeTable,
  NOW,
  PRIVATE_KEY,
  SMALL,
} from '../../../lab/instances/model.ts'
import { bestTakeover } from '../../../protocol/takeover/best-bid.ts'
import { type Bid, heldBy, signBid } from '../../../protocol/takeover/bid.ts'

const TABLE = makeTable(SMALL, { firstDiscountBps: 1_000n, lastDiscountBps: 9_000n })
const FLAGGED_AT = NOW + 50n
const VICTIM = makeAccount(SMALL, { cash: -8_100n, positions: { 0: { size: 10n } }, flaggedAt: FLAGGED_AT })
const STATE = makeState(SMALL, {
  0: makeAccount(SMALL),
  1: VICTIM,
  2: makeAccount(SMALL, { cash: 1_000_000n }),
  3: makeAccount(SMALL, { cash: 10n }),
})
const CONTEXT = { timestamp: FLAGGED_AT + TABLE.grace, domain: DOMAIN, riskTable: TABLE, resumedAt: 0n }

const bid = (price: bigint, change: Partial<Bid> = {}) =>
  signBid(
    { victim: 1, bidder: 2, held: heldBy(VICTIM), price, nonce: 1n, expiry: LATER, ...change },
    DOMAIN,
    PRIVATE_KEY,
  )

const best = (...bids: ReturnType<typeof bid>[]) => {
  const { takeover, place, refused } = bestTakeover(STATE, bids, CONTEXT)
  return { price: takeover?.bid.bid.price, place, refused: refused.map((one) => [one.place, one.reason]) }
}

test('the best bid is that of the highest price that can be taken, and of equal ones the first', () => {
  assert.deepEqual(best(bid(1_800n), bid(1_850n), bid(1_700n)), { price: 1_850n, place: 1, refused: [] })
  assert.deepEqual(best(bid(1_800n), bid(1_800n, { nonce: 2n })), { price: 1_800n, place: 0, refused: [] })
})

test('what is wrong with bids of a higher price is told, and with all of them where none can be taken', () => {
  const poor = bid(1_900n, { bidder: 3 })
  const late = bid(1_880n, { expiry: NOW })
  const other = bid(1_870n, { held: 5n })
  assert.deepEqual(best(other, bid(1_800n), poor, late, bid(1_000n)), {
    ...{ price: 1_800n, place: 1 },
    refused: [
      [2, 'BIDDER_MARGIN'],
      [3, 'EXPIRED'],
      [0, 'HELD'],
    ],
  })
  assert.deepEqual(best(bid(1_000n), bid(1_899n, { bidder: 9 })), {
    ...{ price: undefined, place: undefined },
    refused: [
      [1, 'UNKNOWN_ACCOUNT'],
      [0, 'PRICE'],
    ],
  })
  assert.deepEqual(best(), { price: undefined, place: undefined, refused: [] })
})

test('what the contract does not let the house pay now is no bid, by one quantum, and is told with the second from which it is', () => {
  const owing = makeAccount(SMALL, { cash: -11_100n, positions: { 0: { size: 10n } }, flaggedAt: FLAGGED_AT })
  const state = makeState(SMALL, {
    0: makeAccount(SMALL, { cash: 1_000_000n }),
    1: owing,
    2: makeAccount(SMALL, { cash: 1_000_000n }),
  })
  const held = heldBy(owing)
  const bids = [bid(-1_201n, { held }), bid(-1_200n, { held })]
  const at = (now: bigint, perHour: bigint) => {
    const { takeover, refused } = bestTakeover(state, bids, CONTEXT, { now, perHour })
    return [takeover?.bid.bid.price, ...refused.map(({ reason, message }) => [reason, message.split(', ')[2]])]
  }
  assert.deepEqual(at(1_200n, 1_200n), [-1_200n])
  const time = CONTEXT.timestamp
  const from = (seconds: bigint) => ['COVER', `so much from ${time + seconds} on (unix seconds)`]
  assert.deepEqual(at(1_199n, 7_200n), [undefined, from(1n), from(1n)])
  assert.deepEqual(at(0n, 1_200n), [undefined, from(3_600n), ['COVER', 'never so much at once']])
  assert.deepEqual(bestTakeover(state, bids, CONTEXT).takeover!.subsidy, 1_200n)
})
