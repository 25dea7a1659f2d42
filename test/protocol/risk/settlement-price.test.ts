import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { changedSettings, hostile, randomMedians } from '../../../lab/instances/risk-chain.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { Random } from '../../../protocol/random.ts'
import type { MedianReport } from '../../../protocol/risk/median.ts'
import { type MarketParameters, type RiskParameters, UNLISTED } from '../../../protocol/risk/parameters.ts'
import { settlementPrice } from '../../../protocol/risk/settlement-price.ts'
import { applyRiskUpdate, type RiskSnapshot } from '../../../protocol/risk/update.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
const PARAMETERS = makeRiskParameters(SMALL)
const EXPIRY = NOW + 10_000n
const FUTURE = { ...PARAMETERS.markets[2]!, expiry: EXPIRY, underlying: 0, multiplier: 1_000_000n, maxPrice: 1n << 33n }

/** Parameters in which market 2 is this, and the rest expires never. */
const listing = (change: Partial<MarketParameters> = {}): RiskParameters => ({
  ...PARAMETERS,
  markets: PARAMETERS.markets.with(2, { ...FUTURE, ...change }),
})
const saying = (asOf: bigint, index: bigint): MedianReport => ({
  ...{ asOf, indices: [index, 1n] },
  ...{ forwards: new Array(4).fill(1_000n), volatilities: new Array(4).fill(0n) },
})

/** The snapshots of tables at these times with these indices of underlying 0. */
function chain(says: readonly (readonly [asOf: bigint, index: bigint])[], parameters = listing()): RiskSnapshot[] {
  const snapshots: RiskSnapshot[] = []
  for (const [asOf, index] of says) {
    snapshots.push(applyRiskUpdate(snapshots.at(-1), saying(asOf, index), parameters, SMALL))
  }
  return snapshots
}
const settledAt = (snapshot: RiskSnapshot | undefined) => {
  const { phase, mark } = snapshot!.table.markets[2]!
  return phase === 2n ? mark : undefined
}

/** What each second of the half hour before expiry had as its newest table's index, from the listing on; averaged. */
function naiveAverage(says: readonly (readonly [asOf: bigint, index: bigint])[]): bigint {
  const seconds = Array.from({ length: 1800 }, (_, i) => EXPIRY - 1800n + BigInt(i))
  const indices = seconds.flatMap((second) => says.findLast(([asOf]) => asOf <= second)?.[1] ?? [])
  return indices.reduce((sum, index) => sum + index, 0n) / BigInt(indices.length)
}

test('equals a second-by-second average of the half hour before expiry, wherever tables fall', () => {
  const random = new Random(10n)
  for (let run = 0; run < 100; run++) {
    const first = EXPIRY - random.pick([9_000n, 1_801n, 1_800n, 1_799n, 1_000n, 1n])
    const says: [bigint, bigint][] = [[first, hostile(random, 1n, 1n << 33n)]]
    while (says.at(-1)![0] < EXPIRY) {
      const gap = random.pick([1n, 150n, 600n, hostile(random, 1n, 3_000n)])
      says.push([says.at(-1)![0] + gap, hostile(random, 1n, 1n << 33n)])
    }
    const snapshots = chain(says)
    assert.equal(settledAt(snapshots.at(-1)), naiveAverage(says), `tables at ${says.map(([t]) => t - EXPIRY)}`)
    assert.ok(snapshots.slice(0, -1).every((snapshot) => settledAt(snapshot) === undefined))
  }
})

test('the table at the very second of expiry settles, the one a second before does not', () => {
  const [, before, at] = chain([
    [NOW, 5_000n],
    [EXPIRY - 1n, 5_000n],
    [EXPIRY, 9_000_000n],
  ])
  assert.deepEqual([settledAt(before), settledAt(at)], [undefined, 5_000n])
})

test('after silence through the whole window it is the last index before, and no prover of a later table has a say in it', () => {
  for (const later of [EXPIRY, EXPIRY + 1n, EXPIRY + 31_536_000n]) {
    for (const index of [1n, 1n << 33n]) {
      const tables = chain([
        [EXPIRY - 5_000n, 7_777n],
        [later, index],
      ])
      assert.equal(settledAt(tables[1]), 7_777n)
    }
  }
})

