import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { NOW } from '../../../lab/instances/model.ts'
import { feeTable, Venue } from '../../../lab/instances/venue.ts'
import type { Message } from '../../../protocol/message.ts'
import { LAST_SEQUENCE } from '../../../protocol/parameters.ts'
import { kinds, lie, touch } from '../../support/steps.ts'

const { refuses } = await dishonestProver()

suite('protocol.md#rule-matching: loading', () => {
  test('refuses an order beyond maxPosition', () => {
    const venue = new Venue({ table: feeTable({}, { maxPosition: 9n }) })
    venue.rest([venue.buy(1, 990n, 5n)])
    const batch = venue.batch([venue.buy(1, 990n, 5n)])
    assert.equal(kinds(batch)[0], 'no-effect')
    refuses(
      batch,
      { lies: [{ signal: 'CheckLoad.exceeds', value: 0n }], forge: { place: put(0, 1n) } },
      'main.step[0].load.check.exceeds',
    )
  })

  test('refuses to turn an order away that maxPosition admits', () => {
    const venue = new Venue({ table: feeTable({}, { maxPosition: 10n }) })
    venue.rest([venue.buy(1, 990n, 5n)])
    const batch = venue.batch([venue.buy(1, 990n, 5n)])
    assert.equal(kinds(batch)[0], 'rested')
    refuses(
      batch,
      { lies: [{ signal: 'CheckLoad.exceeds', value: 1n }], forge: { place: put(0, 0n) } },
      'main.step[0].load.check.exceeds',
    )
  })

  test('refuses an order below minOrder, and a remainder that would rest below it', () => {
    const venue = new Venue({ table: feeTable({}, { minOrder: 5n }) })
    const small = venue.batch([venue.buy(1, 1000n, 4n)])
    assert.equal(kinds(small)[0], 'no-effect')
    refuses(small, { lies: [lie('load.work.small', 0n)] }, 'main.step[0].load.work.small')
    venue.rest([venue.sell(2, 1000n, 5n)])
    const remainder = venue.batch([venue.buy(1, 1000n, 9n)])
    assert.deepEqual(kinds(remainder), ['traded', 'dropped'])
    refuses(remainder, { lies: [lie('load.work.small', 0n, 1)] }, 'main.step[1].load.work.small')
  })

  test('refuses to let a reduceOnly order open or turn a position', () => {
    const accounts = { 1: { positions: { 2: { size: -3n } } }, 2: { positions: { 2: { size: 3n } } }, 3: {} }
    const venue = new Venue({ accounts })
    venue.rest([venue.sell(3, 1000n, 9n)])
    const batch = venue.batch([venue.buy(1, 1000n, 5n, { timeInForce: 'IOC', reduceOnly: true })])
    assert.equal(batch.steps[0]!.trade!.size, 3n)
    refuses(batch, { lies: [{ signal: 'CheckLoad.effective', value: 5n }] }, 'main.step[0].load.check.effective')
    const flat = venue.batch([venue.sell(1, 1000n, 5n, { timeInForce: 'IOC', reduceOnly: true })])
    assert.equal(kinds(flat)[0], 'no-effect')
    refuses(flat, { lies: [{ signal: 'CheckLoad.closable', value: 5n }] }, 'main.step[0].load.check.closable')
  })

  test('refuses to load an order without counting its lots as open', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    refuses(batch, { lies: [lie('load.work.opened', 0n)] }, 'main.step[0].load.work.opened')
  })

  test('refuses to drop an order without releasing its lots', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n, { timeInForce: 'IOC' })])
    refuses(batch, { lies: [lie('settle.dropped', 0n)] }, 'main.step[0].settle.dropped')
  })
})

