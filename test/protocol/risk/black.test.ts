import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { errorBound, errorOf, randomOptions } from '../../../lab/pricing/option-points.ts'
import { seededRandom } from '../../../lab/pricing/random.ts'
import { YEAR } from '../../../protocol/parameters.ts'
import { blackPrice, deviation, type EuropeanOption, scaledDeviation } from '../../../protocol/risk/black.ts'
import { ONE } from '../../../protocol/risk/fixed-point.ts'
import { isqrt } from '../../../protocol/risk/square-root.ts'

/**
 * E. G. Haug, "The Complete Guide to Option Pricing Formulas" (McGraw-Hill, 1998), pages 2 to 8, 24 and 27, as QuantLib's
 * test-suite/europeanoption.cpp lists them: kind, strike, spot, dividend yield, interest rate, years, volatility, value.
 */
const HAUG: readonly (readonly ['call' | 'put', number, number, number, number, number, number, number])[] = [
  ['call', 65, 60, 0, 0.08, 0.25, 0.3, 2.1334],
  ['put', 95, 100, 0.05, 0.1, 0.5, 0.2, 2.4648],
  ['put', 19, 19, 0.1, 0.1, 0.75, 0.28, 1.7011],
  ['call', 19, 19, 0.1, 0.1, 0.75, 0.28, 1.7011],
  ['call', 1.6, 1.56, 0.08, 0.06, 0.5, 0.12, 0.0291],
  ['put', 70, 75, 0.05, 0.1, 0.5, 0.35, 4.087],
  ['call', 100, 90, 0.1, 0.1, 0.1, 0.15, 0.0205],
  ['call', 100, 100, 0.1, 0.1, 0.1, 0.15, 1.8734],
  ['call', 100, 110, 0.1, 0.1, 0.1, 0.15, 9.9413],
  ['call', 100, 90, 0.1, 0.1, 0.1, 0.25, 0.315],
  ['call', 100, 100, 0.1, 0.1, 0.1, 0.25, 3.1217],
  ['call', 100, 110, 0.1, 0.1, 0.1, 0.25, 10.3556],
  ['call', 100, 90, 0.1, 0.1, 0.1, 0.35, 0.9474],
  ['call', 100, 100, 0.1, 0.1, 0.1, 0.35, 4.3693],
  ['call', 100, 110, 0.1, 0.1, 0.1, 0.35, 11.1381],
  ['call', 100, 90, 0.1, 0.1, 0.5, 0.15, 0.8069],
  ['call', 100, 100, 0.1, 0.1, 0.5, 0.15, 4.0232],
  ['call', 100, 110, 0.1, 0.1, 0.5, 0.15, 10.5769],
  ['call', 100, 90, 0.1, 0.1, 0.5, 0.25, 2.7026],
  ['call', 100, 100, 0.1, 0.1, 0.5, 0.25, 6.6997],
  ['call', 100, 110, 0.1, 0.1, 0.5, 0.25, 12.7857],
  ['call', 100, 90, 0.1, 0.1, 0.5, 0.35, 4.9329],
  ['call', 100, 100, 0.1, 0.1, 0.5, 0.35, 9.3679],
  ['call', 100, 110, 0.1, 0.1, 0.5, 0.35, 15.3086],
  ['put', 100, 90, 0.1, 0.1, 0.1, 0.15, 9.921],
  ['put', 100, 100, 0.1, 0.1, 0.1, 0.15, 1.8734],
  ['put', 100, 110, 0.1, 0.1, 0.1, 0.15, 0.0408],
  ['put', 100, 90, 0.1, 0.1, 0.1, 0.25, 10.2155],
  ['put', 100, 100, 0.1, 0.1, 0.1, 0.25, 3.1217],
  ['put', 100, 110, 0.1, 0.1, 0.1, 0.25, 0.4551],
  ['put', 100, 90, 0.1, 0.1, 0.1, 0.35, 10.8479],
  ['put', 100, 100, 0.1, 0.1, 0.1, 0.35, 4.3693],
  ['put', 100, 110, 0.1, 0.1, 0.1, 0.35, 1.2376],
  ['put', 100, 90, 0.1, 0.1, 0.5, 0.15, 10.3192],
  ['put', 100, 100, 0.1, 0.1, 0.5, 0.15, 4.0232],
  ['put', 100, 110, 0.1, 0.1, 0.5, 0.15, 1.0646],
  ['put', 100, 90, 0.1, 0.1, 0.5, 0.25, 12.2149],
  ['put', 100, 100, 0.1, 0.1, 0.5, 0.25, 6.6997],
  ['put', 100, 110, 0.1, 0.1, 0.5, 0.25, 3.2734],
  ['put', 100, 90, 0.1, 0.1, 0.5, 0.35, 14.4452],
  ['put', 100, 100, 0.1, 0.1, 0.5, 0.35, 9.3679],
  ['put', 100, 110, 0.1, 0.1, 0.5, 0.35, 5.7963],
  ['call', 40, 42, 0.08, 0.04, 0.75, 0.35, 5.0975],
]

const LARGEST = (1n << 47n) - 1n

