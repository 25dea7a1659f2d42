import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { dishonestProver, type Forgery, put } from '../../../lab/dishonesty/dishonest-prover.ts'
import { makeTable, SMALL } from '../../../lab/instances/model.ts'
import { addCash, MARKET, ONE_STEP, Venue, withAccount } from '../../../lab/instances/venue.ts'
import { excesses, lossSpread } from '../../../protocol/margin.ts'
import type { Message } from '../../../protocol/message.ts'
import { FIELD, min } from '../../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../../protocol/parameters.ts'
import { closingBreaches, marginEvidence } from '../../../protocol/trade-batch/margin-rule.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'

const { refuses, attempt } = await dishonestProver()

/** No fees: ten lots at 1000 are worth 10,000 and lose at most 2,000; initial margin is 1.2 times that. */
const table = makeTable(SMALL, { initialMarginBps: 12_000n })

/** Account 1, 10 lots long and rich, meets a bid of account 2. */
function long(messages: (venue: Venue) => Message[], price = 990n): TradeBatch {
  const accounts = { 1: { positions: { 2: { size: 10n } } }, 2: { positions: { 2: { size: -10n } } } }
  const venue = new Venue({ accounts, table })
  venue.rest([venue.buy(2, price, 50n)])
  return venue.batch(messages(venue))
}

/** The batch with account 1's cash before it such that its equity at the mark was this. */
function withEquity(batch: TradeBatch, equity: bigint): TradeBatch {
  const { before } = batch.touched[0]!
  return withAccount(batch, 1, addCash(equity - 10_000n - before.collateral[0]!))
}

/** Hints of account slot 0: it closes. */
const closing = (scenario: bigint): Forgery => ({ closing: put(0, 1n), scenario: put(0, scenario) })

const evidence = (batch: TradeBatch) => {
  const { before, after } = batch.touched[0]!
  const leavesOrder = batch.steps.some(({ kind }) => kind === 'rested')
  const context = { table, market: MARKET, leavesOrder }
  return marginEvidence(before, after, context) ?? closingBreaches(before, after, context)
}

/** The scenario that is worst for a long position: a fall of 200. */
const FALL = 1n

const EXCESS = /^main\.margin\[0\]\.excess\.AssertBits_\d+_\d+\.Num2Bits/
const LOSS = /^main\.margin\[0\]\.excess\.AssertBits_\d+_\d+\[\d+\]\.Num2Bits/
const RELEASES = /^main\.margin\[0\]\.releases\.Num2Bits/

/** The circuit accepts these hints for this batch. */
function accepts(batch: TradeBatch, forge: Forgery = {}) {
  const made = attempt(batch, { forge })
  assert.deepEqual(made.broken, [])
  assert.ok(made.shippedAccepts())
}

/** The circuit refuses them at the rule. */
function refusesHints(batch: TradeBatch, forge: Forgery, rule: RegExp | string | (RegExp | string)[]) {
  const made = attempt(batch, { forge: { closing: [0n, 0n, 0n], ...forge } })
  assertBreaks(made.broken, rule)
  assert.ok(!made.shippedAccepts())
}

const closes = () => long((venue) => [venue.sell(1, 990n, 1n, { timeInForce: 'IOC' })])

