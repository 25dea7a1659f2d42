import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAccount, NOW } from '../../../lab/instances/model.ts'
import { hostile, randomMedians } from '../../../lab/instances/risk-chain.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { scaledEquity } from '../../../protocol/margin.ts'
import { Random } from '../../../protocol/random.ts'
import { type Funding, nextFunding } from '../../../protocol/risk/funding.ts'
import type { MedianReport } from '../../../protocol/risk/median.ts'
import type { RiskParameters } from '../../../protocol/risk/parameters.ts'
import { applyRiskUpdate } from '../../../protocol/risk/update.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
const PARAMETERS = makeRiskParameters(SMALL)
/** A lot is a unit, so that prices are index prices; the cap is 0.75 %. */
const TERMS = { multiplier: 1_000_000n, fundingCapPpm: 7_500n, maxPrice: 1n << 33n }
const NOTHING: Funding = { fundingIndex: 0n, fundingRest: 0n }
const medians = (change: Partial<MedianReport> = {}): MedianReport => ({
  ...{ asOf: NOW, indices: [300_000_000n, 300_000_000n], volatilities: [0n, 0n, 0n, 0n] },
  ...{ forwards: [3_006_000n, 3_006_000n, 3_006_000n, 3_006_000n] },
  ...change,
})

test('in eight hours a long pays mark less index, and receives index less mark', () => {
  const paid = (mark: bigint) => nextFunding({ ...NOTHING, mark, index: 100_000n }, 28_800n, TERMS).fundingIndex
  assert.deepEqual([100_500n, 100_000n, 99_400n].map(paid), [500n, 0n, -600n])
})

test('within the cap, which is rounded down', () => {
  const paid = (mark: bigint, index: bigint) => nextFunding({ ...NOTHING, mark, index }, 28_800n, TERMS).fundingIndex
  assert.deepEqual([paid(100_750n, 100_000n), paid(100_751n, 100_000n), paid(1n, 100_000n)], [750n, 750n, -750n])
  assert.equal(paid(1_000n, 133n), 0n)
})

test('equals the exact sum of premium times seconds over eight hours, rounded down once, however tables come', () => {
  const random = new Random(7n)
  for (let run = 0; run < 200; run++) {
    const terms = { ...TERMS, fundingCapPpm: hostile(random, 0n, 40_000n) }
    let funding = NOTHING
    let exact = 0n
    for (let step = 0; step < 30; step++) {
      const index = hostile(random, 1n, random.pick([10_000n, 1n << 32n]))
      const mark = index + (random.chance(50) ? 1n : -1n) * hostile(random, 0n, index - 1n)
      const seconds = random.pick([1n, 7n, 150n, 3_599n, 28_800n])
      const cap = (index * terms.fundingCapPpm) / 1_000_000n
      const premium = mark - index > cap ? cap : mark - index < -cap ? -cap : mark - index
      exact += premium * seconds
      funding = nextFunding({ ...funding, mark, index }, seconds, terms)
      assert.equal(funding.fundingIndex * 28_800n + funding.fundingRest, exact)
      assert.ok(funding.fundingRest >= 0n && funding.fundingRest < 28_800n)
    }
  }
})

test('whoever brings a table every few minutes moves no funding: a premium of one quantum comes to one quantum in eight hours', () => {
  for (const mark of [10_001n, 9_999n]) {
    let funding = NOTHING
    for (let step = 0; step < 192; step++) funding = nextFunding({ ...funding, mark, index: 10_000n }, 150n, TERMS)
    assert.deepEqual(funding, { fundingIndex: mark - 10_000n, fundingRest: 0n })
  }
})

test('a market beyond maxPrice pays nothing: its mark stays there, and so does the index that it is measured by', () => {
  const paid = (index: bigint) =>
    nextFunding({ ...NOTHING, mark: 1_000n, index }, 28_800n, { ...TERMS, maxPrice: 1_000n })
  for (const index of [1_000n, 1_001n, 1n << 46n]) assert.deepEqual(paid(index), NOTHING)
})

