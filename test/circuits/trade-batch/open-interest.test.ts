import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver, put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { feeTable, MARKET, Venue } from '../../../lab/instances/venue.ts'
import { batchHeadOf } from '../../../protocol/batch-words.ts'
import { toField } from '../../../protocol/numbers.ts'
import type { Side } from '../../../protocol/slot.ts'
import { stateRoot } from '../../../protocol/state.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'
import { lie } from '../../support/steps.ts'

const { attempt, expectHonest, refuses } = await dishonestProver()

const size = (lots: bigint) => ({ positions: { [MARKET]: { size: lots }, 0: { size: lots } } })

/** Account 1 buys, or sells, five lots of what account 2 rests, of these sizes before. */
function trade(taker: bigint, maker: bigint, side: Side = 'buy'): TradeBatch {
  const venue = new Venue({ accounts: { 1: size(taker), 2: size(maker), 3: size(-taker - maker) } })
  venue.rest([venue.order(2, side === 'buy' ? 'sell' : 'buy', 1000n, 5n)])
  return venue.batch([venue.order(1, side, 1000n, 5n)])
}
/** What is opened is held twice, long and short. */
const openedBy = ({ before, after }: TradeBatch) => (after.openInterest[MARKET]! - before.openInterest[MARKET]!) / 2n

/** Size of the buyer and of the seller before a fill of 5 lots, and what it adds. */
const FILLS: readonly (readonly [string, bigint, bigint, bigint])[] = [
  ['both open', 0n, 0n, 5n],
  ['both open more', 3n, -4n, 5n],
  ['the taker closes', -7n, 0n, 0n],
  ['the taker closes and goes on', -2n, -1n, 3n],
  ['the maker closes', 1n, 6n, 0n],
  ['the maker closes and goes on', 0n, 4n, 1n],
  ['both close', -5n, 5n, -5n],
  ['both change sides', -1n, 2n, 2n],
]

suite('protocol.md#open-interest: what a fill adds', () => {
  for (const [what, taker, maker, opened] of FILLS) {
    test(`is ${opened} lots of 5 if ${what}, and no other number`, () => {
      const batch = trade(taker, maker)
      assert.equal(openedBy(batch), opened)
      expectHonest(batch)
      for (const value of [opened - 1n, opened + 1n, 6n]) {
        refuses(batch, { lies: [{ signal: 'CountOpened.opened', value: toField(value) }] }, 'main.step[0].count.opened')
      }
      const closes = (signal: string, value: bigint) =>
        refuses(
          batch,
          { lies: [{ signal: `CountOpened.${signal}`, value: toField(value) }] },
          `main.step[0].count.${signal}`,
        )
      closes('takerCloses', 1n - attempt(batch).signal('step[0].count.takerCloses'))
      closes('makerCloses', 1n - attempt(batch).signal('step[0].count.makerCloses'))
    })
  }

  test('is the same for who sells, of the opposite positions', () => {
    for (const [, taker, maker, opened] of FILLS) {
      const batch = trade(-taker, -maker, 'sell')
      assert.equal(openedBy(batch), opened)
      expectHonest(batch)
    }
  })

  test('goes by the position of the account that made the order, and its side', () => {
    const batch = trade(0n, 4n)
    refuses(batch, { lies: [{ signal: 'CountOpened.makerSize', value: 0n }] }, 'main.step[0].count.makerSize')
    refuses(
      batch,
      { lies: [{ signal: 'CountOpened.makerReducible', value: toField(-4n) }] },
      'main.step[0].count.makerReducible',
    )
    refuses(batch, { lies: [{ signal: 'CountOpened.closable', value: 5n }] }, 'main.step[0].count.closable')
  })

  test('goes by the sign of a position', () => {
    for (const [batch, at] of [
      [trade(0n, 6n), 0],
      [trade(-7n, 0n), 1],
    ] as const) {
      const name = at === 0 ? 'count' : 'load.check'
      const { broken } = attempt(batch, { lies: [{ signal: 'Closable.negative', value: 1n, at }] })
      assert.ok(
        broken.some((signals) => signals.includes(`step[0].${name}`)),
        broken.join('\n'),
      )
    }
  })
})

