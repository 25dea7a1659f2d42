import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { seededRandom } from '../../../lab/pricing/random.ts'
import { BITS, SAMPLE_GAP } from '../../../protocol/parameters.ts'
import type { UnderlyingParameters } from '../../../protocol/risk/parameters.ts'
import { firstVolatility, nextVolatility, type VolatilityMemory } from '../../../protocol/risk/volatility.ts'

const BEFORE_INPUTS = ['oldSampleIndex', 'oldSampleTime', 'oldVariance', 'oldShock']
const INPUTS = [
  'first',
  'index',
  'asOf',
  'elapsed',
  'floor',
  'cap',
  'factor',
  'stepPerHour',
  'memory',
  ...BEFORE_INPUTS,
]
const volatility = await gadget(
  'VolatilityProbe',
  [],
  Object.fromEntries(INPUTS.map((name) => [name, []])),
  'risk-update.circom',
)

const TOP = (1n << BigInt(BITS.indexPrice)) - 1n
const AS_OF = 1_700_000_000n
/** Nothing holds a shock but what is tried. */
const FREE: UnderlyingParameters = {
  floor: 0n,
  cap: 999_999n,
  factor: 10_000n,
  stepPerHour: 1_000_000n,
  memory: 86_400n,
}
/** A volatility of 80 % a year, and no sample due. */
const BEFORE: VolatilityMemory = {
  sampleIndex: 5_000n,
  sampleTime: AS_OF - 60n,
  variance: 800_000n ** 2n,
  shock: 8_000n,
}

interface Now {
  readonly index: bigint
  readonly elapsed: bigint
}

function evaluate(before: VolatilityMemory, now: Now, parameters: UnderlyingParameters, first = 0n) {
  const { sampleIndex: oldSampleIndex, sampleTime: oldSampleTime, variance: oldVariance, shock: oldShock } = before
  const old = { oldSampleIndex, oldSampleTime, oldVariance, oldShock }
  return volatility.evaluate({ ...old, ...now, ...parameters, asOf: AS_OF, first })
}

function is(outcome: ReturnType<typeof evaluate>, expected: VolatilityMemory, told: string): void {
  assert.ok(outcome.accepted, `${told}: ${outcome.broken[0]}`)
  for (const name of ['sampleIndex', 'sampleTime', 'variance', 'shock'] as const) {
    assert.equal(outcome.signal(name), expected[name], `${name} of ${told}`)
  }
}

function agrees(before: VolatilityMemory, now: Now, parameters = FREE): void {
  const told = Object.values({ ...before, ...now, ...parameters }).join(', ')
  is(evaluate(before, now, parameters), nextVolatility(before, { ...now, asOf: AS_OF }, parameters), told)
}

suite('NextVolatility', () => {
  test('takes a sample once the gap is over, of a price that rose, fell or stayed, as the model does', () => {
    for (const gap of [0n, SAMPLE_GAP - 1n, SAMPLE_GAP, SAMPLE_GAP + 1n, 1n << 30n]) {
      for (const index of [1n, 4_999n, 5_000n, 5_001n, TOP]) {
        agrees({ ...BEFORE, sampleTime: AS_OF - gap }, { index, elapsed: 60n })
      }
    }
  })

  test('rounds the shock up, not by a part in a million more or less', () => {
    // wanted is factor * root / 10^6
    for (const root of [1n, 2n, 7n, 999_999n, 1_000_000n]) {
      for (const factor of [1n, 2n, 999_999n, 1_000_000n, 1_000_001n, (1n << 24n) - 1n]) {
        agrees({ ...BEFORE, variance: root * root }, { index: 5_000n, elapsed: 3_600n }, { ...FREE, factor })
      }
    }
  })

  test('moves the shock by no more than the step, which is rounded up, within floor and cap', () => {
    const far = { ...FREE, factor: 1_000_000n, stepPerHour: 100n }
    for (const elapsed of [0n, 1n, 36n, 37n, 3_599n, 3_600n, 3_601n, 7_200n]) {
      for (const shock of [0n, 50n, 100n, 101n, 900_000n]) {
        for (const parameters of [far, { ...far, floor: 90n }, { ...far, cap: 120n }]) {
          agrees({ ...BEFORE, shock }, { index: 5_000n, elapsed }, parameters)
        }
      }
    }
  })

  test('is the model at random numbers', () => {
    const random = seededRandom(51)
    const below = (bits: number) => BigInt(Math.floor(2 ** (bits * random())))
    for (let i = 0; i < 40; i++) {
      const before = { sampleIndex: below(47), sampleTime: AS_OF - below(20), variance: below(48), shock: below(19) }
      agrees(before, { index: below(47), elapsed: below(20) }, { ...FREE, factor: below(24), stepPerHour: below(20) })
    }
  })

  test('begins with the cap', () => {
    const nothing = { sampleIndex: 0n, sampleTime: 0n, variance: 0n, shock: 0n }
    for (const parameters of [FREE, { ...FREE, factor: 1n }, { ...FREE, cap: 0n }]) {
      const expected = firstVolatility(5_000n, AS_OF, parameters)
      is(evaluate(nothing, { index: 5_000n, elapsed: AS_OF }, parameters, 1n), expected, 'the first')
    }
  })

  test('takes no return from a price beyond its width, nor from none', () => {
    const now = { index: 5_000n, elapsed: 60n }
    assert.ok(evaluate({ ...BEFORE, sampleIndex: TOP }, now, FREE).accepted)
    for (const sampleIndex of [0n, TOP + 1n]) assert.ok(!evaluate({ ...BEFORE, sampleIndex }, now, FREE).accepted)
  })
})
