import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAccount, NOW } from '../../../lab/instances/model.ts'
import { changedSettings, randomMedians, randomRiskParameters } from '../../../lab/instances/risk-chain.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { portfolioRisk, scaledEquity, worstLoss } from '../../../protocol/margin.ts'
import { Random } from '../../../protocol/random.ts'
import { checkRiskParameters } from '../../../protocol/risk/check-parameters.ts'
import type { MedianReport } from '../../../protocol/risk/median.ts'
import type { MarketParameters } from '../../../protocol/risk/parameters.ts'
import { scenarioPrices } from '../../../protocol/risk/scenario.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../../protocol/risk/update.ts'
import { checkRiskTable, type RiskTable } from '../../../protocol/risk-table.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')

test('whatever oracles say and whenever, under any legal parameters and as they change, there is a next table, and it is legal', () => {
  const random = new Random(1n)
  const seen = { settled: 0, sheltered: 0, closed: 0, atMaxPrice: 0 }
  for (let chain = 0; chain < 100; chain++) {
    let parameters = randomRiskParameters(random, SMALL)
    let medians: MedianReport | undefined
    let snapshot: RiskSnapshot | undefined
    for (let step = 0; step < 25; step++) {
      if (random.chance(10)) parameters = changedSettings(random, parameters, SMALL)
      if (step % 8 === 0) checkRiskParameters(parameters, SMALL)
      medians = randomMedians(random, SMALL, medians)
      snapshot = applyRiskUpdate(snapshot, medians, parameters, SMALL)
      checkRiskTable(snapshot.table, parameters.markets, SMALL)
      for (const [i, { scenarioPrices }] of snapshot.table.markets.entries()) {
        assert.ok(scenarioPrices.every((price) => price <= parameters.markets[i]!.maxPrice))
      }
      for (const [i, { phase, lastTradeTime, mark }] of snapshot.table.markets.entries()) {
        if (phase === 2n) seen.settled++
        if (phase === 1n) seen.sheltered++
        if (lastTradeTime === 0n) seen.closed++
        if (mark === parameters.markets[i]!.maxPrice) seen.atMaxPrice++
      }
    }
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 20, `${what}: ${count}`)
})

test('so it is after a thousand tables, and in the standard profile', () => {
  for (const [profile, tables] of [
    ['small', 1_000],
    ['standard', 30],
  ] as const) {
    const shape = venueShape(profile)
    const random = new Random(2n)
    let parameters = randomRiskParameters(random, shape)
    let medians: MedianReport | undefined
    let snapshot: RiskSnapshot | undefined
    for (let step = 0; step < tables; step++) {
      if (step % 100 === 99) parameters = changedSettings(random, parameters, shape)
      medians = randomMedians(random, shape, medians)
      snapshot = applyRiskUpdate(snapshot, medians, parameters, shape)
      checkRiskTable(snapshot.table, parameters.markets, shape)
    }
  }
})

/** A table at which all markets are one future at the same price, but for what changes. */
function spreadTable(changes: readonly Partial<MarketParameters>[], opposed = 0n, last?: bigint): RiskTable {
  const { markets, scenarios: usual, ...rest } = makeRiskParameters(SMALL)
  const scenarios = usual.map((scenario, s) => {
    if (s < SMALL.scenarios - 2) return scenario
    const move = last === undefined ? scenario.move : s % 2 === 0 ? last : -last
    return { ...scenario, move, extreme: last === undefined, opposed }
  })
  const parameters = {
    ...rest,
    scenarios,
    markets: changes.map((change) => ({ ...markets[2]!, underlying: 0, ...change })),
  }
  const prices = { indices: [300_000_000n, 300_000_000n], forwards: new Array<bigint>(4).fill(3_000_000n) }
  const said = { asOf: NOW, ...prices, volatilities: new Array<bigint>(4).fill(0n) }
  return applyRiskUpdate(undefined, said, parameters, SMALL).table
}

test('where underlyings move together, what is long in one and short in another needs no margin but what sizes add', () => {
  const account = makeAccount(SMALL, { positions: { 0: { size: 10n }, 1: { size: -10n } } })
  assert.equal(portfolioRisk(account, spreadTable([{}, { underlying: 1 }, {}, {}], 0n)), 0n)
  const gross = { largeLots: 0n, largeBps: 500n }
  assert.equal(portfolioRisk(account, spreadTable([gross, { ...gross, underlying: 1 }, {}, {}], 0n)), 20n * 150_000n)
})

