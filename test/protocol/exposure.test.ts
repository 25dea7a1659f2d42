import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { makeAccount, makeRecord, makeTable, SMALL } from '../../lab/instances/model.ts'
import { scenarioOutside, scenarioProfits, tightScenarios } from '../../protocol/exposure.ts'
import { scenarioLoss, worstLoss } from '../../protocol/margin.ts'
import { max } from '../../protocol/numbers.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../support/arbitraries.ts'

const TABLE = makeTable(SMALL)
const flat = (bound: bigint) => new Array<bigint>(SMALL.scenarios - 1).fill(bound)
const band = (low: bigint, high: bigint) => ({ low: flat(low), high: flat(high) })

suite('what an account wins under a scenario', () => {
  test('is its sizes times what the prices move by: 10 lots long gain 2,000 where a price rises by 200', () => {
    const account = makeAccount(SMALL, { positions: { 0: { size: 10n }, 2: { size: -4n } } })
    // shocks of the sample: -200, 200, -100, 100, and three scenarios without any
    assert.deepEqual(scenarioProfits(account, TABLE), [-1200n, 1200n, -600n, 600n, 0n, 0n, 0n])
  })

  test('is what margin calls a loss, below 0; funding, fixed risk, collateral, orders and status are no part of it', () => {
    const property = fc.property(arbitraryAccount(SMALL), arbitraryRiskTable(SMALL), (account, table) => {
      const profits = scenarioProfits(account, table)
      assert.deepEqual(
        profits,
        profits.map((_, i) => -scenarioLoss(account, table, i + 1)),
      )
      assert.equal(
        profits.reduce((worst, profit) => max(worst, -profit), 0n),
        worstLoss(account, table),
      )
      const sizes = account.positions.map(({ size }, m) => [m, { size, fundingIndex: 7n, openBuy: 5n }] as const)
      const other = makeAccount(SMALL, { positions: Object.fromEntries(sizes), flaggedAt: 9n, suspended: true })
      const heavier = { ...table, markets: table.markets.map((m) => ({ ...m, largeRisk: 9n, fundingIndex: -3n })) }
      assert.deepEqual(scenarioProfits(other, heavier), profits)
    })
    fc.assert(property, { numRuns: 50 })
  })

  test('is outside of its bounds under the first scenario in which it is, and within them if it equals one', () => {
    const account = makeAccount(SMALL, { positions: { 0: { size: 10n } } })
    assert.equal(scenarioOutside(account, TABLE, band(-2000n, 2000n)), undefined)
    assert.equal(scenarioOutside(account, TABLE, band(-1999n, 2000n)), 1)
    assert.equal(scenarioOutside(account, TABLE, band(-2000n, 1999n)), 2)
    assert.equal(scenarioOutside(makeAccount(SMALL), TABLE, band(0n, 0n)), undefined)
    assert.equal(scenarioOutside(makeAccount(SMALL), TABLE, band(1n, 2n)), 1)
  })
})

suite('bounds are tight under a scenario', () => {
  test('where one lot of some market wins or loses more than what is between them', () => {
    // one lot moves by 200, 200, 100, 100 under scenarios 1 to 4
    assert.deepEqual(tightScenarios(makeAccount(SMALL), TABLE, band(-50n, 49n)), [1, 2, 3, 4])
    assert.deepEqual(tightScenarios(makeAccount(SMALL), TABLE, band(-50n, 50n)), [1, 2])
    assert.deepEqual(tightScenarios(makeAccount(SMALL), TABLE, band(-100n, 100n)), [])
  })

  test('where they are nearer than a tenth of what all positions win and lose there, each by itself', () => {
    // hedged: 1,000 lots long and 1,000 short, so 400,000 quanta each way under scenario 1, and none in all
    const hedged = makeAccount(SMALL, { positions: { 0: { size: 1000n }, 1: { size: -1000n } } })
    assert.deepEqual(tightScenarios(hedged, TABLE, band(-20_000n, 20_000n)), [])
    assert.deepEqual(tightScenarios(hedged, TABLE, band(-20_000n, 19_999n)), [1, 2])
    assert.deepEqual(tightScenarios(hedged, TABLE, band(0n, 0n)), [1, 2, 3, 4])
  })

  test('under no scenario that moves nothing', () => {
    const still = {
      ...TABLE,
      markets: TABLE.markets.map(() => makeRecord(SMALL, TABLE, { scenarioPrices: flat(1000n).concat(1000n) })),
    }
    assert.deepEqual(tightScenarios(makeAccount(SMALL, { positions: { 0: { size: 5n } } }), still, band(0n, 0n)), [])
  })
})
