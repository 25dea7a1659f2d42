import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { hostile } from '../../../lab/instances/risk-chain.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { NEVER } from '../../../protocol/parameters.ts'
import { Random } from '../../../protocol/random.ts'
import type { MedianReport } from '../../../protocol/risk/median.ts'
import { type MarketParameters, type RiskParameters, UNLISTED } from '../../../protocol/risk/parameters.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../../protocol/risk/update.ts'
import { checkRiskTable } from '../../../protocol/risk-table.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
const PARAMETERS = makeRiskParameters(SMALL)
const [PERPETUAL, CALL, FUTURE] = PARAMETERS.markets as [MarketParameters, MarketParameters, MarketParameters]
const at = (asOf: bigint, index = 300_000_000n): MedianReport => ({
  ...{
    asOf,
    indices: [index, index],
    forwards: new Array(4).fill(3_000_000n),
    volatilities: new Array(4).fill(600_000n),
  },
})
const listing = (i: number, market: MarketParameters): RiskParameters => ({
  ...PARAMETERS,
  markets: PARAMETERS.markets.with(i, market),
})
const first = applyRiskUpdate(undefined, at(NOW), PARAMETERS, SMALL)
const then = (before: RiskSnapshot, seconds: bigint, parameters: RiskParameters, index?: bigint) =>
  applyRiskUpdate(before, at(before.table.asOf + seconds, index), parameters, SMALL)

const moved: Record<string, [number, MarketParameters]> = {
  'a strike': [1, { ...CALL, strike: CALL.strike + 1n }],
  'a kind': [1, { ...CALL, kind: 'put' }],
  'an underlying': [2, { ...FUTURE, underlying: 1 - FUTURE.underlying }],
  'a multiplier': [0, { ...PERPETUAL, multiplier: PERPETUAL.multiplier + 1n }],
  'maxLots, up': [0, { ...PERPETUAL, maxLots: PERPETUAL.maxLots + 1n }],
  'maxPrice, down': [0, { ...PERPETUAL, maxPrice: PERPETUAL.maxPrice - 1n }],
  'the expiry of an option, later': [1, { ...CALL, expiry: CALL.expiry + 1n }],
  'the expiry of a future, to never': [2, { ...FUTURE, expiry: NEVER }],
  'a market to none': [0, UNLISTED],
  'a perpetual to a future': [0, { ...FUTURE, expiry: NEVER }],
}

for (const [what, [i, market]] of Object.entries(moved)) {
  test(`what is listed stays: refuses to move ${what}, and names the market`, () => {
    assert.throws(() => then(first, 150n, listing(i, market)), {
      code: 'RISK_PARAMETERS_INVALID',
      path: `markets[${i}]`,
    })
  })
}

const settled = then(first, 10_000_000n, PARAMETERS)
const LATER = NOW + 20_000_000n
const again: Record<string, MarketParameters> = {
  'another strike': { ...CALL, strike: 1n, expiry: LATER },
  'the same option later': { ...CALL, expiry: LATER },
  'a future with a lower maxPrice': { ...FUTURE, maxPrice: 10n, expiry: LATER },
  'a perpetual on another underlying': { ...PERPETUAL, underlying: 1 },
  nothing: UNLISTED,
}

for (const [what, market] of Object.entries(again)) {
  test(`what is settled stays settled where parameters name ${what}, until the market is retired: then it is relisted`, () => {
    const { phase, mark, scenarioPrices } = settled.table.markets[1]!
    assert.equal(phase, 2n)
    const parameters = listing(1, market)
    for (const retired of [0n, 0b1101n]) {
      const kept = applyRiskUpdate(settled, at(settled.table.asOf + 150n), parameters, SMALL, retired)
      assert.deepEqual(kept.memory.markets[1], settled.memory.markets[1])
      assert.deepEqual(
        [kept.table.markets[1]!.phase, kept.table.markets[1]!.mark, kept.table.markets[1]!.scenarioPrices],
        [phase, mark, scenarioPrices],
      )
      assert.equal(kept.relisted & 0b10n, 0n)
      checkRiskTable(kept.table, parameters.markets, SMALL)
    }
    const relisted = applyRiskUpdate(settled, at(settled.table.asOf + 150n), parameters, SMALL, 0b10n)
    const fresh = applyRiskUpdate(undefined, at(settled.table.asOf + 150n), parameters, SMALL)
    assert.equal(relisted.relisted, 0b10n)
    assert.deepEqual(relisted.memory.markets[1], fresh.memory.markets[1])
    assert.equal(relisted.table.markets[1]!.phase, 0n)
    assert.equal(relisted.table.markets[1]!.fundingIndex, 0n)
    checkRiskTable(relisted.table, parameters.markets, SMALL)
    assert.equal(then(relisted, 150n, parameters).memory.markets[1]!.identity, relisted.memory.markets[1]!.identity)
  })
}

