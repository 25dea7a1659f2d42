import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import type { State } from '../../../protocol/state.ts'
import { heldBy } from '../../../protocol/takeover/bid.ts'
import { isTakeable } from '../../../service/sequencer/bid-checks.ts'
import { judgeBid, MOST_BIDS, REPLACED_AFTER } from '../../../service/sequencer/bids.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../service/sequencer/snapshot.ts'
import {
  account,
  BANKRUPT,
  BELOW,
  BIDDER,
  bid,
  COVER,
  flagged,
  LOWER,
  OTHER,
  open,
  SIZE,
  VICTIM,
  WINNER,
} from './crisis.ts'
import { type Desk, TABLE } from './desk.ts'
import { assertInstance, assertProvable } from './simulation/chain.ts'
import { contentOf } from './simulation/describe.ts'
import { assertConserved } from './simulation/invariants.ts'
import { newTrader } from './simulation/traders.ts'

const takeover = { kind: 'takeover', victim: VICTIM, cover: COVER } as const
const deleverage = { kind: 'deleverage', victim: VICTIM, mayPay: 0n, most: 8 } as const
const reasons = (desk: Desk) => desk.told('operation-refused').map(({ reason }) => reason)

suite('a takeover', () => {
  test('takes the best of the bids that the rules allow, behind the orders that wait, and conserves', () => {
    const desk = open()
    desk.put({ kind: 'bid', signed: bid(desk, { price: 39_000n }) })
    desk.put({ kind: 'bid', signed: bid(desk, { price: 47_650n, bidder: OTHER }) })
    desk.put({ kind: 'bid', signed: bid(desk, { price: 40_050n, bidder: WINNER, nonce: 2n }) })
    const waits = desk.order(OTHER, 1n, 'buy')
    desk.put(takeover)
    // The order that was worked off before has the nonce of its account's bid.
    assert.deepEqual(
      desk.told('taken-over').map(({ bidder }) => bidder),
      [WINNER],
    )
    assert.ok(desk.told('executed').some(({ record }) => record === waits))
    assert.deepEqual(
      desk.state.batches.map(({ work }) => work.circuit),
      ['trade-batch', 'cash-batch', 'trade-batch', 'takeover'],
    )
    assert.equal(account(desk, VICTIM).collateral[0], 40_050n)
    assert.equal(account(desk, WINNER).positions[0]!.size, 0n)
    assertConserved(desk.state)
    for (const batch of desk.state.batches) {
      assertProvable(batch)
      assertInstance(batch, desk.state.config)
    }
  })

  test('is refused without a bid, before the auction, in a pause, and where the house may not pay', () => {
    const desk = flagged()
    desk.put({ kind: 'bid', signed: bid(desk) })
    desk.put(takeover)
    desk.wait(TABLE.grace * 1000n)
    desk.put({ kind: 'pause', until: NOW + 300n })
    desk.put(takeover)
    const poor = open(BANKRUPT)
    poor.put(takeover)
    poor.put({ kind: 'bid', signed: bid(poor, { price: -12_350n }) })
    poor.put(takeover)
    assert.deepEqual(
      [reasons(desk), reasons(poor)],
      [
        ['AUCTION', 'PAUSED'],
        ['NO_BID', 'COVER'],
      ],
    )
    poor.put({ ...takeover, cover: { now: 12_350n, perHour: 12_350n } })
    assert.equal(poor.told('taken-over').length, 1)
    assertConserved(poor.state)
  })

  test('lets what its bidder sent before go first', () => {
    const desk = open()
    desk.put({ kind: 'bid', signed: bid(desk, { nonce: 5n }) })
    const paid = desk.withdraw(BIDDER, 1n, 5n)
    desk.put(takeover)
    assert.deepEqual([reasons(desk), desk.told('executed').some(({ record }) => record === paid)], [['NO_BID'], false])
    desk.put({ kind: 'cut', cash: true })
    desk.put(takeover)
    assert.deepEqual([desk.told('taken-over').length, desk.told('refused')], [1, []])
  })

  test('does not go before a deposit that was asked for before its auction, and voids none that came after', () => {
    for (const [askedAt, reason] of [
      [NOW + TABLE.grace - 1n, 'RESCUE'],
      [undefined, 'RESCUE'],
      [NOW + TABLE.grace, undefined],
    ] as const) {
      const desk = open()
      desk.put({ kind: 'bid', signed: bid(desk) })
      const operation = { kind: 'DEPOSIT', account: VICTIM, asset: 0, amount: 50_000n } as const
      const entries = [{ operation, deadline: NOW + 86_400n, askedAt }]
      desk.put({ kind: 'queue', first: 0n, entries, blockNumber: 1n, blockHash: `0x${'00'.repeat(32)}` })
      desk.put(takeover)
      assert.deepEqual(reasons(desk), reason === undefined ? [] : [reason])
      desk.put({ kind: 'cut', cash: true })
      const [{ flaggedAt, collateral }] = [account(desk, VICTIM)]
      // What comes in time saves the account; what comes after it was taken over, is its own, and ends a flag that means nothing any more.
      assert.deepEqual([flaggedAt, collateral[0]], [0n, reason === undefined ? 90_000n : -100_000n])
    }
  })

  test('falls to a rewind, and is asked for again: the bid is still there', () => {
    const desk = open()
    desk.put({ kind: 'bid', signed: bid(desk) })
    desk.put(takeover)
    desk.put({ kind: 'rewind', to: 2, cause: 'TABLE' })
    assert.notEqual(account(desk, VICTIM).positions[0]!.size, 0n)
    desk.put(takeover)
    assert.equal(desk.told('taken-over').length, 2)
    for (const index of [1, 2, 3]) desk.settle(index)
    assert.equal(desk.state.bids.length, 1)
    desk.put({ kind: 'final', index: 3 })
    assert.deepEqual(desk.state.bids, [])
  })
})

