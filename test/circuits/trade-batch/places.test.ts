import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import { MARKET, Venue } from '../../../lab/instances/venue.ts'
import { PROFILE_NAMES, venueShape } from '../../../protocol/shape.ts'
import { EMPTY_SLOT, unpackSlot } from '../../../protocol/slot.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { kinds } from '../../support/steps.ts'

const { attempt, refuses, expectHonest, honestInput } = await dishonestProver()

/** The place behind the last slot of a window. */
const BEHIND = 8n

suite('protocol.md#cancel-all: a step that takes something out takes out an order of the account', () => {
  /** Two bids of the account with one of account 2 between them, which are taken back. */
  function taken(account: number): TradeBatch {
    const venue = new Venue({ accounts: { 0: {}, 1: {}, 2: {} } })
    venue.rest([venue.buy(account, 990n, 5n), venue.buy(2, 985n, 7n), venue.buy(account, 980n, 6n)])
    return venue.batch([venue.cancelAll(account, 'buy')])
  }

  /** The same after a step at that place that takes nothing out. */
  function stalled(batch: TradeBatch, place: bigint): Forgery {
    const honest = honestInput(batch) as Record<string, readonly bigint[]>
    const first: Record<string, bigint> = { place, idle: 0n, actor: honest.actor![0]!, victim: honest.victim![0]! }
    return Object.fromEntries(
      Object.entries(first).map(([name, value]) => [name, [value, ...honest[name]!.slice(0, -1)]]),
    )
  }

  test('refuses to stall at an order of somebody else, at an unused place and behind the last', () => {
    const batch = taken(1)
    assert.deepEqual(kinds(batch), ['cancelled', 'cancelled'])
    for (const place of [1n, 3n, 7n, BEHIND]) {
      refuses(batch, { forge: stalled(batch, place) }, 'main.step[0].place.work.takesOut')
    }
  })

  test('refuses to stall behind the last, where nothing spells the house', () => {
    const batch = taken(0)
    for (const place of [1n, 3n, BEHIND]) {
      refuses(batch, { forge: stalled(batch, place) }, 'main.step[0].place.work.takesOut')
    }
  })

  test('nobody who may act has the account that an unused place spells', () => {
    const { account } = unpackSlot(EMPTY_SLOT)
    for (const profile of PROFILE_NAMES) assert.ok(4 ** venueShape(profile).accountLevels <= account, profile)
  })

  test('knows when nothing is left: no lots of either side, of a cancel of both', () => {
    const venue = new Venue()
    venue.rest([venue.buy(1, 990n, 5n)])
    const one = venue.batch([venue.cancelAll(1, 'both')])
    assert.deepEqual(kinds(one), ['cancelled'])
    expectHonest(one)
    // once the first bid is out, as many lots are left of bids and asks as it had, and when bids less asks are as many
    const more = new Venue()
    more.rest([more.buy(1, 990n, 5n), more.buy(1, 980n, 4n), more.sell(1, 1010n, 4n)])
    const three = more.batch([more.cancelAll(1, 'both')])
    assert.deepEqual(kinds(three), ['cancelled', 'cancelled', 'cancelled'])
    expectHonest(three)
  })
})

suite('protocol.md#cancel: behind the last slot there is no order', () => {
  test('refuses to take back the last order of a full window from behind it, so that it rests on', () => {
    const venue = new Venue()
    venue.rest(Array.from({ length: 8 }, (_, i) => venue.buy(i < 7 ? 2 : 1, 990n - BigInt(i), 5n)))
    const last = venue.book.bids.at(-1)!
    const batch = venue.batch([venue.cancel(1, 'buy', 983n, 7n)])
    assert.deepEqual(kinds(batch), ['cancelled'])
    const forge = { place: put(0, BEHIND), victim: put(0, slotOf(batch, 1)) }
    const lies = [{ signal: 'Neighbours.there', value: last }]
    const rests = refuses(batch, { forge, lies }, 'main.step[0].place.neighbours.there')
    assert.equal(batch.after.books.get(MARKET)!.bids.length, 7)
    assert.equal(rests.signal('windows.first[7]'), last)
    // the same inputs, and nothing said of the slot
    const paths = honestInput(batch).accountChildren as readonly (readonly (readonly bigint[])[])[]
    const published = Object.fromEntries(
      ['dataCommitment', 'dataChallenge', 'dataValue'].map((name) => [name, rests.signal(name)]),
    )
    const accountChildren = paths.map((path, t) =>
      path.map((children, l) => children.map((_, c) => rests.signal(`accountChildren[${t}][${l}][${c}]`))),
    )
    const { broken, shippedAccepts } = attempt(batch, { forge: { ...forge, ...published, accountChildren } })
    assert.ok(broken.some((signals) => /^main\.step\[0\]\.place\.abovePrevious\./.test(signals)))
    assert.ok(!shippedAccepts())
  })
})