suite('protocol.md#open-interest-cap', () => {
  /** Account 1, who holds 3 lots, offers 8 where 7 are open. */
  function capped(maxOpenInterest: bigint, options = {}): TradeBatch {
    const accounts = { 1: size(3n), 2: size(-3n), 3: size(4n), 4: size(-4n) }
    const venue = new Venue({ accounts, table: feeTable({}, { maxOpenInterest }) })
    return venue.batch([venue.sell(1, 1010n, 8n, options)])
  }
  const full = capped(11n)
  const fits = capped(12n)
  const CHECK = 'main.step[0].load.check'
  const lies = (signal: string, value: bigint, place: bigint) => ({
    lies: [{ signal: `CheckLoad.${signal}`, value }],
    forge: { place: put(0, place) },
  })

  test('an order that could open beyond it has no effect', () => {
    assert.deepEqual(
      [full, fits].map(({ steps }) => steps[0]!.kind),
      ['no-effect', 'rested'],
    )
    refuses(full, lies('beyond', 0n, 0n), `${CHECK}.beyond`)
    refuses(full, lies('crowded', 0n, 0n), `${CHECK}.crowded`)
    refuses(full, lies('reached', 22n, 0n), `${CHECK}.reached`)
    refuses(full, lies('opens', 4n, 0n), `${CHECK}.opens`)
    refuses(full, lies('opening', 0n, 0n), `${CHECK}.opening`)
    refuses(full, lies('taking', 0n, 0n), `${CHECK}.taking`)
    refuses(full, lies('openInterest', 12n, 0n), `${CHECK}.openInterest`)
    refuses(full, lies('maxHeld', 24n, 0n), `${CHECK}.maxHeld`)
    refuses(full, { lies: [lie('load.openInterest', 12n)] }, 'main.step[0].load.openInterest')
    refuses(full, { lies: [lie('load.maxHeld', 24n)] }, 'main.step[0].load.maxHeld')
    refuses(full, { lies: [{ signal: 'ReadRules.rules.maxHeld', value: 24n }] }, /main\.read\.rules\.maxHeld/)
  })

  test('one that could not is not turned away for it', () => {
    refuses(fits, lies('beyond', 1n, 0n), `${CHECK}.beyond`)
    refuses(fits, lies('crowded', 1n, 0n), `${CHECK}.crowded`)
    refuses(fits, lies('openInterest', 16n, 0n), `${CHECK}.openInterest`)
    const passive = capped(0n, { timeInForce: 'POST_ONLY' })
    assert.equal(passive.steps[0]!.kind, 'rested')
    refuses(passive, lies('taking', 1n, 0n), `${CHECK}.taking`)
    const reducing = capped(0n, { timeInForce: 'IOC', reduceOnly: true })
    assert.equal(reducing.steps[0]!.kind, 'dropped')
    refuses(reducing, lies('opening', 1n, 0n), `${CHECK}.opening`)
  })

  test('goes by what earlier steps of the batch came to', () => {
    const venue = new Venue({ table: feeTable({}, { maxOpenInterest: 6n }) })
    venue.rest([venue.buy(4, 1000n, 5n, { timeInForce: 'POST_ONLY' })])
    const batch = venue.batch([venue.sell(1, 1000n, 5n), venue.sell(2, 1000n, 2n)])
    assert.deepEqual(
      batch.steps.map(({ kind }) => kind),
      ['traded', 'no-effect'],
    )
    refuses(batch, { lies: [lie('load.openInterest', 0n, 1)] }, 'main.step[1].load.openInterest')
  })
})

suite('protocol.md#open-interest: the markets root', () => {
  const batch = trade(0n, 4n)

  test('has what the steps came to, and of other markets what was there', () => {
    assert.deepEqual(batch.before.openInterest, [8n, 0n, 8n, 0n])
    assert.deepEqual(batch.after.openInterest, [8n, 0n, 10n, 0n])
    for (let market = 0; market < 4; market++) {
      const lies = [{ signal: 'TradeBatch.newMarkets.openInterest', element: market, value: 9n }]
      refuses(batch, { lies }, `main.newMarkets.openInterest[${market}]`)
    }
    refuses(batch, { lies: [{ signal: 'TradeBatch.newMarkets.booksRoot', value: 9n }] }, 'main.newMarkets.booksRoot')
    refuses(batch, { lies: [{ signal: 'TradeBatch.words.newMarketsRoot', value: 9n }] }, 'main.words.newMarketsRoot')
  })

  test('refuses steps that begin with another number than the state has, or leave one out', () => {
    const lies = (element: number, value: bigint) => [{ signal: 'TradeBatch.interest', element, value }]
    refuses(batch, { lies: lies(0, 0n) }, 'main.interest[0]')
    // one lot opened, and not two held
    for (const value of [8n, 9n]) {
      refuses(batch, { lies: lies(1, value) }, 'main.interest[1]')
      refuses(batch, { lies: lies(6, value) }, 'main.interest[6]')
    }
  })

  test('says that it begins from another root where the state has other numbers', () => {
    const { broken, words } = attempt(batch, { forge: { openInterest: put(1, 3n) } })
    assert.deepEqual(broken, [])
    const openInterest = batch.before.openInterest.with(1, 3n)
    assert.equal(batchHeadOf(words).oldStateRoot, stateRoot({ ...batch.before, openInterest }))
    const lies = [{ signal: 'TradeBatch.oldMarkets.openInterest', element: 1, value: 0n }]
    refuses(batch, { forge: { openInterest: put(1, 3n) }, lies }, 'main.oldMarkets.openInterest[1]')
  })
})