test('what is listed after its expiry settles at the index of that table', () => {
  const [late, later] = chain([
    [EXPIRY, 4_321n],
    [EXPIRY + 150n, 9_999n],
  ])
  assert.deepEqual([settledAt(late), settledAt(later)], [4_321n, 4_321n])
  const past = chain([[NOW, 4_321n]], listing({ expiry: 1n }))
  assert.equal(settledAt(past[0]), 4_321n)
})

test('what is listed within the window averages from then on', () => {
  const tables = chain([
    [EXPIRY - 100n, 1_000n],
    [EXPIRY - 50n, 2_000n],
    [EXPIRY + 9n, 1n],
  ])
  assert.equal(settledAt(tables[2]), 1_500n)
})

test('what is listed where nothing was, within the window, averages from the table that lists it, not from the one before', () => {
  const none = chain([[EXPIRY - 200n, 9_000n]], { ...PARAMETERS, markets: PARAMETERS.markets.with(2, UNLISTED) })[0]
  const listed = applyRiskUpdate(none, saying(EXPIRY - 100n, 1_000n), listing(), SMALL)
  assert.equal(listed.memory.markets[2]!.averageSeconds, 0n)
  assert.equal(settledAt(applyRiskUpdate(listed, saying(EXPIRY, 5n), listing(), SMALL)), 1_000n)
})

test('is fixed for ever, whatever prices and settings follow: all scenarios are it, and its last trade was before expiry', () => {
  const random = new Random(11n)
  let parameters = listing()
  let snapshot = chain([
    [EXPIRY - 600n, 6_000n],
    [EXPIRY + 1n, 7_000n],
  ])[1]!
  let said = saying(EXPIRY + 1n, 7_000n)
  for (let step = 0; step < 30; step++) {
    parameters = changedSettings(random, parameters, SMALL)
    said = randomMedians(random, SMALL, said)
    snapshot = applyRiskUpdate(snapshot, said, parameters, SMALL)
    const { mark, scenarioPrices, phase, lastTradeTime } = snapshot.table.markets[2]!
    assert.deepEqual([mark, phase, snapshot.memory.markets[2]!.settlement], [6_000n, 2n, 6_001n])
    assert.ok(scenarioPrices.every((price) => price === 6_000n))
    assert.ok(lastTradeTime < EXPIRY)
  }
})

test('an option settles at its payoff, and a call less a put at price less strike', () => {
  const average = { averageSum: 1_800n * 500_000n, averageSeconds: 1_800n }
  for (const strike of [1n, 499_999n, 500_000n, 500_001n, 1n << 40n]) {
    const worth = (kind: 'call' | 'put') =>
      settlementPrice(average, 1n, { ...FUTURE, kind, strike, maxPrice: 1n << 45n })
    assert.equal(worth('call') - worth('put'), 500_000n - strike)
    assert.ok(worth('call') === 0n || worth('put') === 0n)
  }
})

test('is a price per lot: the average times the multiplier, rounded down once, at most maxPrice', () => {
  const average = { averageSum: 1_999n, averageSeconds: 3n }
  const priced = (change: Partial<MarketParameters>) => settlementPrice(average, 1n, { ...FUTURE, ...change })
  assert.equal(priced({ multiplier: 1_500_000n }), 999n)
  assert.equal(priced({ multiplier: 1_500_000n, maxPrice: 998n }), 998n)
  const huge = { averageSum: (1n << 46n) * 1_800n, averageSeconds: 1_800n }
  const terms = { ...FUTURE, multiplier: (1n << 40n) - 1n }
  assert.equal(settlementPrice(huge, 1n, { ...terms, maxPrice: 12n }), 12n)
  const [most, strike] = [(1n << 48n) - 1n, (1n << 47n) - 1n]
  assert.equal(settlementPrice(huge, 1n, { ...terms, kind: 'call', strike, maxPrice: most }), most - strike)
})
