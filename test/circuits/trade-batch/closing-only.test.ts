import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, put, slotOf } from '../../../lab/dishonesty/dishonest-prover.ts'
import { MARKET, ONE_STEP, Venue } from '../../../lab/instances/venue.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { unpackTradeData } from '../../../protocol/trade-batch/words.ts'

const { refuses, attempt, expectHonest } = await dishonestProver()

const CLOSING = { closingOnly: true }
/** The place of the word closingOnly. */
const WORD = 6

/** Accounts 1 and 2 hold ten lots against each other, the others none; what rests does so since opening was allowed. */
function venueOf(rest: (venue: Venue) => Parameters<Venue['rest']>[0] = () => []): Venue {
  const size = (lots: bigint) => ({ positions: { [MARKET]: { size: lots } } })
  const venue = new Venue({ accounts: { 1: size(-10n), 2: size(10n), 3: {}, 4: {}, 5: {} } })
  return venue.rest(rest(venue))
}
/** What breaks where a step is not the forced one: itself, or a later one that has to do what it left. */
const STEP = /main\.(step\[\d\]\.|pausing)/
const CHECK = /main\.step\[0\]\.load\.check/
const kindsOf = ({ steps }: TradeBatch) => steps.map(({ kind }) => kind)

suite('protocol.md#closing-only: the word', () => {
  const opening = (closingOnly: boolean) => {
    const venue = venueOf()
    return venue.batch([venue.buy(3, 1000n, 5n)], { closingOnly })
  }

  test('says which limits the batch was held to', () => {
    for (const [closingOnly, kind] of [
      [false, 'rested'],
      [true, 'no-effect'],
    ] as const) {
      const batch = opening(closingOnly)
      assert.deepEqual(kindsOf(batch), [kind])
      expectHonest(batch)
      const { words } = attempt(batch)
      assert.equal(words[WORD], BigInt(closingOnly))
      assert.equal(unpackTradeData(words).closingOnly, closingOnly)
    }
  })

  test('cannot be another than the one that the limits go by, either way', () => {
    for (const closingOnly of [false, true]) {
      const batch = opening(closingOnly)
      const value = closingOnly ? 0n : 1n
      const lied = refuses(batch, { lies: [{ signal: 'TradeWords.closingOnly', value }] }, 'main.words.closingOnly')
      assert.deepEqual([lied.words[WORD], lied.newStateRoot], [value, attempt(batch).newStateRoot])
      const lies = [{ signal: 'ReadRules.closingOnly', value: BigInt(closingOnly) }]
      const limits = refuses(batch, { forge: { closingOnly: value }, lies }, 'main.read.closingOnly')
      assert.deepEqual([limits.words[WORD], limits.newStateRoot], [value, attempt(batch).newStateRoot])
    }
  })

  test('refuses that the batch of every day is proved again with the word 1 and keeps its outcome', () => {
    const [every, last] = [opening(false), opening(true)]
    // with nothing else forged the prover comes to what the law makes of it
    const honest = attempt(every, { forge: { closingOnly: 1n } })
    assert.deepEqual([honest.broken, honest.newStateRoot], [[], attempt(last).newStateRoot])
    refuses(every, { forge: { closingOnly: 1n }, lies: [{ signal: 'CheckLoad.exceeds', value: 0n, at: 0 }] }, CHECK)
    for (const value of [9n, 1_000_000n]) {
      refuses(last, { lies: [{ signal: 'ReadRules.maxPosition', value }] }, 'main.read.maxPosition')
    }
  })

  test('refuses a word that is neither 0 nor 1', () => {
    for (const value of [2n, FIELD - 1n]) {
      const batch = opening(true)
      refuses(batch, { forge: { closingOnly: value } }, /main\.closingOnlyBit/)
    }
  })
})

