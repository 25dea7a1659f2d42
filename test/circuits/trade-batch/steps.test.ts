import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import type { Lie } from '../../../lab/dishonesty/lie.ts'
import { NOW, SMALL } from '../../../lab/instances/model.ts'
import { samePriceBatch } from '../../../lab/instances/odd-batches.ts'
import { feeTable, Venue } from '../../../lab/instances/venue.ts'
import type { Message } from '../../../protocol/message.ts'
import { LAST_SEQUENCE, MAX_PRICE } from '../../../protocol/parameters.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'

const { attempt, refuses } = await dishonestProver()

/** A cancel that misses in front of every bid: puts its account among the touched ones. */
const touch = (venue: Venue, account: number) => venue.cancel(account, 'buy', MAX_PRICE, 4_000n)

const lie = (signal: string, value: bigint, at = 0): Lie => ({ signal: `Step.${signal}`, value, at })

/** What the steps of the batch do. */
const kinds = ({ steps }: TradeBatch) => steps.map(({ kind }) => kind)

/** Two makers, account 2 at 1000 and account 3 at 1010, and the messages that meet them. */
function twoMakers(messages: (venue: Venue) => Message[]): TradeBatch {
  const venue = new Venue()
  venue.rest([venue.sell(2, 1000n, 5n), venue.sell(3, 1010n, 5n)])
  return venue.batch([...messages(venue), touch(venue, 2), touch(venue, 3)])
}

