import assert from 'node:assert/strict'
import { makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { accountAt } from '../../../protocol/state.ts'
import { type Bid, heldBy } from '../../../protocol/takeover/bid.ts'
import { currentState } from '../../../service/sequencer/state.ts'
import { Desk, TABLE } from './desk.ts'
import { bidOf } from './simulation/traders.ts'

export const COVER = { now: 1_000n, perHour: 1_000n }
export const [VICTIM, WINNER, BIDDER, OTHER] = [1, 2, 3, 4]
/** Of the quote asset an account of a desk has 100,000, and of another as much as 135 is lent on. */
export const SIZE = 250n
const fallen = (mark: bigint) => makeTable(SMALL, { maxAge: 100_000n, lastDiscountBps: 9_000n }, { mark })
/** At 790 it is worth 47,650, and 50,000 are at risk; at 550 it owes 12,350. */
export const BELOW = fallen(790n)
/** At 740 it is worth 35,150. */
export const LOWER = fallen(740n)
export const BANKRUPT = fallen(550n)

/** Account 1 is long what it can bear, account 2 short: bought at 1,000, at that table. */
export function position(table = TABLE): Desk {
  const desk = new Desk()
  desk.put({ kind: 'table', table, relisted: 0n })
  for (const [account, side] of [
    [WINNER, 'sell'],
    [VICTIM, 'buy'],
  ] as const) {
    desk.send({
      ...{ kind: 'order', market: 0, account, side, price: 1000n, size: SIZE, nonce: 1n },
      ...{ timeInForce: 'GTC', reduceOnly: false, expiry: NOW + 3_600n },
    })
  }
  desk.put({ kind: 'cut', cash: false })
  return desk
}

/** Prices fell, and account 1 is flagged. */
export function flagged(table = BELOW, before = TABLE): Desk {
  const desk = position(before)
  desk.put({ kind: 'table', table, relisted: 0n })
  desk.put({ kind: 'operations', operations: [{ kind: 'FLAG', account: VICTIM }] })
  assert.equal(account(desk, VICTIM).flaggedAt, NOW)
  return desk
}

/** The same in the middle of its auction, when it is to be had for 25,000 less than it is worth. */
export function open(table = BELOW, before = TABLE): Desk {
  const desk = flagged(table, before)
  desk.wait((TABLE.grace + 100n) * 1000n)
  return desk
}

export const account = (desk: Desk, index: number) => accountAt(currentState(desk.state), index)!

export function bid(desk: Desk, given: Partial<Bid> = {}) {
  const held = heldBy(account(desk, VICTIM))
  return bidOf({ victim: VICTIM, bidder: BIDDER, held, price: 40_000n, nonce: 1n, expiry: NOW + 1_000n, ...given })
}