suite('a deleveraging', () => {
  test('closes lots of an account that owes more than it has, and conserves', () => {
    const desk = open(BANKRUPT)
    desk.put(deleverage)
    const [{ counterparty, lots }] = [desk.told('deleveraged')[0]!.closing]
    assert.deepEqual([counterparty, lots], [WINNER, SIZE])
    assert.equal(account(desk, VICTIM).positions[0]!.size, 0n)
    assertConserved(desk.state)
    for (const batch of desk.state.batches) {
      assertProvable(batch)
      assertInstance(batch, desk.state.config)
    }
  })

  test('is refused of an account that can pay, and where the house may pay a bidder', () => {
    const desk = open()
    desk.put(deleverage)
    const poor = open(BANKRUPT)
    poor.put({ ...deleverage, mayPay: 100_000n })
    poor.queue(0n, [{ kind: 'CURE', account: VICTIM }])
    poor.put(deleverage)
    poor.put({ kind: 'pause', until: NOW + 300n })
    poor.put(deleverage)
    assert.deepEqual([reasons(desk), reasons(poor)], [['SOLVENT'], ['HOUSE', 'RESCUE', 'PAUSED']])
  })
})

suite('a bid', () => {
  test('is told what is wrong with it', () => {
    const desk = open()
    const verdicts = [
      bid(desk),
      bid(desk, { bidder: VICTIM }),
      bid(desk, { bidder: 0 }),
      bid(desk, { bidder: 9 }),
      bid(desk, { victim: OTHER, held: heldBy(account(desk, OTHER)) }),
      bid(desk, { held: 5n }),
      bid(desk, { nonce: 0n }),
      bid(desk, { expiry: NOW }),
      { ...bid(desk), signature: bid(desk, { nonce: 9n }).signature },
    ].map((signed) => judgeBid(desk.state, signed))
    assert.deepEqual(verdicts, [
      ...['ACCEPTED', 'MALFORMED', 'MALFORMED', 'UNKNOWN_ACCOUNT', 'NOT_FLAGGED', 'HELD', 'OLD_NONCE', 'EXPIRED'],
      'BAD_SIGNATURE',
    ])
    assert.throws(() => desk.put({ kind: 'bid', signed: bid(desk, { held: 5n }) }), { code: 'INPUT_INVALID' })
  })

  test('is refused above what the account is worth, and of whoever could not bear it', () => {
    const desk = crowded(open())
    const [poor] = CROWD
    assert.deepEqual(
      [
        bid(desk, { price: 47_651n }),
        bid(desk, { price: 47_650n }),
        bid(desk, { bidder: poor!, price: 47_650n }),
        bid(desk, { bidder: poor!, price: 1n << 79n }),
      ].map((signed) => judgeBid(desk.state, signed)),
      ['PRICE', 'ACCEPTED', 'UNABLE', 'PRICE'],
    )
  })

  test('tells strangers nothing of its bidder', () => {
    const desk = open()
    desk.put({ kind: 'bid', signed: bid(desk, { nonce: 77n }) })
    const { signature } = bid(desk, { nonce: 9n })
    const guesses = [0n, 77n, 78n].map((nonce) => ({ bid: bid(desk, { nonce }).bid, signature }))
    const others = [{ bid: bid(desk, { held: 5n, nonce: 78n }).bid, signature }]
    for (const signed of [...guesses, ...others]) assert.equal(judgeBid(desk.state, signed), 'BAD_SIGNATURE')
  })

  test('takes the place of an earlier one of its bidder, by a higher nonce, and not before that stood a while if it can be taken', () => {
    const desk = open()
    desk.put({ kind: 'bid', signed: bid(desk, { nonce: 2n }) })
    desk.wait((REPLACED_AFTER - 1n) * 1000n)
    assert.equal(judgeBid(desk.state, bid(desk, { nonce: 3n, price: 40_001n })), 'TOO_SOON')
    // What cannot be taken is in nobody's way.
    desk.put({ kind: 'table', table: LOWER, relisted: 0n })
    assert.equal(judgeBid(desk.state, bid(desk, { nonce: 3n, price: 30_000n })), 'ACCEPTED')
    desk.put({ kind: 'table', table: BELOW, relisted: 0n })
    desk.wait(1_000n)
    assert.equal(judgeBid(desk.state, bid(desk, { nonce: 2n, price: 1n })), 'OLD_NONCE')
    desk.put({ kind: 'bid', signed: bid(desk, { nonce: 3n, price: 7n }) })
    assert.deepEqual(
      desk.state.bids.map(({ signed }) => signed.bid.price),
      [7n],
    )
  })

  test('stands as long where a message of its bidder reaches its nonce', () => {
    const desk = open()
    desk.put({ kind: 'bid', signed: bid(desk, { nonce: 2n }) })
    desk.withdraw(BIDDER, 2n, 1n)
    assert.equal(isTakeable(desk.state, desk.state.bids[0]!.signed), false)
    assert.equal(judgeBid(desk.state, bid(desk, { nonce: 3n })), 'TOO_SOON')
    desk.wait(REPLACED_AFTER * 1000n)
    assert.equal(judgeBid(desk.state, bid(desk, { nonce: 3n })), 'ACCEPTED')
  })

  test('takes the place of the lowest where there is no room', () => {
    const desk = crowded(open(), 100_000n)
    for (const [i, bidder] of CROWD.entries()) {
      desk.put({ kind: 'bid', signed: bid(desk, { bidder, price: BigInt(10 + i) }) })
    }
    assert.equal(desk.state.bids.length, MOST_BIDS)
    assert.equal(judgeBid(desk.state, bid(desk, { price: 10n })), 'OUTBID')
    desk.put({ kind: 'bid', signed: bid(desk, { price: 11n }) })
    assert.equal(desk.state.bids.length, MOST_BIDS)
    assert.ok(desk.state.bids.every(({ signed }) => signed.bid.price > 10n))
  })

  test('is not shut out by those that nobody could take any more', () => {
    const desk = crowded(open(), 100_000n)
    for (const bidder of CROWD) desk.put({ kind: 'bid', signed: bid(desk, { bidder, price: 47_650n }) })
    assert.equal(judgeBid(desk.state, bid(desk)), 'OUTBID')
    // They sent away what they would have borne it with.
    crowded(desk, 1n)
    desk.put({ kind: 'bid', signed: bid(desk) })
    assert.deepEqual(
      desk.state.bids.map(({ signed }) => signed.bid.bidder),
      [BIDDER],
    )
    desk.put(takeover)
    assert.equal(desk.told('taken-over').length, 1)
  })
})