suite('protocol.md#closing-only: orders', () => {
  test('a closing order rests and fills; one lot more has no effect, and refuses to have one', () => {
    const venue = venueOf()
    const batch = venue.batch([venue.buy(1, 1000n, 10n), venue.sell(2, 1000n, 10n)], CLOSING)
    assert.deepEqual(kindsOf(batch), ['rested', 'traded'])
    expectHonest(batch)
    const beyond = venue.batch([venue.buy(1, 1000n, 11n)], CLOSING)
    assert.deepEqual(kindsOf(beyond), ['no-effect'])
    refuses(beyond, { lies: [{ signal: 'CheckLoad.exceeds', value: 0n, at: 0 }] }, CHECK)
    refuses(batch, { lies: [{ signal: 'CheckLoad.exceeds', value: 1n, at: 0 }] }, CHECK)
  })

  test('a head that would open is removed, and refuses to be traded with', () => {
    for (const side of ['buy', 'sell'] as const) {
      const other = side === 'buy' ? 'sell' : 'buy'
      const venue = venueOf((one) => [one.order(3, other, 1000n, 5n)])
      const batch = venue.batch([venue.order(side === 'buy' ? 1 : 2, side, 1000n, 5n)], CLOSING)
      assert.deepEqual(kindsOf(batch), ['head-removed', 'rested'])
      refuses(batch, { lies: [{ signal: 'Decide.headRevoked', value: 0n, at: 0 }] }, STEP)
      refuses(batch, { lies: [{ signal: 'MayOpen.out', value: 0n, at: 0 }] }, STEP)
      refuses(batch, { lies: [{ signal: 'MayOpen.exceeds', value: 0n, at: 0 }] }, STEP)
      refuses(batch, { lies: [{ signal: 'MayOpen.exposure', value: 0n, at: 0 }] }, STEP)
      refuses(batch, { lies: [{ signal: 'MayOpen.bids', value: side === 'buy' ? 1n : 0n, at: 0 }] }, STEP)
      // the account that shows its open lots is the head's
      refuses(batch, { forge: { victim: put(0, slotOf(batch, side === 'buy' ? 1 : 2)) } }, STEP)
    }
  })

  test('a head that closes is traded with, and refuses to be removed', () => {
    const venue = venueOf((one) => [one.sell(2, 1000n, 10n)])
    const batch = venue.batch([venue.buy(1, 1000n, 10n)], CLOSING)
    assert.deepEqual(kindsOf(batch), ['traded'])
    refuses(batch, { lies: [{ signal: 'MayOpen.out', value: 1n, at: 0 }] }, STEP)
    refuses(batch, { lies: [{ signal: 'MayOpen.exposure', value: 1n, at: 0 }] }, STEP)
  })

  test('in any other batch a head may open', () => {
    const venue = venueOf((one) => [one.sell(3, 1000n, 5n)])
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    assert.deepEqual(kindsOf(batch), ['traded'])
    refuses(batch, { lies: [{ signal: 'MayOpen.out', value: 1n, at: 0 }] }, STEP)
  })

  test('an order in hand from before that would open is dropped, and refuses to be worked on; one that closes goes on', () => {
    for (const [account, kind] of [
      [3, 'dropped'],
      [1, 'traded'],
    ] as const) {
      const venue = venueOf((one) => [one.sell(2, 1000n, 5n), one.sell(2, 1001n, 5n)])
      venue.rest([venue.buy(account, 1001n, 10n)], ONE_STEP)
      const batch = venue.batch([], CLOSING)
      assert.deepEqual(kindsOf(batch), [kind])
      const value = kind === 'dropped' ? 0n : 1n
      refuses(batch, { lies: [{ signal: 'Load.work.revoked', value, at: 0 }] }, STEP)
      refuses(batch, { lies: [{ signal: 'Load.carriedOpening', value, at: 0 }] }, STEP)
      refuses(batch, { lies: [{ signal: 'CheckLoad.exceeds', value, at: 0 }] }, STEP)
    }
  })

  test('an order that closes stays in hand at the end of one batch and is worked on in the next', () => {
    const venue = venueOf((one) => [3, 4, 5].map((account) => one.sell(account, 1000n, 3n)))
    const batch = venue.batch([venue.buy(1, 1000n, 10n)], CLOSING)
    assert.equal(batch.touched.length, 4)
    expectHonest(batch)
    venue.rest([venue.buy(1, 1000n, 10n)], { ...CLOSING, ...ONE_STEP })
    const next = venue.batch([], CLOSING)
    assert.deepEqual(
      [kindsOf(next), next.after.books.get(MARKET)!.bids.length],
      [['head-removed', 'head-removed', 'rested'], 1],
    )
    expectHonest(next)
  })
})
