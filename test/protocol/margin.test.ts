import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeAccount, makeRecord, makeTable, SMALL } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import {
  excesses,
  meetsMargin,
  orderMargin,
  portfolioRisk,
  scaledEquity,
  scaledNet,
  scenarioLoss,
  shortMinimum,
  sizeAddition,
} from '../../protocol/margin.ts'
import { min, mulDivUp } from '../../protocol/numbers.ts'
import { checkRiskTable, type RiskTable, requiredLongRisk } from '../../protocol/risk-table.ts'
import { closingBreaches, type MarginBatch, marginEvidence } from '../../protocol/trade-batch/margin-rule.ts'
import { arbitraryAccount, arbitraryRiskTable, limitsOf } from '../support/arbitraries.ts'

interface Fill {
  readonly market: number
  readonly buys: boolean
  readonly size: bigint
  readonly price: bigint
  readonly feeBps: bigint
}

/** The account after part of its open order was filled, its funding realised first, as a batch does. */
function filled(account: Account, { market, buys, size, price, feeBps }: Fill, table: RiskTable): Account {
  const position = account.positions[market]!
  const { fundingIndex } = table.markets[market]!
  const funding = position.size * (position.fundingIndex - fundingIndex)
  const cash = funding + (buys ? -1n : 1n) * size * price - mulDivUp(size * price, feeBps, 10_000n)
  return {
    ...account,
    collateral: account.collateral.with(0, account.collateral[0]! + cash),
    positions: account.positions.with(market, {
      size: position.size + (buys ? size : -size),
      fundingIndex,
      openBuy: position.openBuy - (buys ? size : 0n),
      openSell: position.openSell - (buys ? 0n : size),
    }),
  }
}

/** A fill of part of an open order inside the band: any price both sides of which the band lets through. */
function arbitraryFill(account: Account, table: RiskTable): fc.Arbitrary<Fill | undefined> {
  const open = account.positions.flatMap(({ openBuy, openSell }, market) => [
    ...(openBuy > 0n ? [{ market, buys: true, lots: openBuy }] : []),
    ...(openSell > 0n ? [{ market, buys: false, lots: openSell }] : []),
  ])
  if (open.length === 0) return fc.constant(undefined)
  return fc.constantFrom(...open).chain(({ market, buys, lots }) => {
    const { mark, band } = table.markets[market]!
    const lowest = mark > band ? mark - band : 0n
    return fc.record({
      market: fc.constant(market),
      buys: fc.constant(buys),
      size: fc.oneof(fc.constant(1n), fc.constant(lots), fc.bigInt(1n, lots)),
      price: fc.oneof(fc.constant(lowest), fc.constant(mark + band), fc.bigInt(lowest, mark + band)),
      feeBps: fc.constantFrom(table.takerFeeBps, table.makerFeeBps),
    })
  })
}

const cases = arbitraryRiskTable(SMALL).chain((table) =>
  arbitraryAccount(SMALL).chain((account) => arbitraryFill(account, table).map((fill) => ({ table, account, fill }))),
)

test('generated risk tables are as protocol.md#risk-table requires', () => {
  fc.assert(fc.property(arbitraryRiskTable(SMALL), (table) => checkRiskTable(table, limitsOf(SMALL), SMALL)))
})

test('margin theorem: a fill inside the band lowers no excess, at initial ratio, maintenance ratio and 0', () => {
  let [fills, additions] = [0, 0]
  fc.assert(
    fc.property(cases, ({ table, account, fill }) => {
      if (fill === undefined) return
      fills++
      if (sizeAddition(filled(account, fill, table), table) > sizeAddition(account, table)) additions++
      const after = filled(account, fill, table)
      for (const ratio of [table.initialMarginBps, 10_000n, 0n]) {
        const old = excesses(account, table, ratio)
        for (const [s, excess] of excesses(after, table, ratio).entries()) {
          assert.ok(excess >= old[s]!, `ratio ${ratio}, scenario ${s}: ${old[s]} fell to ${excess}`)
        }
      }
      assert.ok(scaledNet(after, table) >= scaledNet(account, table))
    }),
    { numRuns: 4000 },
  )
  assert.ok(fills > 2000)
  assert.ok(additions > 200, `${additions} fills grew a large position`)
})

for (const side of ['longRisk', 'shortRisk'] as const) {
  test(`the reserve is tight: with a ${side} one quantum less, a fill at the edge of the band lowers an excess`, () => {
    const buys = side === 'longRisk'
    // The reserve counts the fee at mark + band. A sale pays less at the other edge, so it is tight without fees only.
    const fees = { takerFeeBps: buys ? 100n : 0n, makerFeeBps: 0n }
    const large = { largeLots: 0n, largeRisk: 50n }
    const exact = makeTable(SMALL, fees, large)
    const less = makeTable(SMALL, fees, { ...large, [side]: exact.markets[0]![side] - 1n })
    const account = makeAccount(SMALL, { positions: { 0: buys ? { openBuy: 1n } : { openSell: 1n } } })
    const fill = { market: 0, buys, size: 1n, price: buys ? 1100n : 900n, feeBps: fees.takerFeeBps }
    const lowestChange = (table: RiskTable) => {
      const old = excesses(account, table, table.initialMarginBps)
      const changes = excesses(filled(account, fill, table), table, table.initialMarginBps).map((x, s) => x - old[s]!)
      return changes.reduce(min)
    }
    assert.equal(lowestChange(exact), 0n)
    assert.equal(lowestChange(less), -10_000n)
  })
}

