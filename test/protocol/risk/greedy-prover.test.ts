import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { priceStep } from '../../../lab/instances/price-path.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { Random } from '../../../protocol/random.ts'
import { firstVolatility, nextVolatility } from '../../../protocol/risk/volatility.ts'
import { venueShape } from '../../../protocol/shape.ts'

const [SETTINGS] = makeRiskParameters(venueShape('small')).underlyings
/** Seconds between reports, and how many there are in ninety days. */
const TICK = 30
const TICKS = (90 * 86_400) / TICK
/** Half of how far apart the medians are between which a prover may choose: 5 basis points in all. */
const HALF_SPREAD = 2.5e-4

interface Prover {
  /** Seconds for which nobody else brings a table when a sample is due. */
  readonly alone: number
  readonly wants: 'largest' | 'smallest'
}

function pricesOf(volatility: number): number[] {
  const random = new Random(19n)
  const prices = [2 ** 40]
  while (prices.length < TICKS) prices.push(prices.at(-1)! * priceStep(random, volatility, TICK))
  return prices
}

/** The volatility that tables say, in the mean of the last sixty days, where every sample is the prover's choice. */
function toldBy({ alone, wants }: Prover, prices: readonly number[], volatility: number): number {
  const variance = BigInt(Math.round(volatility * 1e6)) ** 2n
  let memory = { ...firstVolatility(BigInt(Math.round(prices[0]!)), NOW, SETTINGS!), variance }
  const told: number[] = []
  for (let tick = 0; ; ) {
    const due = tick + 600 / TICK
    const last = due + alone / TICK
    if (last >= prices.length) break
    const sample = Math.log(Number(memory.sampleIndex))
    let best: { readonly tick: number; readonly value: number; readonly move: number } | undefined
    for (let at = due; at <= last; at++) {
      for (const value of [prices[at]! * (1 - HALF_SPREAD), prices[at]! * (1 + HALF_SPREAD)]) {
        const move = Math.abs(Math.log(value) - sample)
        if (best === undefined || (wants === 'largest' ? move > best.move : move < best.move))
          best = { tick: at, value, move }
      }
    }
    const elapsed = BigInt((best!.tick - tick) * TICK)
    tick = best!.tick
    const heard = { index: BigInt(Math.round(best!.value)), asOf: NOW + BigInt(tick * TICK), elapsed }
    memory = nextVolatility(memory, heard, SETTINGS!)
    if (tick > TICKS / 3) told.push(Number(memory.variance))
  }
  return Math.sqrt(told.reduce((sum, variance) => sum + variance, 0) / told.length) / 1e6
}
/** In per cent of a year: what tables say, of a price that moves with that volatility. */
function toldPercent(volatility: number, alone: number): [smallest: number, largest: number] {
  const prices = pricesOf(volatility)
  const told = (wants: Prover['wants']) => Math.round(100 * toldBy({ alone, wants }, prices, volatility))
  return [told('smallest'), told('largest')]
}

test('medians 5 bps apart fake 11 % a year at a price that stands still; at one sample a second it would be 280 %', () => {
  assert.deepEqual(toldPercent(0, 0), [0, 11])
  assert.equal(Math.round(100 * 2 * HALF_SPREAD * Math.sqrt(31_536_000)), 281)
})

test('of a volatility of 60 % they make 56 to 64 %; with the choice of a moment within 150 s 46 to 79 %', () => {
  assert.deepEqual(toldPercent(0.6, 0), [56, 64])
  assert.deepEqual(toldPercent(0.6, 150), [46, 79])
})

test('who alone brings tables for fifty minutes makes 27 to 105 % of it: what bounds the shock then is floor and cap', () => {
  assert.deepEqual(toldPercent(0.6, 3_000), [27, 105])
})
