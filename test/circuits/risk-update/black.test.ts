import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import type { Lie } from '../../../lab/circuits/unchecked.ts'
import { randomOptions } from '../../../lab/pricing/option-points.ts'
import { blackPrice, type EuropeanOption } from '../../../protocol/risk/black.ts'
import { ONE } from '../../../protocol/risk/fixed-point.ts'
import { chanceAbove, PROBABILITY_BITS } from '../../../protocol/risk/normal.ts'

const shapes = { forward: [], strike: [], deviation: [], isPut: [] }
const black = await gadget('BlackProbe', [48, 35], shapes, 'pricing.circom')

const LARGEST = (1n << 48n) - 1n

/** Options at the ends of all ranges. */
function* corners(): Generator<EuropeanOption> {
  const pairs = [
    [1n, 1n],
    [1n, 2n],
    [2n, 1n],
    [1n, LARGEST],
    // at a deviation of 8, one chance is that of more than eight of them, and the price is 1
    [3n, LARGEST],
    [LARGEST, 1n],
    [LARGEST, LARGEST],
    [LARGEST, LARGEST - 1n],
    [1n << 47n, (1n << 47n) - 1n],
  ] as const
  for (const kind of ['call', 'put'] as const) {
    for (const [forward, strike] of pairs) {
      for (const deviation of [0n, 1n, ONE / 1_000n, 4n * ONE, 8n * ONE - 1n])
        yield { kind, forward, strike, deviation }
    }
  }
}

const inputOf = ({ kind, ...numbers }: EuropeanOption) => ({ ...numbers, isPut: kind === 'put' ? 1n : 0n })

function show({ kind, forward, strike, deviation }: EuropeanOption): string {
  return `${kind}, forward ${forward}, strike ${strike}, deviation ${deviation}`
}

function agrees(option: EuropeanOption): void {
  const { accepted, broken, signal } = black.evaluate(inputOf(option))
  assert.ok(accepted, `${show(option)}: ${broken[0]}`)
  assert.equal(signal('price'), blackPrice(option), show(option))
}

suite('BlackPrice', () => {
  test('gives what the model gives, at random points', () => {
    for (const option of randomOptions(150, 11)) agrees(option)
  })

  test('has a price for every forward, strike and deviation: at the ends of their ranges, too', () => {
    for (const option of corners()) agrees(option)
  })

  test('prices on both sides of where a price becomes 0, eight deviations out, as the model does', () => {
    // y - s/2 is 8 where ln(strike / forward) is s * (8 + s / 2)
    for (const [forward, strike] of [
      [1n << 20n, 1n << 30n],
      [(1n << 47n) - 1n, 1n << 40n],
    ] as const) {
      const distance = Math.abs(Math.log(Number(strike) / Number(forward)))
      const s = BigInt(Math.round((Math.sqrt(64 + 2 * distance) - 8) * 2 ** 32))
      for (let near = -3n; near <= 3n; near++) {
        for (const kind of ['call', 'put'] as const) agrees({ kind, forward, strike, deviation: s + near })
      }
    }
  })

  test('leaves nothing open but what only says that a number is not 0', () => {
    const options = [
      { kind: 'call', forward: 1_000n, strike: 1_234n, deviation: ONE / 3n },
      // at the money and without deviation, the deviate and the value are 0
      { kind: 'put', forward: 5_000n, strike: 5_000n, deviation: 0n },
    ] as const
    for (const option of options) {
      for (const name of black.freeSignals(inputOf(option))) assert.match(name, /\.inv$|\.inverse$/)
    }
  })
})

suite('OutOfTheMoney', async () => {
  const prices = { high: [], low: [], distance: [], deviation: [] }
  const outOfTheMoney = await gadget('OutOfTheMoneyProbe', [48, 35], prices, 'pricing.circom')
  const CUT = 43n

  test('is 0 where the value is below 0, by more than a quantum too: where the curve is wrong, nobody is paid for it', () => {
    const signs = new Set<boolean>()
    for (const [high, low] of [
      [1n << 47n, 1n],
      [1n << 47n, 1n << 46n],
      [1_000_000n, 900_000n],
    ] as const) {
      for (const deviation of [ONE / 1_000n, ONE, 7n * ONE]) {
        for (const y of [0n, deviation, ONE]) {
          const distance = (y * deviation) << CUT
          const value = low * chanceAbove(y - deviation) - high * chanceAbove(y + deviation)
          const { accepted, signal } = outOfTheMoney.evaluate({ high, low, distance, deviation })
          assert.ok(accepted)
          assert.equal(signal('price'), value > 0n ? value >> BigInt(PROBABILITY_BITS) : 0n)
          signs.add(value < -(1n << BigInt(PROBABILITY_BITS)))
        }
      }
    }
    assert.equal(signs.size, 2)
  })
})