test('what has expired is not relisted, and a market that is not settled cannot become something else though it is retired', () => {
  const asOf = settled.table.asOf + 150n
  for (const [expiry, relists] of [
    [asOf, 0n],
    [asOf + 1n, 0b10n],
  ] as const) {
    const next = applyRiskUpdate(settled, at(asOf), listing(1, { ...CALL, strike: 1n, expiry }), SMALL, 0b10n)
    assert.equal(next.relisted, relists)
  }
  assert.throws(() => applyRiskUpdate(first, at(NOW + 150n), listing(1, { ...CALL, strike: 1n }), SMALL, 0b1111n), {
    code: 'RISK_PARAMETERS_INVALID',
  })
  assert.equal(applyRiskUpdate(first, at(NOW + 150n), PARAMETERS, SMALL, 0b1111n).relisted, 0n)
})

test('a settled perpetual pays no funding, whatever the parameters name in its place', () => {
  const ends = listing(0, { ...PERPETUAL, expiry: NOW + 2_000n })
  const over = then(then(first, 150n, ends), 2_000n, ends, 200_000_000n)
  assert.equal(over.table.markets[0]!.phase, 2n)
  for (const market of [PERPETUAL, { ...PERPETUAL, underlying: 1, maxPrice: 2n }]) {
    const next = then(over, 3_600n, listing(0, market), 100_000_000n)
    assert.equal(next.table.markets[0]!.fundingIndex, over.table.markets[0]!.fundingIndex)
    assert.deepEqual(next.memory.markets[0], over.memory.markets[0])
  }
})

test('anything may be listed where nothing was', () => {
  for (const market of [PERPETUAL, CALL, FUTURE]) {
    const none = applyRiskUpdate(undefined, at(NOW), listing(3, UNLISTED), SMALL)
    assert.equal(none.memory.markets[3]!.identity, 0n)
    const listed = then(none, 150n, listing(3, market))
    assert.notEqual(listed.memory.markets[3]!.identity, 0n)
    assert.equal(then(listed, 150n, listing(3, market)).memory.markets[3]!.expiry, market.expiry)
  }
})

test('a perpetual that gets an expiry far enough ahead expires then', () => {
  const expiry = NOW + 2_000n
  const ending = then(first, 150n, listing(0, { ...PERPETUAL, expiry }))
  assert.deepEqual([ending.memory.markets[0]!.expiry, ending.table.markets[0]!.lastTradeTime], [expiry, expiry - 1n])
  assert.equal(then(ending, 1_849n, listing(0, { ...PERPETUAL, expiry })).table.markets[0]!.phase, 0n)
  assert.equal(then(ending, 1_850n, listing(0, { ...PERPETUAL, expiry })).table.markets[0]!.phase, 2n)
})

test('one that gets it too late, or in the past, expires half an hour after the table that learns of it: its average is whole', () => {
  const random = new Random(12n)
  for (const expiry of [1n, NOW, NOW + 150n, NOW + 151n, NOW + 1_949n, NOW + 1_950n]) {
    const parameters = listing(0, { ...PERPETUAL, expiry })
    const ending = then(first, 150n, parameters)
    assert.equal(ending.memory.markets[0]!.expiry, NOW + 1_950n, `given ${expiry - NOW}`)
    assert.equal(ending.table.markets[0]!.phase, 0n)
    assert.equal(ending.table.markets[0]!.lastTradeTime, NOW + 1_949n)
    const indices = [300_000_000n, hostile(random, 1n, 1n << 38n)] as const
    const half = then(ending, 900n, parameters, indices[1])
    const end = then(half, 900n, parameters, 1n)
    const average = ((indices[0] + indices[1]) * 900n) / 1800n
    assert.deepEqual([end.table.markets[0]!.phase, end.memory.markets[0]!.averageSeconds], [2n, 1_800n])
    assert.equal(end.table.markets[0]!.mark, (average * PERPETUAL.multiplier) / 1_000_000n)
  }
})

test('an expiry is given once: later parameters neither move it nor take it back, and hinder no table', () => {
  const ending = then(first, 150n, listing(0, { ...PERPETUAL, expiry: NOW + 9_000n }))
  for (const expiry of [NEVER, NOW + 9_001n, 1n]) {
    const next = then(ending, 150n, listing(0, { ...PERPETUAL, expiry }))
    assert.equal(next.memory.markets[0]!.expiry, NOW + 9_000n)
    assert.equal(then(next, 8_700n, listing(0, { ...PERPETUAL, expiry })).table.markets[0]!.phase, 2n)
  }
})

test('tables follow each other in time', () => {
  for (const seconds of [0n, -1n]) {
    assert.throws(() => then(first, seconds, PARAMETERS), { code: 'INPUT_INVALID', path: 'asOf' })
  }
})