suite('rule 4: initial margin', () => {
  const opens = () => long((venue) => [venue.buy(1, 980n, 5n)])

  test('refuses margin that is one quantum short, and accepts what just suffices', () => {
    const batch = opens()
    const { after } = batch.touched[0]!
    const least = excesses(after, table, table.initialMarginBps).reduce(min)
    assert.equal(least % BASIS_POINTS, 0n)
    const enough = withAccount(batch, 1, addCash(-least / BASIS_POINTS))
    assert.deepEqual(evidence(enough), { rule: 'initial' })
    accepts(enough)
    const short = withAccount(enough, 1, addCash(-1n))
    assert.deepEqual(evidence(short), ['ORDER_LEFT'])
    refusesHints(short, {}, EXCESS)
    for (const scenario of [0n, 2n]) assert.notDeepEqual(attempt(short, { forge: closing(scenario) }).broken, [])
    refusesHints(short, closing(FALL), 'main.margin[0].ordersLeft')
  })

  test('asks no margin of an account that loaded nothing', () => {
    const venue = new Venue({ accounts: { 1: {}, 2: { positions: { 2: { size: 10n } } }, 3: {} }, table })
    venue.rest([venue.sell(2, 1000n, 5n)])
    const batch = venue.batch([venue.buy(1, 1000n, 5n)])
    accepts(withAccount(batch, 2, addCash(-(10n ** 12n))))
  })

  test('asks no margin of an account that cancelled, or loaded an order without effect', () => {
    const venue = new Venue({ table })
    venue.rest([venue.buy(1, 900n, 5n), venue.buy(1, 901n, 5n)])
    const batch = venue.batch([
      venue.cancel(1, 'buy', 900n, 0n),
      venue.buy(1, 1101n, 5n),
      venue.buy(1, 1000n, 2_000_000n),
      venue.cancel(1, 'buy', 7n, 7n),
    ])
    assert.deepEqual(
      batch.steps.map(({ kind }) => kind),
      ['cancelled', 'no-effect', 'no-effect', 'cancel-missed'],
    )
    accepts(withAccount(batch, 1, addCash(-(10n ** 12n))))
  })

  test('asks margin of an account whose order had an effect in any step, beside others that had none', () => {
    for (const at of [0, 1, 2]) {
      const venue = new Venue({ table })
      const messages = [0, 1, 2].map((place) => venue.buy(1, place === at ? 900n : 1101n, 5n))
      const poor = withAccount(venue.batch(messages), 1, addCash(-(10n ** 12n)))
      refusesHints(poor, {}, EXCESS)
    }
  })

  test('refuses a margin check that is left out', () => {
    const batch = withEquity(opens(), 2_000n)
    const lies = [{ signal: 'Settle.takesEffect', value: 0n }]
    assertBreaks(attempt(batch, { lies }).broken, 'main.step[0].settle.takesEffect')
  })

  test('refuses a worst loss that is too small, by the quantum and at its own range check', () => {
    const batch = opens()
    const worst = attempt(batch).signal('main.margin[0].worstLoss')
    assert.equal(worst, 2_000n)
    for (const small of [worst - 1n, 0n, FIELD - 1n]) {
      refuses(batch, { forge: { worstLoss: put(0, small) } }, LOSS)
    }
    const more = attempt(batch, { forge: { worstLoss: put(0, worst + 1n) } })
    assert.deepEqual(more.broken, [], 'a larger one than needed is harmless')
  })

  test('refuses a worst loss whose product with the ratio wraps around the field: its width alone is in the way', () => {
    const batch = withEquity(closes(), 100n)
    refusesHints(batch, {}, EXCESS)
    // the least number whose product with the ratio is above r, and so small again
    const wrapping = FIELD / table.initialMarginBps + 1n
    assert.ok((wrapping * table.initialMarginBps) % FIELD < 90n * BASIS_POINTS && wrapping < 1n << 250n)
    refusesHints(batch, { worstLoss: put(0, wrapping) }, LOSS)
  })
})