test('stays within 2^12 * maxPrice, and comes back from there', () => {
  const terms = { ...TERMS, maxPrice: 1_000n }
  const long = 28_800n << 20n
  const up = nextFunding({ ...NOTHING, mark: 1_000n, index: 900n }, long, terms)
  assert.deepEqual(up, { fundingIndex: 4_096_000n, fundingRest: 0n })
  const back = nextFunding({ ...up, mark: 899n, index: 900n }, 1n, terms)
  assert.deepEqual(back, { fundingIndex: 4_095_999n, fundingRest: 28_799n })
  const down = nextFunding({ ...NOTHING, mark: 1n, index: 900n }, long, terms)
  assert.deepEqual(down, { fundingIndex: -4_096_000n, fundingRest: 0n })
})

const first = applyRiskUpdate(undefined, medians(), PARAMETERS, SMALL)
const fundingAfter = (seconds: bigint, change: Partial<MedianReport> = {}, parameters: RiskParameters = PARAMETERS) =>
  applyRiskUpdate(first, medians({ asOf: NOW + seconds, ...change }), parameters, SMALL).table.markets[0]!.fundingIndex

test('a table pays at the premium of the one before: what oracles say now changes nothing of it', () => {
  const random = new Random(8n)
  for (let run = 0; run < 10; run++) {
    const { indices, forwards } = randomMedians(random, SMALL)
    assert.equal(fundingAfter(2_880n, { indices, forwards }), 600n)
  }
})

test('a gap counts as the maxAge of the table before at most, whatever maxAge has become since', () => {
  assert.equal(fundingAfter(3_600n), 750n)
  assert.equal(fundingAfter(3_601n), 750n)
  assert.equal(fundingAfter(1n << 30n), 750n)
  assert.equal(fundingAfter(1n << 30n, {}, { ...PARAMETERS, maxAge: 86_400n }), 750n)
  assert.equal(fundingAfter(3_600n, {}, { ...PARAMETERS, maxAge: 1n }), 750n)
})

test('nothing accrues from expiry on', () => {
  const expiring = {
    ...PARAMETERS,
    markets: PARAMETERS.markets.with(0, { ...PARAMETERS.markets[0]!, expiry: NOW + 2_880n }),
  }
  let snapshot = applyRiskUpdate(undefined, medians(), expiring, SMALL)
  for (const seconds of [1_440n, 3_600n, 7_200n, 20_000n]) {
    snapshot = applyRiskUpdate(snapshot, medians({ asOf: NOW + seconds }), expiring, SMALL)
    assert.equal(snapshot.table.markets[0]!.fundingIndex, seconds === 1_440n ? 300n : 600n)
  }
})

test('nothing accrues at the first table, on a future or an option, or in the table that lists a perpetual', () => {
  assert.equal(first.table.markets[0]!.fundingIndex, 0n)
  const next = applyRiskUpdate(first, medians({ asOf: NOW + 3_600n }), PARAMETERS, SMALL)
  assert.deepEqual(
    next.table.markets.map(({ fundingIndex }) => fundingIndex),
    [750n, 0n, 0n, 0n],
  )
  const [perpetual, ...rest] = PARAMETERS.markets
  const unlisted = { ...makeRiskParameters({ ...SMALL, markets: 13 }).markets[12]! }
  const before = applyRiskUpdate(undefined, medians(), { ...PARAMETERS, markets: [unlisted, ...rest] }, SMALL)
  const listing = { ...PARAMETERS, markets: [perpetual!, ...rest] }
  const listed = applyRiskUpdate(before, medians({ asOf: NOW + 3_600n }), listing, SMALL)
  assert.equal(listed.table.markets[0]!.fundingIndex, 0n)
})

test('what longs pay shorts receive: funding leaves the sum of all equity as it is', () => {
  const random = new Random(9n)
  let snapshot = first
  let said = medians()
  for (let step = 0; step < 20; step++) {
    const sizes = Array.from({ length: 3 }, () => random.between(-1000n, 1000n))
    const all = [...sizes, -sizes.reduce((sum, size) => sum + size, 0n)]
    const positions = all.map((size) => ({ 0: { size, fundingIndex: snapshot.table.markets[0]!.fundingIndex } }))
    const accounts = positions.map((held) => makeAccount(SMALL, { positions: held }))
    said = randomMedians(random, SMALL, said)
    snapshot = applyRiskUpdate(snapshot, said, PARAMETERS, SMALL)
    const flat = makeAccount(SMALL)
    const equity = accounts.reduce((sum, account) => sum + scaledEquity(account, snapshot.table), 0n)
    assert.equal(equity, 4n * scaledEquity(flat, snapshot.table))
  }
})