test('equity counts cash whole, other assets at their weight, positions at the mark and funding not yet realised', () => {
  const table = makeTable(SMALL, {}, { fundingIndex: 5n })
  const account = makeAccount(SMALL, {
    cash: 100n,
    others: [7n],
    positions: { 0: { size: 2n, fundingIndex: 9n }, 1: { size: -3n, fundingIndex: 5n } },
  })
  assert.equal(scaledEquity(account, table), 10_000n * (100n + 2n * 1000n + 2n * 4n - 3n * 1000n) + 7n * 3n * 9_000n)
})

test('open orders reserve longRisk for each lot bought and shortRisk for each lot sold', () => {
  const table = makeTable(SMALL, {}, { longRisk: 1000n, shortRisk: 2000n })
  const account = makeAccount(SMALL, { positions: { 0: { openBuy: 3n, openSell: 4n }, 2: { openBuy: 1n } } })
  assert.equal(orderMargin(account, table), 4n * 1000n + 4n * 2000n)
  assert.equal(scaledNet(account, table), scaledEquity(account, table) - 10_000n * 12_000n)
})

test('losses are taken over the whole portfolio, so that opposite positions offset each other', () => {
  const table = makeTable(SMALL)
  const account = makeAccount(SMALL, { positions: { 0: { size: 10n }, 1: { size: -4n } } })
  assert.equal(scenarioLoss(account, table, 0), 0n)
  assert.equal(scenarioLoss(account, table, 1), 6n * 200n)
  assert.equal(scenarioLoss(account, table, 2), -6n * 200n)
})

test('each lot of an option sold short costs its minimum, whatever the scenario', () => {
  const table = makeTable(SMALL, {}, { shortOptionMinimum: 50n })
  const account = makeAccount(SMALL, { cash: 0n, positions: { 0: { size: -2n }, 1: { size: 3n } } })
  assert.equal(shortMinimum(account, table), 100n)
  const [base] = excesses(account, table, 10_000n)
  assert.equal(base, scaledEquity(account, table) - 10_000n * 100n)
})

test('each lot beyond largeLots adds largeRisk, long or short, in each market by itself', () => {
  const table = makeTable(SMALL, {}, { largeLots: 5n, largeRisk: 30n })
  const adds = (...sizes: bigint[]) => {
    const positions = Object.fromEntries(sizes.map((size, m) => [m, { size }]))
    return sizeAddition(makeAccount(SMALL, { positions }), table)
  }
  assert.deepEqual([adds(5n), adds(6n), adds(-5n), adds(-6n)], [0n, 30n, 0n, 30n])
  assert.equal(adds(8n, -9n, 5n, 1n), (3n + 4n) * 30n)
  const account = makeAccount(SMALL, { positions: { 0: { size: 8n } } })
  assert.equal(portfolioRisk(account, table), 8n * 200n + 3n * 30n)
})

test('one lot beyond largeLots needs more margin, by the quantum, at either ratio', () => {
  const table = makeTable(SMALL, {}, { largeLots: 10n, largeRisk: 30n })
  const holding = (size: bigint, equity: bigint) =>
    makeAccount(SMALL, { cash: equity - size * 1000n, positions: { 0: { size } } })
  for (const [size, initial] of [
    [10n, 2_400n],
    [11n, 2_676n], // 1.2 * (2,200 + 30)
    [-10n, 2_400n],
    [-11n, 2_676n],
  ] as const) {
    assert.ok(meetsMargin(holding(size, initial), table, 12_000n))
    assert.ok(!meetsMargin(holding(size, initial - 1n), table, 12_000n))
    const maintenance = (initial * 10_000n) / 12_000n
    assert.ok(meetsMargin(holding(size, maintenance), table, 10_000n))
    assert.ok(!meetsMargin(holding(size, maintenance - 1n), table, 10_000n))
  }
})

test('one account asks at least as much as two that hold its positions between them, where these are on one side', () => {
  let more = 0
  fc.assert(
    fc.property(arbitraryRiskTable(SMALL), arbitraryAccount(SMALL), fc.nat(100), (table, account, percent) => {
      const share = (part: (size: bigint) => bigint) => ({
        ...account,
        positions: account.positions.map((position) => ({ ...position, size: part(position.size) })),
      })
      const first = (size: bigint) => (size * BigInt(percent)) / 100n
      const [one, other] = [share(first), share((size) => size - first(size))]
      const apart = sizeAddition(one, table) + sizeAddition(other, table)
      assert.ok(sizeAddition(account, table) >= apart)
      if (sizeAddition(account, table) > apart) more++
    }),
    { numRuns: 1000 },
  )
  assert.ok(more > 100, `${more}`)
})