/** As many more accounts as there may be bids, with so much of the quote asset. */
const CROWD = Array.from({ length: MOST_BIDS }, (_, i) => 10 + i)
function crowded(desk: Desk, cash = 1n): Desk {
  const joined = <L extends { readonly state: State }>(ledger: L): L => {
    const accounts = ledger.state.accounts.setAll(CROWD.map((index) => [index, newTrader(cash)]))
    return { ...ledger, state: { ...ledger.state, accounts } }
  }
  const { base, batches } = desk.state
  const joinedBatches = batches.map((batch) => ({ ...batch, after: joined(batch.after) }))
  const open = { ...desk.state.open, builder: undefined }
  desk.state = { ...desk.state, base: joined(base), batches: joinedBatches, open }
  return desk
}

test('a snapshot holds bids, takeovers and deleveragings', () => {
  for (const [desk, record, price] of [
    [open(), takeover, 40_000n],
    [open(BANKRUPT), deleverage, -12_350n],
  ] as const) {
    desk.put({ kind: 'bid', signed: bid(desk, { price }) })
    desk.put(record)
    const restored = decodeSnapshot(encodeSnapshot(desk.state))
    assert.deepEqual(contentOf(restored), contentOf(desk.state))
    assert.ok(['takeover', 'deleverage'].includes(restored.batches.at(-1)!.work.circuit))
  }
})
