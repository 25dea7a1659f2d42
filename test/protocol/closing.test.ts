import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  ACCOMPLICE,
  ATTACKER,
  attackTable,
  attackVenue,
  course,
  lacksMargin,
} from '../../lab/instances/margin-attacks.ts'
import { SMALL } from '../../lab/instances/model.ts'
import { addCash, ONE_STEP, type Venue } from '../../lab/instances/venue.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'

const IOC = { timeInForce: 'IOC' } as const
const table = attackTable()
const costly = attackTable({ takerFeeBps: 100n, makerFeeBps: 100n })

/** An account with ten lots and this equity, in front of bids of the accomplice at that price. */
function long(riskTable: RiskTable, equity: bigint, price: bigint, lots = 10n): Venue {
  const venue = attackVenue(riskTable, equity, { 2: lots })
  return venue.rest([venue.buy(ACCOMPLICE, price, 1000n)])
}

/** A bid of ten lots that the account rested when it was rich. */
function withOldBid(venue: Venue): Venue {
  const credit = 1n << 40n
  venue.edit(ATTACKER, addCash(credit)).rest([venue.buy(ATTACKER, 1n, 10n)])
  return venue.edit(ATTACKER, addCash(-credit))
}

suite('rule 4 lets pass', () => {
  test('closing all ten lots at the edge of the band, with fees: (500, 1000) to (301, 0)', () => {
    const venue = long(costly, 500n, 990n)
    const batch = venue.batch([venue.sell(ATTACKER, 990n, 10n, IOC)])
    assert.deepEqual(course(batch), [
      [500n, 1000n],
      [301n, 0n],
    ])
    assert.deepEqual(batch.touched[0]!.margin, { rule: 'initial' })
  })

  test('closing one of them: (500, 1000) to (480, 900), still below initial margin', () => {
    const venue = long(costly, 500n, 990n)
    const batch = venue.batch([venue.sell(ATTACKER, 990n, 1n, IOC)])
    assert.deepEqual(course(batch)[1], [480n, 900n])
    assert.deepEqual(batch.touched[0]!.margin, { rule: 'closing', scenario: 1 })
  })

  test('cancelling and closing in one batch: (900, 1000) to (701, 0), where orders reserved 1410', () => {
    const venue = withOldBid(long(costly, 900n, 990n))
    assert.equal(10n * costly.markets[2]!.longRisk, 1410n)
    const messages = [venue.cancel(ATTACKER, 'buy', 1n, 1n), venue.sell(ATTACKER, 990n, 10n, IOC)]
    assert.deepEqual(course(venue.batch(messages)), [
      [900n, 1000n],
      [701n, 0n],
    ])
  })

  test('a hedge that reaches initial margin: (1100, 1000) to (1095, 500)', () => {
    const venue = attackVenue(table, 1100n, { 0: 10n })
    venue.rest([venue.buy(ACCOMPLICE, 999n, 10n)])
    const batch = venue.batch([venue.sell(ATTACKER, 999n, 5n, IOC)])
    assert.deepEqual(course(batch), [
      [1100n, 1000n],
      [1095n, 500n],
    ])
    assert.deepEqual(batch.touched[0]!.margin, { rule: 'initial' })
  })

  test('a cancel, however deep the account is in debt, and whatever else the batch holds', () => {
    const venue = withOldBid(long(table, -(10n ** 9n), 990n))
    const cancel = venue.cancel(ATTACKER, 'buy', 1n, 1n)
    const alone = venue.batch([cancel])
    assert.deepEqual(
      alone.steps.map(({ kind }) => kind),
      ['cancelled'],
    )
    assert.deepEqual(
      alone.touched.map(({ margin }) => margin),
      [undefined],
    )
    const others = [venue.sell(ACCOMPLICE, 1005n, 3n), cancel, venue.cancel(ATTACKER, 'buy', 1n, 1n)]
    assert.deepEqual(
      venue.batch(others).steps.map(({ kind }) => kind),
      ['rested', 'cancelled', 'cancel-missed'],
    )
  })

  test('an order without effect: too small, out of the band, expired, beyond maxPosition', () => {
    const venue = long(attackTable({}, { minOrder: 2n, maxPosition: 50n }), -5000n, 990n)
    const batch = venue.batch([
      venue.buy(ATTACKER, 1000n, 1n),
      venue.buy(ATTACKER, 1011n, 5n),
      venue.buy(ATTACKER, 1000n, 5n, { expiry: 1n }),
      venue.buy(ATTACKER, 1000n, 41n),
    ])
    assert.deepEqual(
      batch.steps.map(({ kind }) => kind),
      new Array(4).fill('no-effect'),
    )
    assert.equal(batch.touched[0]!.margin, undefined)
  })

  test('an order that meets nobody and does not rest, from an account in debt', () => {
    const venue = attackVenue(table, -100n, { 2: 10n })
    const { touched } = venue.batch([venue.sell(ATTACKER, 1000n, 3n, IOC)])
    assert.deepEqual(touched[0]!.margin, { rule: 'closing', scenario: 1 })
  })

  test('an order that was in hand and comes to rest, of an account that loads nothing', () => {
    const venue = attackVenue(table, 2000n)
    venue.rest([venue.sell(ACCOMPLICE, 1000n, 5n)])
    venue.rest([venue.buy(ATTACKER, 1000n, 10n)], ONE_STEP)
    const shock = Array.from({ length: SMALL.scenarios }, (_, s) => (s === 1 ? 0n : 1000n))
    venue.under(attackTable({}, { scenarioPrices: shock }))
    const batch = venue.batch([])
    assert.deepEqual(
      batch.steps.map(({ kind }) => kind),
      ['rested'],
    )
    assert.deepEqual(course(batch)[1], [2000n, 5000n])
    assert.equal(batch.touched[0]!.margin, undefined)
  })
})