suite('protocol.md#rule-matching: the one forced thing', () => {
  test('refuses to skip the best maker', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1010n, 5n, { timeInForce: 'IOC' })])
    const second = batch.before.books.get(batch.context.market)!.asks[1]!
    const dishonesty = {
      lies: [lie('decide.headWord', second)],
      forge: { place: put(0, 1n), victim: put(0, slotOf(batch, 3)) },
    }
    const { signal } = refuses(batch, dishonesty, ['main.step[0].decide.headWord', 'main.step[0].place.place[0]'])
    assert.equal(signal('main.step[0].decide.decision.trade'), 1n)
    assert.equal(signal('main.step[0].settle.headPrice'), 1010n)
  })

  test('refuses a trade at a price one quantum worse than the head has', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1010n, 5n, { timeInForce: 'IOC' })])
    refuses(batch, { lies: [lie('settle.headPrice', 1001n)] }, 'main.step[0].settle.headPrice')
    refuses(batch, { lies: [lie('settle.headPrice', 1010n)] }, 'main.step[0].settle.headPrice')
  })

  test('refuses to fill more than the head has, more than is wanted, and less than both', () => {
    const more = twoMakers((venue) => [venue.buy(1, 1000n, 7n, { timeInForce: 'IOC' })])
    refuses(more, { lies: [lie('decide.least', 7n)] }, 'main.step[0].decide.least')
    const wanted = twoMakers((venue) => [venue.buy(1, 1000n, 3n, { timeInForce: 'IOC' })])
    refuses(wanted, { lies: [lie('decide.least', 5n)] }, 'main.step[0].decide.least')
    refuses(wanted, { lies: [lie('decide.least', 2n)] }, 'main.step[0].decide.least')
  })

  test('refuses to take from the head other lots than are filled', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1000n, 3n, { timeInForce: 'IOC' })])
    refuses(batch, { lies: [lie('place.shift.reduction', 0n)] }, 'main.step[0].place.shift.reduction')
    refuses(batch, { lies: [lie('place.remove', 1n)] }, 'main.step[0].place.remove')
    refuses(batch, { lies: [lie('settle.change.victimOpen', 0n)] }, 'main.step[0].settle.change.victimOpen')
    refuses(batch, { lies: [lie('settle.change.actorOpen', 3n)] }, 'main.step[0].settle.change.actorOpen')
  })

  test('refuses to drop a crossing order', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1010n, 5n, { timeInForce: 'IOC' })])
    const { signal } = refuses(
      batch,
      { lies: [lie('decide.beyond', 1n)], forge: { victim: put(0, 0n) } },
      'main.step[0].decide.beyond',
    )
    assert.equal(signal('main.step[0].decide.decision.notResting'), 1n)
  })

  test('refuses to rest a crossing order', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1010n, 5n)])
    const { signal } = refuses(
      batch,
      { lies: [lie('decide.beyond', 1n)], forge: { victim: put(0, 0n) } },
      'main.step[0].decide.beyond',
    )
    assert.equal(signal('main.step[0].place.placement.insert'), 1n)
  })

  test('refuses to take EMPTY for liquidity', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.sell(1, 1000n, 5n, { timeInForce: 'IOC' }), touch(venue, 2)])
    const { signal } = refuses(
      batch,
      { lies: [lie('decide.beyond', 0n)], forge: { victim: put(0, slotOf(batch, 2)) } },
      ['main.step[0].decide.beyond', 'main.step[0].settle.victimAccount'],
    )
    assert.equal(signal('main.step[0].decide.decision.trade'), 1n)
  })

  test('refuses a trade with oneself', () => {
    const venue = new Venue()
    venue.rest([venue.sell(1, 1000n, 5n)])
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    assert.deepEqual(kinds(batch), ['head-removed', 'rested'])
    refuses(
      batch,
      { lies: [lie('decide.own', 0n)], forge: { idle: put(1, 1n), actor: put(1, 0n), place: put(1, 0n) } },
      'main.step[0].decide.own',
    )
  })

  test("refuses to remove a stranger's head as one's own", () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1000n, 5n, { timeInForce: 'IOC' })])
    const shifted = { idle: put(3, 0n), actor: [0n, 0n, 1n, 2n, 0n, 0n], victim: [1n, 0n, 0n, 0n, 0n, 0n] }
    const place = (honest: readonly bigint[]) => [0n, 0n, honest[1]!, honest[2]!, 0n, 0n]
    refuses(batch, { lies: [lie('decide.own', 1n)], forge: { ...shifted, place } }, 'main.step[0].decide.own')
  })

  test("refuses to remove one's own head that does not cross", () => {
    const venue = new Venue()
    venue.rest([venue.sell(1, 1010n, 5n)])
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const { signal } = refuses(
      batch,
      { lies: [lie('decide.beyond', 0n)], forge: { idle: put(1, 0n), place: put(0, 0n), actor: put(1, 0n) } },
      'main.step[0].decide.beyond',
    )
    assert.equal(signal('main.step[0].decide.decision.removeOwn'), 1n)
  })

  test('refuses to let a POST_ONLY order trade', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1000n, 5n, { timeInForce: 'POST_ONLY' })])
    refuses(
      batch,
      { lies: [lie('decide.decision.dropPostOnly', 0n)], forge: { victim: put(0, 1n) } },
      'main.step[0].decide.decision.dropPostOnly',
    )
  })

  test('refuses to keep a crossing head that has expired', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n, { expiry: NOW - 1n })], {
      timestamp: NOW - 5n,
      riskTable: feeTable({ asOf: 0n, maxAge: NOW * 2n }),
    })
    const batch = venue.batch([venue.buy(1, 1000n, 5n, { timeInForce: 'IOC' })])
    assert.deepEqual(kinds(batch), ['head-removed', 'dropped'])
    const { signal } = refuses(
      batch,
      { lies: [lie('decide.headDead', 0n)], forge: { idle: put(1, 1n), actor: put(1, 0n) } },
      'main.step[0].decide.headDead',
    )
    assert.equal(signal('main.step[0].decide.decision.trade'), 1n)
  })

  test('refuses to keep a crossing head that is out of band', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n)])
    const riskTable = feeTable({}, { mark: 1101n })
    const batch = venue.batch([venue.buy(1, 1000n, 5n, { timeInForce: 'IOC' })], { riskTable })
    assert.deepEqual(kinds(batch), ['head-removed', 'dropped'])
    refuses(
      batch,
      { lies: [lie('decide.headDead', 0n)], forge: { idle: put(1, 1n), actor: put(1, 0n) } },
      'main.step[0].decide.headDead',
    )
  })

  test('refuses to remove a head that is alive', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1000n, 5n, { timeInForce: 'IOC' })])
    const shifted = { idle: put(3, 0n), actor: [0n, 0n, 1n, 2n, 0n, 0n], victim: [1n, 0n, 0n, 0n, 0n, 0n] }
    const place = (honest: readonly bigint[]) => [0n, 0n, honest[1]!, honest[2]!, 0n, 0n]
    refuses(batch, { lies: [lie('decide.headDead', 1n)], forge: { ...shifted, place } }, 'main.step[0].decide.headDead')
  })

  test('refuses to work an order that is expired or out of band', () => {
    for (const options of [
      { price: 1000n, expiry: NOW - 1n },
      { price: 1101n, expiry: NOW },
    ]) {
      const batch = twoMakers((venue) => [
        venue.buy(1, options.price, 5n, { timeInForce: 'IOC', expiry: options.expiry }),
      ])
      assert.equal(kinds(batch)[0], 'no-effect')
      refuses(
        batch,
        { lies: [lie('decide.handDead', 0n)], forge: { victim: put(0, 1n) } },
        'main.step[0].decide.handDead',
      )
    }
  })

  test('refuses to drop an order as dead that is alive', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1000n, 5n, { timeInForce: 'IOC' })])
    refuses(
      batch,
      { lies: [lie('decide.handDead', 1n)], forge: { victim: put(0, 0n) } },
      'main.step[0].decide.handDead',
    )
  })

  test('refuses to trade at stale prices, older or newer', () => {
    for (const table of [feeTable({ asOf: NOW - 11n, maxAge: 10n }), feeTable({ asOf: NOW + 1n })]) {
      const venue = new Venue()
      venue.rest([venue.sell(2, 1000n, 5n)])
      const messages = [venue.buy(1, 1000n, 5n), touch(venue, 2)]
      const batch = venue.batch(messages, { riskTable: table })
      assert.equal(kinds(batch)[0], 'no-effect')
      const lies = [{ signal: 'ReadRules.stale', value: 0n }]
      refuses(batch, { lies, forge: { victim: put(0, 1n) } }, 'main.read.stale')
    }
  })

  test('refuses to trade in a closed market', () => {
    const venue = new Venue({ table: feeTable({}, { lastTradeTime: NOW - 1n }) })
    venue.rest([venue.sell(2, 1000n, 5n)], { timestamp: NOW - 1n, riskTable: feeTable({ asOf: NOW - 1n }) })
    const batch = venue.batch([venue.buy(1, 1000n, 5n), touch(venue, 2)])
    assert.equal(kinds(batch)[0], 'no-effect')
    refuses(
      batch,
      { lies: [{ signal: 'ReadRules.closed', value: 0n }], forge: { victim: put(0, 1n) } },
      'main.read.closed',
    )
  })

  test('refuses to halt a market that trades', () => {
    const batch = twoMakers((venue) => [venue.buy(1, 1000n, 5n, { timeInForce: 'IOC' })])
    refuses(
      batch,
      { lies: [{ signal: 'ReadRules.rules.halted', value: 1n }], forge: { victim: put(0, 0n) } },
      'main.read.rules.halted',
    )
  })
})

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
    refuses(flat, { lies: [{ signal: 'CheckLoad.capacity', value: 5n }] }, 'main.step[0].load.check.capacity')
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