/** What a dishonest prover might compute for each hint, with all that follows from it. */
const LIES: Readonly<Record<string, readonly Lie[]>> = {
  'the next larger quotient': [
    ['y <-- (distance >> cut) \\ divisor', 'y <-- (distance >> cut) \\ divisor + 1'],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- (distance >> cut) % divisor - divisor'],
  ],
  'the next smaller quotient': [
    ['y <-- (distance >> cut) \\ divisor', 'y <-- (distance >> cut) \\ divisor - 1'],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- (distance >> cut) % divisor + divisor'],
  ],
  'a quotient in the field': [
    ['y <-- (distance >> cut) \\ divisor', 'y <-- distance / ((1 << cut) * divisor)'],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- 0'],
    ['dropped <-- distance & ((1 << cut) - 1)', 'dropped <-- 0'],
  ],
  'a quotient in the field, of what is left when the rest is dropped': [
    ['y <-- (distance >> cut) \\ divisor', 'y <-- (distance - (distance & ((1 << cut) - 1))) / ((1 << cut) * divisor)'],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- 0'],
  ],
  'a rest that is dropped with what is cut off': [
    [
      'dropped <-- distance & ((1 << cut) - 1)',
      'dropped <-- distance - ((distance >> cut) \\ divisor) * divisor * (1 << cut)',
    ],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- 0'],
  ],
  'a unit of the rest that is cut off': [
    ['dropped <-- distance & ((1 << cut) - 1)', 'dropped <-- (distance & ((1 << cut) - 1)) + (1 << cut)'],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- (distance >> cut) % divisor - 1'],
  ],
  'a quotient less one, of which one unit is cut off': [
    ['dropped <-- distance & ((1 << cut) - 1)', 'dropped <-- (distance & ((1 << cut) - 1)) + (1 << cut)'],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- (distance >> cut) % divisor - 1 + divisor'],
    ['y <-- (distance >> cut) \\ divisor', 'y <-- (distance >> cut) \\ divisor - 1'],
  ],
  'a product that is not that of the quotient': [
    ['y <-- (distance >> cut) \\ divisor', 'y <-- (distance >> cut) \\ divisor + 1'],
    ['signal whole <== y * divisor', 'signal whole <== (y - 1) * divisor'],
  ],
  'a quotient that leaves another number': [
    ['y <-- (distance >> cut) \\ divisor', 'y <-- (distance >> cut) \\ divisor + 1'],
  ],
  'a quotient of 0': [
    ['y <-- (distance >> cut) \\ divisor', 'y <-- 0'],
    ['rest <-- (distance >> cut) % divisor', 'rest <-- distance >> cut'],
  ],
  'the other sign': [['negative <-- in < 0 ? 1 : 0', 'negative <-- in < 0 ? 0 : 1']],
  'a sign of 0': [['negative <-- in < 0 ? 1 : 0', 'negative <-- in <= 0 ? 1 : 0']],
  'a sign that is neither 0 nor 1': [['negative <-- in < 0 ? 1 : 0', 'negative <-- in == 0 ? 0 : (1 - 3 / in) / 2']],
  'an exponent one too large': [['var places = MISSING_PLACES(in)', 'var places = MISSING_PLACES(in) - 1']],
  'an exponent one too small': [['var places = MISSING_PLACES(in)', 'var places = MISSING_PLACES(in) + 1']],
  'the largest shift': [['var places = MISSING_PLACES(in)', 'var places = 63']],
  'claiming a deviation of 0, or fewer than eight of them': [['inv <-- in!=0 ? 1/in : 0', 'inv <-- 0']],
}

suite('a prover who lies about an option', () => {
  for (const [what, lies] of Object.entries(LIES)) {
    test(`finds no other price by ${what}`, async () => {
      const liar = await black.lying(...lies)
      let caught = 0
      for (const option of [...randomOptions(40, 12), ...corners()]) {
        const outcome = liar.evaluate(inputOf(option))
        if (!outcome.accepted) caught++
        else assert.equal(outcome.signal('price'), blackPrice(option), show(option))
      }
      assert.ok(caught > 0, 'never anything but honest')
    })
  }
})