suite('rule 4: losses that lie too far apart', () => {
  /** Lots of two other markets, of which each loses 2^42 quanta or one in one scenario: together that much, and nothing in others. */
  const spreadOf = (spread: bigint) => {
    const mark = 1n << 43n
    const wide = { mark, scenarioPrices: table.markets[0]!.scenarioPrices.map((_, s) => (s === 1 ? mark / 2n : mark)) }
    const markets = table.markets.with(0, { ...table.markets[0]!, ...wide })
    const fine = { scenarioPrices: table.markets[1]!.scenarioPrices.map((_, s) => (s === 1 ? 999n : 1_000n)) }
    const riskTable = { ...table, markets: markets.with(1, { ...table.markets[1]!, ...fine }) }
    const positions = { 0: { size: spread / (mark / 2n) }, 1: { size: spread % (mark / 2n) } }
    const venue = new Venue({ accounts: { 1: { positions, cash: 1n << 79n }, 2: {}, 3: {} }, table: riskTable })
    return { venue, of: lossSpread(venue.state.accounts.get(1)!, riskTable) }
  }
  const TOP = 1n << 72n

  test('accepts an order of an account whose losses lie a quantum less than 2^72 apart', () => {
    const { venue, of } = spreadOf(TOP - 1n)
    assert.equal(of, TOP - 1n)
    accepts(venue.batch([venue.buy(1, 900n, 5n)]))
  })

  test('refuses an order by which they would lie 2^72 apart, whatever worst loss is claimed', () => {
    const { venue, of } = spreadOf(TOP - 1n)
    const batch = venue.batch([venue.buy(1, 900n, 5n)])
    const wider = withAccount(batch, 1, (account) => {
      const { positions } = account
      return { ...account, positions: positions.with(1, { ...positions[1]!, size: positions[1]!.size + 1n }) }
    })
    assert.equal(of + 1n, TOP)
    for (const worst of [TOP, TOP - 1n, 0n, FIELD - 1n]) {
      refusesHints(wider, { worstLoss: put(0, worst) }, LOSS)
    }
  })

  test('asks an account that loaded no order with effect for nothing: it cancels, its orders fill, and its order in hand goes on', () => {
    const { venue, of } = spreadOf(TOP + (1n << 70n))
    assert.ok(of > TOP)
    assert.throws(() => venue.batch([venue.buy(1, 900n, 5n)]), {
      code: 'BATCH_UNPROVABLE',
      details: { reason: 'LOSS_SPREAD' },
    })
    const { scenarioPrices } = table.markets[0]!
    const still = { scenarioPrices: scenarioPrices.map(() => 1_000n) }
    const riskTable = { ...table, markets: table.markets.map((market) => ({ ...market, ...still })) }
    venue.rest([venue.buy(1, 999n, 5n), venue.buy(1, 998n, 5n)], { riskTable })
    const batch = venue.batch([venue.sell(2, 999n, 2n), venue.cancel(1, 'buy', 998n, 1n), venue.buy(1, 1_101n, 5n)])
    assert.deepEqual(
      batch.steps.map(({ kind }) => kind),
      ['traded', 'cancelled', 'no-effect'],
    )
    accepts(batch)
    assert.deepEqual(attempt(batch, { forge: { worstLoss: put(0, TOP - 1n) } }).broken, [])
    venue.rest([venue.sell(2, 1_000n, 1n), venue.sell(3, 1_001n, 1n)])
    venue.rest([venue.buy(1, 1_001n, 3n)], { riskTable, ...ONE_STEP })
    assert.equal(venue.book.hand?.account, 1)
    accepts(venue.batch([]))
  })
})