suite('protocol.md#rule-matching: cancels', () => {
  function resting(message: (venue: Venue) => Message) {
    const venue = new Venue()
    venue.rest([venue.buy(1, 990n, 5n), venue.buy(1, 980n, 6n), venue.buy(2, 970n, 7n)])
    return venue.batch([message(venue), touch(venue, 2)])
  }

  test('refuses the claim that a cancel missed, wherever it looks', () => {
    const batch = resting((venue) => venue.cancel(1, 'buy', 980n, 1n))
    assert.deepEqual([kinds(batch)[0], batch.steps[0]!.place], ['cancelled', 1])
    const forged = (place: bigint) => ({ forge: { place: put(0, place), victim: put(0, 0n) } })
    refuses(batch, forged(0n), /step\[0\]\.place\.belowNext\./)
    refuses(batch, forged(2n), /step\[0\]\.place\.abovePrevious\./)
    refuses(batch, forged(3n), /step\[0\]\.place\.abovePrevious\./)
    refuses(batch, forged(8n), /step\[0\]\.place\.abovePrevious\./)
    refuses(batch, { lies: [lie('place.sameKey', 0n)], forge: { victim: put(0, 0n) } }, [
      'main.step[0].place.sameKey',
      /step\[0\]\.place\.belowNext\./,
    ])
    refuses(
      batch,
      { lies: [lie('place.victimIsActor', 0n)], forge: { victim: put(0, 0n) } },
      'main.step[0].place.victimIsActor',
    )
  })

  test('refuses the claim that a cancel missed in front of an earlier order at the same price', () => {
    const batch = samePriceBatch()
    assert.deepEqual([kinds(batch)[0], batch.steps[0]!.place], ['cancelled', 2])
    refuses(batch, { forge: { place: put(0, 1n), victim: put(0, 0n) } }, /step\[0\]\.place\.belowNext\./)
    refuses(batch, { forge: { place: put(0, 0n), victim: put(0, 0n) } }, /step\[0\]\.place\.belowNext\./)
  })

  test('refuses to cancel an order of another account', () => {
    const batch = resting((venue) => venue.cancel(1, 'buy', 970n, 2n))
    assert.equal(kinds(batch)[0], 'cancel-missed')
    refuses(
      batch,
      { lies: [lie('place.victimIsActor', 1n)], forge: { victim: put(0, slotOf(batch, 2)) } },
      'main.step[0].place.victimIsActor',
    )
  })

  test('refuses to cancel another order than the one named', () => {
    const batch = resting((venue) => venue.cancel(1, 'buy', 980n, 7n))
    assert.equal(kinds(batch)[0], 'cancel-missed')
    const dishonesty = { lies: [lie('place.sameKey', 1n)], forge: { place: put(0, 1n), victim: put(0, 0n) } }
    refuses(batch, dishonesty, 'main.step[0].place.sameKey')
  })

  test('refuses to cancel without releasing the lots', () => {
    const batch = resting((venue) => venue.cancel(1, 'buy', 980n, 1n))
    refuses(batch, { lies: [lie('settle.victimLots', 0n)] }, 'main.step[0].settle.victimLots')
  })
})