suite('protocol.md#rule-matching: resting', () => {
  /** Bids of account 2, newest last: two at 990, one at 980. */
  function bids(messages: (venue: Venue) => Message[]) {
    const venue = new Venue()
    venue.rest([venue.buy(2, 990n, 5n), venue.buy(3, 990n, 6n), venue.buy(2, 980n, 7n)])
    return venue.batch(messages(venue))
  }

  test('refuses to put an order before one of equal price that came first', () => {
    const batch = bids((venue) => [venue.buy(1, 990n, 5n)])
    assert.equal(batch.steps[0]!.place, 2)
    refuses(batch, { forge: { place: put(0, 1n) } }, /step\[0\]\.place\.belowNext\./)
    refuses(batch, { forge: { place: put(0, 0n) } }, /step\[0\]\.place\.belowNext\./)
  })

  test('refuses to put an order behind a worse one', () => {
    const batch = bids((venue) => [venue.buy(1, 990n, 5n)])
    refuses(batch, { forge: { place: put(0, 3n) } }, /step\[0\]\.place\.abovePrevious\./)
    refuses(batch, { forge: { place: put(0, 4n) } }, /step\[0\]\.place\.abovePrevious\./)
  })

  test('refuses to rest an order under another sequence number', () => {
    const batch = bids((venue) => [venue.buy(1, 990n, 5n)])
    const earlier = batch.after.books.get(batch.context.market)!.bids[2]! - (3n << 112n)
    refuses(batch, { lies: [lie('place.word', earlier)], forge: { place: put(0, 0n) } }, 'main.step[0].place.word')
  })

  test('refuses not to count a sequence number that was given out', () => {
    const batch = bids((venue) => [venue.buy(1, 990n, 5n)])
    refuses(batch, { lies: [lie('place.newSequence', 3n)] }, 'main.step[0].place.newSequence')
  })

  test('refuses to rest an order when sequence numbers have run out', () => {
    const venue = new Venue({ book: { nextSequence: LAST_SEQUENCE } })
    const batch = venue.batch([venue.buy(1, 990n, 5n)])
    assert.equal(kinds(batch)[0], 'dropped')
    refuses(batch, { lies: [lie('decide.last', 0n)] }, 'main.step[0].decide.last')
  })

  test('refuses to drop an order that may rest, and to rest an IOC order', () => {
    const resting = bids((venue) => [venue.buy(1, 990n, 5n)])
    refuses(
      resting,
      { lies: [lie('decide.mayNotRest', 1n)], forge: { place: put(0, 0n) } },
      'main.step[0].decide.mayNotRest',
    )
    const ioc = bids((venue) => [venue.buy(1, 990n, 5n, { timeInForce: 'IOC' })])
    refuses(
      ioc,
      { lies: [lie('decide.mayNotRest', 0n)], forge: { place: put(0, 2n) } },
      'main.step[0].decide.mayNotRest',
    )
  })

  /** A full window of eight bids of account 2, from 999 down to 992; the last one expires when asked. */
  function full(message: (venue: Venue) => Message, expiry?: bigint) {
    const venue = new Venue()
    const older = { timestamp: NOW - 5n, riskTable: feeTable({ asOf: NOW - 5n }) }
    for (let i = 0n; i < 8n; i++) {
      venue.rest([venue.buy(2, 999n - i, 5n + i, i === 7n && expiry !== undefined ? { expiry } : {})], older)
    }
    return venue.batch([message(venue), touch(venue, 2)])
  }

  test('refuses to evict a better order for a worse one', () => {
    const batch = full((venue) => venue.buy(1, 991n, 5n))
    assert.deepEqual([kinds(batch)[0], batch.steps[0]!.place], ['dropped', 8])
    refuses(batch, { lies: [lie('place.noRoom', 0n)], forge: { victim: put(0, 1n) } }, 'main.step[0].place.noRoom')
    refuses(
      batch,
      { lies: [lie('place.lastExpired', 1n)], forge: { victim: put(0, 1n) } },
      'main.step[0].place.lastExpired',
    )
    refuses(batch, { forge: { place: put(0, 7n), victim: put(0, 1n) } }, /step\[0\]\.place\.belowNext\./)
  })

  test('refuses to drop an order that can take the place of an expired last one', () => {
    const batch = full((venue) => venue.buy(1, 991n, 5n), NOW - 1n)
    assert.ok(batch.steps[0]!.evicted)
    refuses(
      batch,
      { lies: [lie('place.lastExpired', 0n)], forge: { victim: put(0, 0n) } },
      'main.step[0].place.lastExpired',
    )
  })

  test('refuses to evict without releasing the lots, or those of another slot', () => {
    const batch = full((venue) => venue.buy(1, 995n, 5n))
    assert.ok(batch.steps[0]!.evicted)
    refuses(
      batch,
      { lies: [lie('place.lastEmpty', 1n)], forge: { victim: put(0, 0n) } },
      'main.step[0].place.lastEmpty',
    )
    const first = batch.before.books.get(batch.context.market)!.bids[0]!
    refuses(batch, { lies: [lie('place.victimWord', first)] }, 'main.step[0].place.victimWord')
  })
})
