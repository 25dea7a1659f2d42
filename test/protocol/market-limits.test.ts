import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAccount, makeState, makeTable, SMALL } from '../../lab/instances/model.ts'
import { leastLimits } from '../../protocol/market-limits.ts'
import { PHASES } from '../../protocol/parameters.ts'
import { checkRiskTable } from '../../protocol/risk-table.ts'

test('the least limits are those of the table, or of a position beyond them', () => {
  const table = makeTable(SMALL, {}, { maxPosition: 50n, fundingIndex: -4_096n * 2_000n - 1n })
  const limits = leastLimits(table)
  assert.deepEqual(limits[0], { maxLots: 50n, maxPrice: 2_001n })
  assert.deepEqual(leastLimits(makeTable(SMALL, {}, { maxPosition: 0n }))[0], { maxLots: 1n, maxPrice: 1_200n })
  const state = makeState(SMALL, { 3: makeAccount(SMALL, { positions: { 0: { size: -60n }, 1: { size: 40n } } }) })
  assert.deepEqual(
    leastLimits(table, state).map(({ maxLots }) => maxLots),
    [60n, 50n, 50n, 50n],
  )
  checkRiskTable(table, limits, SMALL)
})

test('a settled market may name the maxPosition of what comes next beside the price of what was', () => {
  const [mark, maxPosition] = [3_000_000_000n, 10_000_000_000n]
  const table = makeTable(SMALL, {}, { mark, maxPosition, band: 0n, phase: PHASES.SETTLED, lastTradeTime: 1n })
  const markets = table.markets.map((market) => ({
    ...market,
    scenarioPrices: market.scenarioPrices.map(() => market.mark),
  }))
  checkRiskTable({ ...table, markets }, leastLimits({ ...table, markets }), SMALL)
})

test('a table that overflows whatever the limits are is refused by its own', () => {
  const table = makeTable(SMALL, {}, { maxPosition: (1n << 54n) - 1n, mark: 1n << 20n })
  assert.throws(() => checkRiskTable(table, leastLimits(table), SMALL), {
    code: 'RISK_TABLE_INVALID',
    path: 'risk.markets[0].maxPrice',
  })
})