suite('protocol.md#rule-matching: steps that do nothing', () => {
  /** Account 1 sweeps four orders of three makers. */
  function sweep() {
    const venue = new Venue()
    venue.rest([2, 3, 4, 2].map((account, i) => venue.sell(account, 1000n + BigInt(i), 5n)))
    return venue.batch([venue.buy(1, 1003n, 20n)])
  }

  /** The hints of a batch whose steps from that one on are idle. */
  const pause = (from: number): Forgery => {
    const end = (value: bigint) => (honest: readonly bigint[]) => honest.map((hint, k) => (k < from ? hint : value))
    return { idle: end(1n), actor: end(0n), victim: end(0n) }
  }

  for (const fills of [1, 2]) {
    test(`refuses to pause a sweep after ${fills} fills, with ${3 - fills} account slots free`, () => {
      const batch = sweep()
      assert.equal(batch.touched.length, 4)
      const { signal } = refuses(batch, { forge: pause(fills) }, 'main.pausing')
      assert.equal(signal('main.step[5].decide.newInHand'), 1n)
      assert.deepEqual(
        [0, 1, 2, 3].map((t) => signal(`main.enabled[${t}]`)),
        [0, 1, 2, 3].map((t) => (t <= fills ? 1n : 0n)),
      )
    })
  }

  test('accepts a pause once all account slots are touched', () => {
    const made = attempt(sweep(), { forge: pause(3) })
    assert.deepEqual(made.broken, [])
    assert.ok(made.shippedAccepts() && !made.isTrue)
    assert.equal(made.signal('main.step[5].decide.newInHand'), 1n)
  })

  test('refuses not to load a message that waits', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const { signal } = refuses(batch, { forge: { idle: put(0, 1n) } }, ['main.step[0].load.active', 'main.pausing'])
    assert.equal(signal('main.step[0].load.work.load'), 1n)
  })

  test('refuses an idle step before one that works', () => {
    const venue = new Venue()
    venue.rest([venue.sell(2, 1000n, 5n)])
    venue.rest([venue.buy(1, 1001n, 10n)], { sizes: { ...SMALL, steps: 1 } })
    const batch = venue.batch([])
    assert.deepEqual(kinds(batch), ['rested'])
    const shift = (honest: readonly bigint[]) => [0n, honest[0]!, 0n, 0n, 0n, 0n]
    const forge = { idle: [1n, 0n, 1n, 1n, 1n, 1n], actor: shift, place: shift }
    refuses(batch, { forge }, /main\.idle\[0\] main\.idle\[1\]/)
  })

  test('refuses a step that works on nothing', () => {
    const venue = new Venue()
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    const dishonesty = { forge: { idle: put(1, 0n), place: put(1, 1n) }, lies: [lie('decide.newInHand', 0n, 1)] }
    const { signal } = refuses(batch, dishonesty, ['main.step[1].load.work.load', 'main.step[1].decide.newInHand'])
    assert.equal(signal('main.step[1].place.placement.insert'), 1n)
  })
})
