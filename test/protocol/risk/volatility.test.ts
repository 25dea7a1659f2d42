import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { priceStep } from '../../../lab/instances/price-path.ts'
import { hostile } from '../../../lab/instances/risk-chain.ts'
import { Random } from '../../../protocol/random.ts'
import type { UnderlyingParameters } from '../../../protocol/risk/parameters.ts'
import { firstVolatility, nextVolatility, type VolatilityMemory } from '../../../protocol/risk/volatility.ts'

/** A shock of 15 % of the volatility of a year, averaged over ten days. */
const SETTINGS: UnderlyingParameters = {
  ...{ floor: 50_000n, cap: 250_000n, factor: 150_000n, stepPerHour: 20_000n, memory: 864_000n },
}
const memory = (change: Partial<VolatilityMemory> = {}): VolatilityMemory => ({
  ...{ sampleIndex: 1_000_000n, sampleTime: NOW, variance: 640_000_000_000n, shock: 120_000n },
  ...change,
})
const next = (
  before: VolatilityMemory,
  seconds: bigint,
  index: bigint,
  settings: UnderlyingParameters = SETTINGS,
  elapsed = seconds,
) => nextVolatility(before, { index, asOf: before.sampleTime + seconds, elapsed }, settings)

test('the first shock is the cap, and the variance is that at which it would be, to a volatility of a millionth', () => {
  const random = new Random(16n)
  for (let run = 0; run < 500; run++) {
    const cap = hostile(random, 0n, 900_000n)
    const settings = {
      ...SETTINGS,
      floor: 0n,
      cap,
      factor: hostile(random, 1n, (1n << 24n) - 1n),
      stepPerHour: 1_000_000n,
    }
    const first = firstVolatility(1_000n, NOW, settings)
    assert.deepEqual([first.sampleIndex, first.sampleTime, first.shock], [1_000n, NOW, cap])
    assert.ok(first.variance < 1n << 48n)
    const then = next(first, 599n, 1_000n, settings).shock
    const fits = (cap * 1_000_000n) / settings.factor < 1n << 24n
    assert.ok(then <= cap && (!fits || cap - then <= settings.factor / 1_000_000n + 1n), `${cap}, ${settings.factor}`)
  }
})

test('a return counts from 600 s after the last one that did: a second earlier nothing but the shock moves', () => {
  const { shock: _, ...early } = next(memory(), 599n, 9_000_000n)
  assert.deepEqual(early, { sampleIndex: 1_000_000n, sampleTime: NOW, variance: 640_000_000_000n })
  const sampled = next(memory(), 600n, 9_000_000n)
  assert.deepEqual([sampled.sampleIndex, sampled.sampleTime], [9_000_000n, NOW + 600n])
  assert.ok(sampled.variance > 640_000_000_000n)
})

test('the variance is the mean of the one before and the squared return of a year, by memory and gap', () => {
  const random = new Random(17n)
  for (let run = 0; run < 500; run++) {
    const before = memory({ sampleIndex: hostile(random, 1n, 1n << 46n), variance: hostile(random, 0n, 1n << 44n) })
    const index = hostile(random, 1n, 1n << 46n)
    const gap = hostile(random, 600n, 1n << 32n)
    const settings = { ...SETTINGS, memory: hostile(random, 600n, (1n << 28n) - 1n) }
    const { variance } = next(before, gap, index, settings)
    const change = Math.log(Number(index)) - Math.log(Number(before.sampleIndex))
    const sum = Number(before.variance) * Number(settings.memory) + change * change * 1e12 * 31_536_000
    const exact = Math.min(2 ** 48 - 1, sum / Number(settings.memory + gap))
    assert.ok(Math.abs(Number(variance) - exact) <= 1 + 1e-6 * exact, `${variance}, ${exact}`)
  }
})

test('a rise and a fall by the same factor count alike', () => {
  const up = next(memory(), 600n, 3_000_000n).variance
  const down = next(memory({ sampleIndex: 3_000_000n }), 600n, 1_000_000n).variance
  assert.equal(up, down)
})

test('the largest move there is makes the largest variance at most, and years of silence leave the move alone', () => {
  const most = (1n << 48n) - 1n
  assert.equal(next(memory({ sampleIndex: 1n }), 600n, (1n << 47n) - 1n, { ...SETTINGS, memory: 600n }).variance, most)
  const year = next(memory({ variance: most }), 31_536_000_000n, 2_000_000n)
  assert.ok(year.variance < most / 1000n)
  assert.equal(
    next(memory(), 31_536_000n, 1_000_000n).variance,
    (640_000_000_000n * 864_000n) / (864_000n + 31_536_000n),
  )
})

test('the shock is the factor of the volatility rounded up, within floor and cap', () => {
  const settled = (variance: bigint, settings = SETTINGS) =>
    next(memory({ variance }), 599n, 1n, { ...settings, stepPerHour: 1_000_000n }, 3_600n).shock
  assert.equal(settled(800_000n ** 2n), 120_000n)
  assert.equal(settled(800_001n ** 2n), 120_001n)
  assert.equal(settled(0n), 50_000n)
  assert.equal(settled((1n << 48n) - 1n), 250_000n)
})

test('it moves by the step of the seconds since the last table, rounded up, towards what is wanted', () => {
  const moved = (shock: bigint, elapsed: bigint) => next(memory({ shock }), 599n, 1n, SETTINGS, elapsed).shock
  assert.deepEqual([moved(110_000n, 1n), moved(110_000n, 180n), moved(110_000n, 181n)], [110_006n, 111_000n, 111_006n])
  assert.deepEqual([moved(130_000n, 1n), moved(130_000n, 180n), moved(130_000n, 181n)], [129_994n, 129_000n, 128_994n])
  assert.deepEqual([moved(119_999n, 3_600n), moved(120_001n, 3_600n)], [120_000n, 120_000n])
})

test('the smallest step there is brings it there in the end, however often tables come', () => {
  const settings = { ...SETTINGS, stepPerHour: 1n }
  let at = memory({ shock: 119_000n })
  for (let table = 0; table < 1_000; table++) at = { ...at, shock: next(at, 150n, 1n, settings).shock }
  assert.equal(at.shock, 120_000n)
})

test('a change of floor or cap takes effect at once, further than the step', () => {
  const shock = (change: Partial<UnderlyingParameters>) => next(memory(), 1n, 1n, { ...SETTINGS, ...change }).shock
  assert.equal(shock({ floor: 200_000n }), 200_000n)
  assert.equal(shock({ floor: 10_000n, cap: 20_000n }), 20_000n)
})

test('of returns with a constant volatility it finds that volatility', () => {
  const random = new Random(18n)
  for (const [volatility, gap] of [
    [0.6, 600],
    [1.2, 3_600],
  ] as const) {
    let at = memory({ sampleIndex: 1n << 36n, variance: 0n })
    let price = 2 ** 36
    const found: number[] = []
    for (let step = 0; step < 20_000; step++) {
      price *= priceStep(random, volatility, gap)
      at = next(at, BigInt(gap), BigInt(Math.round(price)))
      if (step > 5_000) found.push(Math.sqrt(Number(at.variance)) / 1e6)
    }
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length
    assert.ok(Math.abs(mean - volatility) < 0.05 * volatility, `${volatility}: ${mean}`)
  }
})