suite('rule 4: closing', () => {
  test('accepts an account below initial margin that closes', () => {
    const batch = withEquity(closes(), 2_050n)
    assert.deepEqual(evidence(batch), { rule: 'closing', scenario: 1 })
    accepts(batch, closing(FALL))
    refusesHints(batch, {}, EXCESS)
  })

  test('accepts an account in debt that closes at the mark', () => {
    const batch = withEquity(
      long((venue) => [venue.sell(1, 1000n, 1n, { timeInForce: 'IOC' })], 1000n),
      -500n,
    )
    assert.deepEqual(evidence(batch), { rule: 'closing', scenario: 1 })
    accepts(batch, closing(FALL))
  })

  test('refuses another scenario than the one that was worst', () => {
    const batch = withEquity(closes(), 2_050n)
    for (const scenario of [0n, 2n, 3n, 4n]) refusesHints(batch, closing(scenario), RELEASES)
  })

  test('refuses a closing bit of 2', () => {
    const batch = withEquity(closes(), 2_050n)
    const { broken } = attempt(batch, { forge: { ...closing(FALL), closing: put(0, 2n) } })
    assert.ok(
      broken.some((signals) => /main\.closingBit\[0\]/.test(signals)),
      broken.join('\n'),
    )
  })

  test('refuses a bit of 2 for a large position, with which closing would release what it does not', () => {
    const accounts = { 1: { positions: { 2: { size: 10n } } }, 2: { positions: { 2: { size: -10n } } } }
    const riskTable = makeTable(SMALL, {}, { largeLots: 5n, largeRisk: 30n, band: 400n })
    const venue = new Venue({ accounts, table: riskTable })
    venue.rest([venue.buy(2, 700n, 50n)])
    const batch = withEquity(venue.batch([venue.sell(1, 700n, 1n, { timeInForce: 'IOC' })]), 2_400n)
    // closing a lot costs 300, and releases 200 and 30
    for (const wasLarge of [0n, 1n]) {
      refusesHints(batch, { ...closing(FALL), wasLarge: put(0, wasLarge) }, RELEASES)
    }
    refusesHints(batch, { ...closing(FALL), wasLarge: put(0, 2n) }, /^main\.wasLarge/)
  })

  test('refuses a scenario that does not exist', () => {
    const batch = withEquity(closes(), 2_050n)
    for (const scenario of [8n, 9n]) {
      const { broken } = attempt(batch, { forge: closing(scenario) })
      assert.ok(
        broken.some((signals) => /main\.margin\[0\]\.(OneHot|scenario)/.test(signals)),
        broken.join('\n'),
      )
    }
  })

  test('refuses one order at rest and one in hand, which do not cancel out', () => {
    const venue = new Venue({ accounts: { 1: {} }, table })
    venue.rest([1001n, 1002n, 1003n, 1004n, 1005n, 1006n].map((price) => venue.sell(1, price, 1n)))
    const batch = venue.batch([venue.buy(1, 900n, 5n), venue.buy(1, 1006n, 3n)])
    assert.deepEqual(
      batch.steps.map(({ kind }) => kind),
      ['rested', ...new Array<string>(5).fill('head-removed')],
    )
    refusesHints(batch, closing(0n), 'main.margin[0].ordersLeft')
  })

  test('accepts orders of other accounts that rest or stay in hand beside an account that closes', () => {
    const accounts = { 1: { positions: { 2: { size: 10n } } }, 2: {}, 3: {}, 4: {}, 5: {} }
    const venue = new Venue({ accounts, table })
    venue.rest([venue.buy(2, 1000n, 1n), venue.buy(4, 999n, 1n), venue.buy(5, 998n, 1n)])
    const close = venue.sell(1, 1000n, 1n, { timeInForce: 'IOC' })
    for (const [price, kind, inHand] of [
      [1050n, 'rested', undefined],
      [998n, 'traded', 3],
    ] as const) {
      const batch = venue.batch([close, venue.sell(3, price, 5n)])
      assert.deepEqual(
        [batch.steps.map((step) => step.kind), batch.after.books.get(MARKET)!.hand?.account],
        [['traded', kind], inHand],
      )
      accepts(withEquity(batch, -500n), closing(FALL))
    }
  })

  test('refuses an order in hand at the end of the batch, of the account that closes and of no other', () => {
    const venue = new Venue({ accounts: { 1: { positions: { 2: { size: 10n } } }, 2: {}, 3: {}, 4: {} }, table })
    venue.rest([2, 3, 4].map((account) => venue.buy(account, 1000n, 1n)))
    venue.rest([venue.buy(2, 999n, 1n)])
    const sweep = venue.batch([venue.sell(1, 999n, 4n, { timeInForce: 'IOC' })])
    assert.equal(sweep.touched.length, 4)
    // all account slots are touched after three fills: the prover may pause there
    const pause = { idle: put(3, 1n), actor: put(3, 0n), victim: put(3, 0n) }
    const poor = withEquity(sweep, -500n)
    refusesHints(poor, { ...pause, ...closing(FALL) }, 'main.margin[0].ordersLeft')
    assert.deepEqual(attempt(sweep, { forge: pause }).broken, [])
  })
})