test('closing is allowed wherever it would be without the addition: a large position can always be closed', () => {
  let closings = 0
  const property = fc.property(
    arbitraryRiskTable(SMALL),
    arbitraryAccount(SMALL),
    fc.nat(3),
    fc.integer({ min: 1, max: 10 }),
    fc.bigInt(0n, 1_000_000n),
    (table, account, market, tenths, cost) => {
      const position = account.positions[market]!
      const { fundingIndex, mark } = table.markets[market]!
      const closed = (position.size * BigInt(tenths)) / 10n
      const funding = position.size * (position.fundingIndex - fundingIndex)
      const after = {
        ...account,
        collateral: account.collateral.with(0, account.collateral[0]! + funding + closed * mark - cost),
        positions: account.positions.with(market, { ...position, fundingIndex, size: position.size - closed }),
      }
      const plain = { ...table, markets: table.markets.map((m) => ({ ...m, largeRisk: 0n })) }
      const context = { market, leavesOrder: false }
      const breaches = closingBreaches(account, after, { ...context, table })
      const without = closingBreaches(account, after, { ...context, table: plain })
      for (const breach of breaches) assert.ok(without.includes(breach), breach)
      if (breaches.length < without.length) closings++
    },
  )
  fc.assert(property, { numRuns: 3000 })
  assert.ok(closings > 20, `${closings} that only the addition lets close`)
})

test('an account in debt, with nothing else, closes a large position at the mark, lot by lot or all at once', () => {
  const table = makeTable(SMALL, {}, { largeLots: 5n, largeRisk: 1_000n, band: 10n })
  for (const size of [12n, 6n, 5n, 1n, -12n, -6n]) {
    for (const left of [0n, size / 2n, size - (size < 0n ? -1n : 1n)]) {
      const account = (lots: bigint) =>
        makeAccount(SMALL, { cash: -500n - lots * 1000n, positions: { 0: { size: lots } } })
      const batch = { table, market: 0, leavesOrder: false }
      assert.equal(marginEvidence(account(size), account(left), batch)!.rule, 'closing')
    }
  }
})

test('an account meets a ratio up to the quantum', () => {
  const table = makeTable(SMALL)
  const holding = (cash: bigint) => makeAccount(SMALL, { cash, positions: { 0: { size: 10n } } })
  const least = -10_000n + 2400n
  assert.ok(meetsMargin(holding(least), table, 12_000n))
  assert.ok(!meetsMargin(holding(least - 1n), table, 12_000n))
  assert.ok(meetsMargin(holding(least - 400n), table, 10_000n))
  assert.ok(!meetsMargin(holding(least - 401n), table, 10_000n))
})

/** Ten lots at 1,000, which may fall by 200, and what a batch without fees makes of them. */
function evidence(equity: bigint, size: bigint, price: bigint, batch: Partial<MarginBatch> = {}) {
  const table = makeTable(SMALL, {}, { band: 10n })
  const held = makeAccount(SMALL, { cash: equity - 10_000n, positions: { 0: { size: 10n } } })
  const cash = equity - 10_000n + (10n - size) * price
  const after = makeAccount(SMALL, { cash, positions: { 0: { size } } })
  const context = { table, market: 0, leavesOrder: false, ...batch }
  return marginEvidence(held, after, context) ?? closingBreaches(held, after, context)
}

test('an account in debt may close at the mark, in the scenario that was worst before', () => {
  assert.deepEqual(evidence(-500n, 9n, 1000n), { rule: 'closing', scenario: 1 })
})

test('an account below initial margin may close at a loss while its net stays at 0 or above', () => {
  assert.deepEqual(evidence(10n, 9n, 990n), { rule: 'closing', scenario: 1 })
  assert.deepEqual(evidence(9n, 9n, 990n), ['NET_BELOW_ZERO'])
})

test('an account below initial margin may not add to what it may lose', () => {
  assert.deepEqual(evidence(500n, 11n, 1000n), ['RISK_GREW', 'EXCESS_FELL', 'NOT_CLOSING'])
})

test('an account below initial margin may leave no order, and close in the market of the batch alone', () => {
  assert.deepEqual(evidence(500n, 9n, 1000n, { leavesOrder: true }), ['ORDER_LEFT'])
  assert.deepEqual(evidence(500n, 9n, 990n, { market: 1 }), ['OUTSIDE_BAND'])
})

test('an account that meets initial margin may do anything', () => {
  assert.deepEqual(evidence(5000n, 20n, 1000n, { leavesOrder: true }), { rule: 'initial' })
})

test('reserves are rounded up term by term', () => {
  const fees = { takerFeeBps: 1n, makerFeeBps: 3n, initialMarginBps: 10_001n }
  const record = makeRecord(SMALL, fees, { mark: 10n, band: 1n, scenarioPrices: [10n, 3n, 11n] })
  assert.equal(requiredLongRisk(record, fees), 8n + 1n + 1n)
})
