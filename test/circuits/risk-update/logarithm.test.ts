import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { seededRandom } from '../../../lab/pricing/random.ts'
import { LOGARITHM } from '../../../protocol/risk/coefficients.ts'
import { curveAt, LOGARITHM_LAYOUT } from '../../../protocol/risk/fixed-point.ts'
import { fineLogarithm } from '../../../protocol/risk/logarithm.ts'

const logarithm = await gadget('LogarithmProbe', [48], { in: [] }, 'pricing.circom')
const curve = await gadget('CurveProbe', [], { point: [] }, 'pricing.circom')

suite('Curve', () => {
  test('is the model at both ends and in the middle of every piece', () => {
    for (let piece = 0n; piece < 64n; piece++) {
      for (const t of [0n, 1n, 1n << 25n, (1n << 26n) - 1n]) {
        const point = (piece << 26n) + t
        const { accepted, signal } = curve.evaluate({ point })
        assert.ok(accepted)
        assert.equal(signal('out'), curveAt(LOGARITHM, LOGARITHM_LAYOUT, point), `${piece}, ${t}`)
      }
    }
  })

  test('binds every signal', () => {
    for (const point of [0n, 0x12345678n, (1n << 32n) - 1n]) assert.deepEqual(curve.freeSignals({ point }), [])
  })
})

suite('Logarithm', () => {
  test('is the model around every power of 2, and at random numbers', () => {
    const random = seededRandom(21)
    const powers = Array.from({ length: 48 }, (_, e) => 1n << BigInt(e)).flatMap((x) => [x - 1n, x, x + 1n])
    const numbers = Array.from({ length: 100 }, () => BigInt(Math.floor(2 ** (48 * random()))))
    for (const x of [...powers, (1n << 48n) - 1n, ...numbers]) {
      if (x === 0n) continue
      const { accepted, signal } = logarithm.evaluate({ in: x })
      assert.ok(accepted, `${x}`)
      assert.equal(signal('out'), fineLogarithm(x), `${x}`)
    }
  })

  test('is not there for 0, nor for any other shift than the one', async () => {
    const honest = 'var places = MISSING_PLACES(in);'
    for (let places = 0n; places < 64n; places++) {
      const bits = Array.from({ length: 6 }, (_, i) => [`ln.bit[${i}]`, (places >> BigInt(i)) & 1n] as const)
      assert.ok(!logarithm.evaluate({ in: 0n }, Object.fromEntries(bits)).accepted)
    }
    for (const places of [0, 1, 16, 46, 47, 48, 63]) {
      const liar = await logarithm.lying([honest, `var places = ${places};`])
      for (const x of [0n, 1n, 2n, 3n, 1n << 31n, 1n << 46n, 1n << 47n, (1n << 48n) - 1n]) {
        const needed = 48 - x.toString(2).length
        assert.equal(liar.evaluate({ in: x }).accepted, x > 0n && places === needed, `${x} shifted by ${places}`)
      }
    }
  })

  test('is not that of another number, by a shift that is no power of 2', async () => {
    const liar = await logarithm.lying([
      'bit[i] <-- (places >> i) & 1;',
      'bit[i] <-- i == 0 ? ((1 << 47) + 12345) / in - 1 : 0;',
    ])
    for (const x of [1n, 3n, 1_000_000n, (1n << 48n) - 1n]) {
      const { broken } = liar.evaluate({ in: x })
      assert.equal(broken.length, 1) // that it is 0 or 1
    }
  })

  test('binds every signal', () => {
    for (const x of [1n, 2n, 3n, 1_000_000n, (1n << 48n) - 1n]) assert.deepEqual(logarithm.freeSignals({ in: x }), [])
  })
})
