import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import { NOW } from '../../../lab/instances/model.ts'
import { feeTable, Venue } from '../../../lab/instances/venue.ts'
import type { Message } from '../../../protocol/message.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { kinds, lie, touch } from '../../support/steps.ts'

const { refuses } = await dishonestProver()

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