suite('option prices', () => {
  test('are the published ones, to within 10^-4', () => {
    const QUANTA = 1e9
    for (const [kind, strike, spot, dividends, interest, years, volatility, value] of HAUG) {
      const price = blackPrice({
        kind,
        forward: BigInt(Math.round(spot * Math.exp((interest - dividends) * years) * QUANTA)),
        strike: BigInt(strike * QUANTA),
        deviation: deviation(BigInt(volatility * 1e6), BigInt(years * Number(YEAR))),
      })
      const discounted = (Number(price) / QUANTA) * Math.exp(-interest * years)
      assert.ok(Math.abs(discounted - value) < 1e-4, `${kind} ${strike} on ${spot}: ${discounted}, not ${value}`)
    }
  })

  test('are within the bound of the exact ones, at 10,000 random points', () => {
    for (const option of randomOptions(10_000, 3)) assert.ok(errorOf(option) <= errorBound(option), show(option))
  })

  test('are within it at hostile corners, too', () => {
    const forwards = [1n, 2n, 3n, 1_000n, 1n << 32n, LARGEST - 1n, LARGEST]
    const deviations = [0n, 1n, 2n, 1_000n, ONE / 1_000n, ONE, 4n * ONE, 8n * ONE - 1n]
    for (const forward of forwards) {
      for (const strike of [...forwards, forward + 1n, forward * 2n, forward * 20n + 1n].map(atMostLargest)) {
        for (const each of deviations) {
          for (const kind of ['call', 'put'] as const) {
            const option = { kind, forward, strike, deviation: each }
            assert.ok(errorOf(option) <= errorBound(option), show(option))
          }
        }
      }
    }
  })

  test('are what the option pays where nothing can happen any more, to the quantum', () => {
    for (const [forward, strike] of [
      [1n, LARGEST],
      [LARGEST, 1n],
      [LARGEST, LARGEST],
      [1_000n, 1_001n],
    ] as const) {
      const pays = forward > strike ? forward - strike : 0n
      assert.equal(blackPrice({ kind: 'call', forward, strike, deviation: 0n }), pays)
      assert.equal(blackPrice({ kind: 'put', forward, strike, deviation: 0n }), pays + strike - forward)
    }
    // deep in and out of the money: the other side of eight deviations
    assert.equal(blackPrice({ kind: 'call', forward: LARGEST, strike: 1n, deviation: ONE }), LARGEST - 1n)
    assert.equal(blackPrice({ kind: 'put', forward: LARGEST, strike: 1n, deviation: ONE }), 0n)
  })

  test('keep put-call parity to the quantum', () => {
    for (const option of randomOptions(2_000, 4)) {
      const [call, put] = (['call', 'put'] as const).map((kind) => blackPrice({ ...option, kind })) as [bigint, bigint]
      assert.equal(call - put, option.forward - option.strike, show(option))
    }
  })

  test('are never below what the option pays at once, nor above the forward of a call or the strike of a put', () => {
    for (const option of randomOptions(2_000, 5)) {
      const { kind, forward, strike } = option
      const price = blackPrice(option)
      const pays = kind === 'call' ? forward - strike : strike - forward
      assert.ok(price >= 0n && price >= pays && price <= (kind === 'call' ? forward : strike), show(option))
    }
  })

  test('rise with deviation, fall (call) or rise (put) with strike and are convex in it, but for the error', () => {
    const random = seededRandom(6)
    for (const option of randomOptions(2_000, 7)) {
      const price = blackPrice(option)
      const slack = 2n + (4n * errorBound({ ...option, strike: 2n * option.strike })) / 2n ** 64n
      const more = option.deviation + BigInt(Math.floor(random() * Number(option.deviation)))
      assert.ok(blackPrice({ ...option, deviation: more }) + slack >= price, show(option))

      const step = 1n + BigInt(Math.floor((random() * Number(option.strike)) / 4))
      const [below, above] = [option.strike - step, option.strike + step]
      if (below < 1n || above >= 1n << 48n) continue
      const [low, high] = [below, above].map((strike) => blackPrice({ ...option, strike })) as [bigint, bigint]
      const rise = option.kind === 'put' ? high - low : low - high
      assert.ok(rise + slack >= 0n && low + high + 2n * slack >= 2n * price, show(option))
    }
  })
})

suite('deviations', () => {
  test('are volatility times the root of the time, rounded down, at most 4', () => {
    assert.equal(deviation(1_000_000n, YEAR), ONE)
    assert.equal(deviation(500_000n, 4n * YEAR), ONE)
    assert.equal(deviation(1n, 1n), isqrt(ONE ** 2n / (10n ** 12n * YEAR)))
    assert.equal(deviation(0n, YEAR), 0n)
    assert.equal(deviation(1_000_000n, 0n), 0n)
    assert.equal(deviation((1n << 24n) - 1n, (1n << 40n) - 1n), 4n * ONE)
    assert.equal(deviation(1_000_000n, 16n * YEAR - 1n), isqrt((ONE ** 2n * (16n * YEAR - 1n)) / YEAR))
    assert.throws(() => deviation(1n << 24n, 1n), { code: 'INPUT_INVALID' })
  })

  test('scale with the move of the volatility, rounded down', () => {
    assert.equal(scaledDeviation(ONE, 0n), ONE)
    assert.equal(scaledDeviation(ONE, -500_000n), ONE / 2n)
    assert.equal(scaledDeviation(4n * ONE, 999_999n), (4n * ONE * 1_999_999n) / 1_000_000n)
    assert.equal(scaledDeviation(1n, 999_999n), 1n)
    assert.equal(scaledDeviation(1n, -1n), 0n)
  })

  test('come from the largest integer root', () => {
    const random = seededRandom(8)
    const roots = Array.from({ length: 1_000 }, () => BigInt(Math.floor(2 ** (40 * random()))))
    for (const root of [0n, 1n, 2n, (1n << 47n) - 1n, ...roots]) {
      assert.equal(isqrt(root * root), root)
      assert.equal(isqrt(root * root + 2n * root), root)
    }
  })
})

function atMostLargest(x: bigint): bigint {
  return x > LARGEST ? LARGEST : x
}

function show({ kind, forward, strike, deviation }: EuropeanOption): string {
  return `${kind}, forward ${forward}, strike ${strike}, deviation ${Number(deviation) / 2 ** 32}`
}
