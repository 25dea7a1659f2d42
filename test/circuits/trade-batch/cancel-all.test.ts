import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, type Forgery, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import { cancelAllBatch, cancelAllGoesOnBatch } from '../../../lab/instances/odd-batches.ts'
import { MARKET, ONE_STEP, Venue } from '../../../lab/instances/venue.ts'
import type { Account } from '../../../protocol/account.ts'
import type { CancelAll } from '../../../protocol/message.ts'
import { kinds, lie, touch } from '../../support/steps.ts'

const { attempt, refuses, expectHonest } = await dishonestProver()

/** Account 1 has two bids, the second behind one of account 2, and an ask; then it takes back what `side` names. */
function quoted(side: CancelAll['side']) {
  const venue = new Venue()
  venue.rest([venue.buy(1, 990n, 5n), venue.buy(2, 985n, 7n), venue.buy(1, 980n, 6n), venue.sell(1, 1010n, 4n)])
  return venue.batch([venue.cancelAll(1, side)])
}

/** The hints of a batch whose steps from that one on are idle. */
const endAfter = (steps: number): Forgery => {
  const end = (value: bigint) => (honest: readonly bigint[]) => honest.map((hint, k) => (k < steps ? hint : value))
  return { idle: end(1n), actor: end(0n), place: end(0n), victim: end(0n) }
}

suite('protocol.md#cancel-all', () => {
  test('a batch proves cancels of all that are done, that go on, and that find nothing', () => {
    for (const batch of [cancelAllBatch(), cancelAllGoesOnBatch(), ...(['buy', 'sell', 'both'] as const).map(quoted)]) {
      expectHonest(batch)
    }
    assert.deepEqual(kinds(cancelAllBatch()), [
      ...['cancelled', 'cancelled', 'cancelled', 'rested'],
      ...['cancelled', 'cancelled'],
    ])
    assert.deepEqual(kinds(cancelAllGoesOnBatch()), [
      ...['cancelled', 'cancelled', 'cancel-missed'],
      ...['cancelled', 'cancelled', 'cancelled'],
    ])
  })

  test('refuses to end while an order is left, or to leave the rest to nobody', () => {
    const batch = quoted('both')
    assert.deepEqual(kinds(batch), ['cancelled', 'cancelled', 'cancelled'])
    refuses(batch, { lies: [lie('settle.done', 1n, 0)], forge: endAfter(1) }, /step\[0\]\.settle\.(done|IsSame)/)
    refuses(
      batch,
      { lies: [lie('settle.unfinished', 0n, 1)], forge: endAfter(2) },
      /step\[1\]\.settle\.(unfinished|And)/,
    )
    refuses(batch, { lies: [lie('load.work.openLots', 6n, 1)], forge: endAfter(2) }, /step\[1\]\.load\.work\.openLots/)
    const nothing = {
      place: (honest: readonly bigint[]) => [honest[0]!, 0n, 1n, ...honest.slice(3)],
      victim: put(1, 0n),
    }
    refuses(batch, { lies: [lie('load.none', 1n, 1)], forge: nothing }, [
      /step\[1\]\.load\.(none|IsSame)/,
      'main.pausing',
    ])
  })

  test('refuses to stop in the middle, though the batch has steps left', () => {
    refuses(quoted('both'), { forge: endAfter(2) }, 'main.pausing')
  })

  test('refuses to take out an order of another account, an unused place or nothing', () => {
    const batch = quoted('buy')
    assert.deepEqual([batch.steps[0]!.place, batch.steps[1]!.place], [0, 1])
    const rule = /step\[1\]\.place\.work\.takesOut/
    for (const place of [0n, 2n, 7n, 8n]) refuses(batch, { forge: { place: put(1, place) } }, [rule, 'main.pausing'])
  })

  test('refuses to go on when nothing is left', () => {
    const batch = quoted('sell')
    assert.deepEqual(kinds(batch), ['cancelled'])
    refuses(batch, { lies: [lie('settle.unfinished', 1n)] }, [/step\[0\]\.settle\.(unfinished|And)/, 'main.pausing'])
  })

  test('refuses to take out an order on a side that the cancel is not for', () => {
    const asks = quoted('sell')
    refuses(asks, { lies: [lie('load.sell', 0n)] }, [/step\[0\]\.load\.(sell|namedSell)/, 'main.pausing'])
    const bids = quoted('buy')
    refuses(bids, { lies: [lie('load.turns', 1n, 1)], forge: { place: put(1, 0n) } }, [
      /step\[1\]\.load\.(turns|And)/,
      ...['main.pausing'],
    ])
  })

  test('accepts another order of the account first, since all are gone before anything else is done', () => {
    const batch = quoted('buy')
    const made = attempt(batch, { forge: { place: (honest: readonly bigint[]) => [2n, 0n, ...honest.slice(2)] } })
    assert.deepEqual(made.broken, [])
    assert.ok(made.shippedAccepts() && made.isTrue)
  })

  test('refuses to drop a cancel that an earlier batch left in hand, or to work on it for another account', () => {
    const venue = new Venue()
    venue.rest([venue.buy(1, 990n, 5n), venue.buy(1, 980n, 6n)])
    venue.rest([venue.cancelAll(1, 'buy')], ONE_STEP)
    const batch = venue.batch([touch(venue, 3)])
    assert.deepEqual(kinds(batch), ['cancelled', 'cancel-missed'])
    // slot 0 is account 1's, whom no step would touch then
    const forge = { actor: put(0, slotOf(batch, 3)) }
    refuses(batch, { forge }, [/step\[0\]\.load\.work\.order\.account/, 'main.enabled[0]'])
    refuses(batch, { lies: [lie('load.work.cancelAll', 0n)] }, /step\[0\]\.load\.(work\.cancelAll|And)/)
  })

  test('stays in hand of a barred account, and goes on when it was barred in between', () => {
    const flag = (account: Account): Account => ({ ...account, flaggedAt: 9n })
    for (const isBarred of [false, true]) {
      const venue = new Venue()
      venue.rest(Array.from({ length: 8 }, (_, i) => venue.buy(1, 990n - BigInt(i), 1n)))
      if (isBarred) venue.edit(1, flag)
      const first = venue.batch([venue.cancelAll(1, 'buy')])
      assert.equal(first.after.books.get(MARKET)!.hand?.account, 1)
      expectHonest(first)
      venue.state = first.after
      const second = venue.edit(1, flag).batch([])
      assert.deepEqual(kinds(second), ['cancelled', 'cancelled'])
      expectHonest(second)
    }
  })
})