suite('rule 4 at its bounds', () => {
  /** Closes `closed` lots at 990 and loses `washed` more in lots that are bought and sold. */
  function closing(equity: bigint, closed: bigint, washes: readonly bigint[]): () => TradeBatch {
    const venue = attackVenue(table, equity, { 2: 20n })
    const messages = [venue.sell(ATTACKER, 990n, closed, IOC)]
    venue.rest([venue.buy(ACCOMPLICE, 990n, 100n)])
    for (const loss of washes) {
      venue.rest([venue.sell(ACCOMPLICE, 990n + loss, 1n)])
      messages.push(venue.buy(ATTACKER, 990n + loss, 1n, IOC), venue.sell(ATTACKER, 990n, 1n, IOC))
    }
    return () => venue.batch(messages)
  }

  test('ten lots closed may cost 110, and not 111', () => {
    assert.deepEqual(course(closing(1200n, 10n, [10n])()), [
      [1200n, 2000n],
      [1090n, 1000n],
    ])
    assert.throws(closing(1200n, 10n, [11n]), lacksMargin('OUTSIDE_BAND'))
  })

  test('net may come to 0, and not to -1', () => {
    const exact = closing(110n, 10n, [10n])()
    assert.deepEqual(course(exact)[1], [0n, 1000n])
    assert.deepEqual(exact.touched[0]!.margin, { rule: 'closing', scenario: 1 })
    assert.throws(closing(109n, 10n, [10n]), lacksMargin('NET_BELOW_ZERO'))
  })

  test('below 0, net may stay where it is, and not fall', () => {
    const venue = long(table, -7n, 1000n)
    assert.deepEqual(course(venue.batch([venue.sell(ATTACKER, 1000n, 5n, IOC)]))[1], [-7n, 500n])
    const lower = long(table, -7n, 999n)
    assert.throws(() => lower.batch([lower.sell(ATTACKER, 999n, 1n, IOC)]), lacksMargin('NET_BELOW_ZERO'))
  })

  test('a position may close to 0, and not to -1', () => {
    const venue = long(table, -7n, 1000n)
    assert.deepEqual(course(venue.batch([venue.sell(ATTACKER, 1000n, 10n, IOC)]))[1], [-7n, 0n])
    assert.throws(() => venue.batch([venue.sell(ATTACKER, 1000n, 11n, IOC)]), lacksMargin('NOT_CLOSING'))
  })

  test('risk may stay as it is, and not grow: one leg of an imperfect box', () => {
    // risk falls with each lot of market 2 until the longs of market 0 weigh more
    const boxed = (lots: bigint) => {
      const venue = attackVenue(table, -7n, { 0: 10n, 2: -20n })
      venue.rest([venue.sell(ACCOMPLICE, 1000n, 20n)])
      return () => venue.batch([venue.buy(ATTACKER, 1000n, lots, IOC)])
    }
    assert.deepEqual(course(boxed(20n)()), [
      [-7n, 1000n],
      [-7n, 1000n],
    ])
    const venue = attackVenue(table, -7n, { 0: 11n, 2: -20n })
    venue.rest([venue.sell(ACCOMPLICE, 1000n, 20n)])
    assert.throws(() => venue.batch([venue.buy(ATTACKER, 1000n, 20n, IOC)]), lacksMargin('RISK_GREW', 'EXCESS_FELL'))
  })
})
