import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { blackPrice, type EuropeanOption } from '../../../protocol/risk/black.ts'
import { ONE } from '../../../protocol/risk/fixed-point.ts'
import { randomOptions } from '../../protocol/risk/option-points.ts'

const shapes = { forward: [], strike: [], deviation: [], isPut: [] }
const black = await gadget('BlackProbe', [48, 35], shapes, 'pricing.circom')

const LARGEST = (1n << 48n) - 1n

function agrees(option: EuropeanOption): void {
  const { kind, forward, strike, deviation } = option
  const { accepted, broken, signal } = black.evaluate({ forward, strike, deviation, isPut: kind === 'put' ? 1n : 0n })
  const text = `${kind}, forward ${forward}, strike ${strike}, deviation ${deviation}`
  assert.ok(accepted, `${text}: ${broken[0]}`)
  assert.equal(signal('price'), blackPrice(option), text)
}

suite('BlackPrice', () => {
  test('gives what the model gives, at random points', () => {
    for (const option of randomOptions(150, 11)) agrees(option)
  })

  test('has a price for every forward, strike and deviation: at the ends of their ranges, too', () => {
    for (const kind of ['call', 'put'] as const) {
      for (const [forward, strike] of [
        [1n, 1n],
        [1n, 2n],
        [2n, 1n],
        [1n, LARGEST],
        [LARGEST, 1n],
        [LARGEST, LARGEST],
        [LARGEST, LARGEST - 1n],
        [1n << 47n, (1n << 47n) - 1n],
      ] as const) {
        for (const deviation of [0n, 1n, ONE / 1_000n, 4n * ONE, 8n * ONE - 1n]) {
          agrees({ kind, forward, strike, deviation })
        }
      }
    }
  })
})
