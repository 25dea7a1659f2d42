import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeAccount, makeRecord, makeTable, SMALL } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import {
  excesses,
  meetsMargin,
  orderMargin,
  scaledEquity,
  scaledNet,
  scenarioLoss,
  shortMinimum,
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
  let fills = 0
  fc.assert(
    fc.property(cases, ({ table, account, fill }) => {
      if (fill === undefined) return
      fills++
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
})

for (const side of ['longRisk', 'shortRisk'] as const) {
  test(`the reserve is tight: with a ${side} one quantum less, a fill at the edge of the band lowers an excess`, () => {
    const buys = side === 'longRisk'
    // The reserve counts the fee at mark + band. A sale pays less at the other edge, so it is tight without fees only.
    const fees = { takerFeeBps: buys ? 100n : 0n, makerFeeBps: 0n }
    const exact = makeTable(SMALL, fees)
    const less = makeTable(SMALL, fees, { [side]: exact.markets[0]![side] - 1n })
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
