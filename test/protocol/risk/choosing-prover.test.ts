import assert from 'node:assert/strict'
import { test } from 'node:test'
import { priceStep } from '../../../lab/instances/price-path.ts'
import { Random } from '../../../protocol/random.ts'
import { lowerMedian } from '../../../protocol/risk/median.ts'
import { nextAverage } from '../../../protocol/risk/settlement-price.ts'

test('leaving reports out, a prover has every median from v_ceil(q/2) to v_(n - q + ceil(q/2)), and no other', () => {
  for (let n = 1; n <= 7; n++) {
    const values = Array.from({ length: n }, (_, i) => BigInt(i + 1))
    const sets = Array.from({ length: 1 << n }, (_, set) => values.filter((_, i) => set & (1 << i)))
    for (let q = 1; q <= n; q++) {
      const medians = new Set(sets.filter((set) => set.length >= q).map(lowerMedian))
      const [first, last] = [Math.ceil(q / 2), n - q + Math.ceil(q / 2)]
      assert.deepEqual(
        [...medians].sort((a, b) => Number(a - b)),
        values.slice(first - 1, last),
        `n = ${n}, q = ${q}`,
      )
    }
  }
})

/** Seconds between reports, between two tables, and half of how far apart are the medians that there are to choose from. */
const TICK = 10
const TURN = 150
const HALF_SPREAD = 2.5e-4

/**
 * By how many basis points a prover who gets in first at every turn raises the average of a window, where a turn's table may be as old
 * as one turn after the last one.
 */
function raisedBps(random: Random): number {
  const begin = -1_800 - 10 * TURN
  const prices = [2 ** 40]
  const at = (second: number) => prices[(second - begin) / TICK]!
  while (prices.length <= -begin / TICK) prices.push(prices.at(-1)! * priceStep(random, 0.6, TICK))
  let average = { averageSum: 0n, averageSeconds: 0n }
  let [from, index] = [begin, at(begin)]
  const extend = (to: number) => {
    const interval = { from: BigInt(from + 10_000), to: BigInt(to + 10_000), index: BigInt(Math.round(index)) }
    average = nextAverage(average, 10_000n, interval)
  }
  for (let now = begin + TURN; now < 0; now += TURN) {
    let best = from + TURN
    for (let second = best; second <= now; second += TICK) if (at(second) > at(best)) best = second
    extend(best)
    from = best
    index = at(best) * (1 + HALF_SPREAD)
  }
  extend(0)
  const honest = prices.slice(-1 - 1_800 / TICK, -1)
  const fair = honest.reduce((sum, price) => sum + price, 0) / honest.length
  return (Number(average.averageSum / average.averageSeconds) / fair - 1) * 10_000
}

test('who wins every turn of a window at a volatility of 60 % raises its average by the choice of reports, and hardly by that of moments', () => {
  const random = new Random(20n)
  const windows = Array.from({ length: 1_000 }, () => raisedBps(random))
  const mean = windows.reduce((sum, bps) => sum + bps, 0) / windows.length
  assert.ok(mean > 2.3 && mean < 3, `${mean} bps`)
})