test('where a scenario opposes one, the spread needs margin for both legs, and each of them no more than alone', () => {
  const spread = makeAccount(SMALL, { positions: { 0: { size: 10n }, 1: { size: -10n } } })
  const both = makeAccount(SMALL, { positions: { 0: { size: 10n }, 1: { size: 10n } } })
  const [apart, together] = [0b10n, 0n].map((opposed) =>
    spreadTable([{}, { underlying: 1 }, {}, {}], opposed, 1_000_000n),
  )
  assert.equal(worstLoss(spread, apart!), worstLoss(both, together!))
  assert.equal(worstLoss(both, apart!), worstLoss(both, together!))
  assert.deepEqual(apart!.markets[0], together!.markets[0])
})

test('a limit: until it settles, what expires makes up in full for what does not, though less and less of its price is open', () => {
  const account = makeAccount(SMALL, { positions: { 0: { size: 10n }, 1: { size: -10n } } })
  assert.equal(worstLoss(account, spreadTable([{ expiry: NOW + 1n }, {}, {}, {}])), 0n)
})

test('a hedge that cannot pay is none: at the edge of maxPrice no scenario promises a gain that no table will bring', () => {
  const { markets, ...rest } = makeRiskParameters(SMALL)
  const future = { ...markets[2]!, underlying: 0, maxPrice: 1n << 33n }
  for (const maxPrice of [3_000_000n, 2_900_000n, 1_000_000n]) {
    const parameters = { ...rest, markets: [future, { ...future, maxPrice }, future, future] }
    const says = (price: bigint, asOf: bigint): MedianReport => ({
      ...{ asOf, indices: [100n * price, 100n * price] },
      ...{ forwards: new Array(4).fill(price), volatilities: new Array(4).fill(0n) },
    })
    const now = applyRiskUpdate(undefined, says(3_000_000n, NOW), parameters, SMALL)
    const then = applyRiskUpdate(now, says(3_200_000n, NOW + 3_600n), parameters, SMALL)
    const account = makeAccount(SMALL, { positions: { 0: { size: -10n }, 1: { size: 10n } } })
    const lost = scaledEquity(account, now.table) - scaledEquity(account, then.table)
    assert.equal(lost, 10_000n * 10n * 200_000n)
    assert.ok(worstLoss(account, now.table) * 10_000n >= lost, `maxPrice ${maxPrice}`)
  }
})

test('an option is priced over the seconds from the table to its expiry, at the shock of the table', () => {
  const parameters = makeRiskParameters(SMALL)
  const said = { asOf: NOW, indices: [300_000_000n, 1n], forwards: [3_000_000n, 3_100_000n, 3_000_000n, 1n] }
  let snapshot: RiskSnapshot | undefined
  for (const elapsed of [0n, 150n, 86_400n]) {
    const asOf = NOW + elapsed
    snapshot = applyRiskUpdate(snapshot, { ...said, asOf, volatilities: [0n, 700_000n, 0n, 0n] }, parameters, SMALL)
    const [, call] = parameters.markets
    const { shock } = snapshot.memory.underlyings[0]!
    const at = { forward: 3_100_000n, volatility: 700_000n, shock, seconds: call!.expiry - asOf }
    assert.deepEqual(snapshot.table.markets[1]!.scenarioPrices, scenarioPrices(call!, at, parameters.scenarios))
  }
})

test('a collateral asset has the price of its lot of its underlying, and the weight of the parameters; cash is cash', () => {
  const parameters = makeRiskParameters(SMALL)
  const other = { underlying: 1, multiplier: 1_500_000n, weight: 8_500n }
  const said = { indices: [5n, 1_001n], forwards: [1n, 1n, 1n, 1n], volatilities: [0n, 0n, 0n, 0n] }
  const { table } = applyRiskUpdate(undefined, { ...said, asOf: NOW }, { ...parameters, collaterals: [other] }, SMALL)
  assert.deepEqual(table.collaterals, [
    { price: 1n, weight: 10_000n },
    { price: 1_501n, weight: 8_500n },
  ])
})
