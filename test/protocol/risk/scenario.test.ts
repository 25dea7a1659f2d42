import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostile, randomRiskParameters } from '../../../lab/instances/risk-chain.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { Random } from '../../../protocol/random.ts'
import { blackPrice, deviation } from '../../../protocol/risk/black.ts'
import type { Scenario } from '../../../protocol/risk/parameters.ts'
import { type MarketPrices, scenarioPrices } from '../../../protocol/risk/scenario.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
const TRILLION = 10n ** 12n
const MOST = (1n << 48n) - 1n
const FUTURE = { kind: 'future', underlying: 0, strike: 0n, maxPrice: MOST } as const
const AT: MarketPrices = { forward: 1_000_003n, volatility: 800_000n, shock: 100_000n, seconds: 2_592_000n }
const still: Scenario = { move: 0n, volatilityMove: 0n, extreme: false, opposed: 0n }
const priced = (move: bigint, extreme = false, at = AT) =>
  scenarioPrices(FUTURE, at, [still, { move, volatilityMove: 0n, extreme, opposed: 0n }])[1]!

test('a future moves with its forward: by the move of the shock, rounded up', () => {
  assert.deepEqual(
    [1_000_000n, -1_000_000n, 333_333n, -333_333n, 0n].map((move) => priced(move)),
    [1_100_004n, 900_003n, 1_033_337n, 966_670n, 1_000_003n],
  )
})

test('an extreme price is a third of the way from the mark, rounded away from it on either side', () => {
  assert.equal(priced(3_000_000n), 1_300_004n)
  assert.equal(priced(3_000_000n, true), 1_000_003n + 100_001n)
  assert.equal(priced(-3_000_000n), 700_003n)
  assert.equal(priced(-3_000_000n, true), 1_000_003n - 100_000n)
  assert.equal(priced(-3_000_000n, true, { ...AT, forward: 1_000_002n }), 1_000_002n - 100_000n)
  assert.equal(priced(-3_000_000n, true, { ...AT, forward: 1_000_007n }), 1_000_007n - 100_001n)
})

test('the mark is the price up to maxPrice, and there it stays: so do the prices of all scenarios, and thirds are of what is left', () => {
  const scenarios = [0n, 1_000_000n, -1_000_000n, -3_000_000n, 3_000_000n].map((move, s) => {
    return { move, volatilityMove: 0n, extreme: s > 2, opposed: 0n }
  })
  const at = (forward: bigint) => scenarioPrices({ ...FUTURE, maxPrice: 1_000_000n }, { ...AT, forward }, scenarios)
  assert.deepEqual(at(950_000n), [950_000n, 1_000_000n, 855_000n, 855_000n, 966_667n])
  assert.deepEqual(at(1_250_000n), [1_000_000n, 1_000_000n, 1_000_000n, 958_333n, 1_000_000n])
  assert.deepEqual(at(1n << 46n), new Array(5).fill(1_000_000n))
  const call = { kind: 'call', underlying: 0, strike: 100_000n, maxPrice: 50_000n } as const
  assert.deepEqual(scenarioPrices(call, { ...AT, forward: 120_000n, seconds: 0n }, scenarios), [
    ...[20_000n, 32_000n, 8_000n],
    ...[13_333n, 30_000n],
  ])
  assert.deepEqual(scenarioPrices(call, { ...AT, forward: 1n << 40n }, scenarios), new Array(5).fill(50_000n))
})

test('three losses of an extreme scenario are the whole loss at least, and less than three quanta more', () => {
  const random = new Random(14n)
  for (let run = 0; run < 2000; run++) {
    const at = { ...AT, forward: hostile(random, 1n, (1n << 47n) - 1n) }
    const move = random.between(-9_000_000n, 9_000_000n)
    const [whole, third] = [priced(move, false, at) - at.forward, priced(move, true, at) - at.forward]
    const [distance, tripled] = whole < 0n ? [-whole, -3n * third] : [whole, 3n * third]
    assert.ok(tripled >= distance && tripled < distance + 3n, `${at.forward}, ${move}`)
  }
})

test('under any legal parameters a moved forward is in [1, 2^48), and within one quantum of the exact one', () => {
  const random = new Random(15n)
  for (let run = 0; run < 300; run++) {
    const { scenarios, underlyings } = randomRiskParameters(random, SMALL)
    const forward = hostile(random, 1n, (1n << 47n) - 1n)
    const shock = underlyings[0]!.cap
    const plain = scenarios.map((scenario) => ({ ...scenario, extreme: false, opposed: 0n }))
    for (const [s, price] of scenarioPrices(FUTURE, { ...AT, forward, shock }, plain).entries()) {
      assert.ok(price >= 1n && price < 1n << 48n)
      const excess = price * TRILLION - forward * (TRILLION + plain[s]!.move * shock)
      assert.ok(excess >= 0n && excess < TRILLION)
    }
  }
})

test('an option is priced at the moved forward and volatility; a call less the put is forward less strike in every scenario', () => {
  const { scenarios } = makeRiskParameters(SMALL)
  const plain = scenarios.map((scenario) => ({ ...scenario, extreme: false, opposed: 0n }))
  for (const strike of [1n, 900_000n, 1_000_003n, 1_200_000n, 1n << 40n]) {
    const [calls, puts] = (['call', 'put'] as const).map((kind) => {
      return scenarioPrices({ kind, underlying: 0, strike, maxPrice: MOST }, AT, plain)
    })
    const forwards = scenarioPrices(FUTURE, AT, plain)
    for (const s of plain.keys()) assert.equal(calls![s]! - puts![s]!, forwards[s]! - strike)
  }
  const [, up] = scenarioPrices({ kind: 'call', underlying: 0, strike: 1_000_000n, maxPrice: MOST }, AT, [
    still,
    { ...still, volatilityMove: 250_000n },
  ])
  const larger = (deviation(800_000n, 2_592_000n) * 5n) / 4n
  assert.equal(up, blackPrice({ kind: 'call', forward: 1_000_003n, strike: 1_000_000n, deviation: larger }))
})

test('without time or without volatility an option is its payoff, whatever its volatility or time', () => {
  for (const at of [
    { ...AT, seconds: 0n },
    { ...AT, volatility: 0n },
  ]) {
    const [call, up, down] = scenarioPrices({ kind: 'call', underlying: 0, strike: 1_000_000n, maxPrice: MOST }, at, [
      still,
      { ...still, move: 1_000_000n },
      { ...still, move: -1_000_000n },
    ])
    assert.deepEqual([call, up, down], [3n, 100_004n, 0n])
  }
})

test('where nothing is listed all prices are 0', () => {
  assert.deepEqual(scenarioPrices({ kind: 'none', underlying: 0, strike: 0n, maxPrice: 1n }, AT, [still, still]), [
    0n,
    0n,
  ])
})
