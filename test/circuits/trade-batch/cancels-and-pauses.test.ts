import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import { SMALL } from '../../../lab/instances/model.ts'
import { samePriceBatch } from '../../../lab/instances/odd-batches.ts'
import { Venue } from '../../../lab/instances/venue.ts'
import type { Message } from '../../../protocol/message.ts'
import { kinds, lie, touch } from '../../support/steps.ts'

const { attempt, refuses } = await dishonestProver()

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
