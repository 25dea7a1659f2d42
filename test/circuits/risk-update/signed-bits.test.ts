import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { boundaries, gadget } from '../../../lab/circuits/gadget.ts'
import { fromField, toField } from '../../../protocol/numbers.ts'

const WIDTH = 8
const signed = await gadget('SignedBitsProbe', [WIDTH], { in: [] }, 'pricing.circom')

suite('SignedBits', () => {
  test('accepts exactly (-2^n, 2^n), and gives the sign and the size', () => {
    const edges = [255n, 256n, 257n, 511n, 512n, 513n].flatMap((size) => [size, toField(-size)])
    for (const element of [...boundaries(WIDTH), ...edges]) {
      const value = fromField(element)
      const { accepted, signal } = signed.evaluate({ in: element })
      assert.equal(accepted, value > -256n && value < 256n, `${value}`)
      if (!accepted) continue
      assert.deepEqual([signal('negative'), signal('size')], [value < 0n ? 1n : 0n, value < 0n ? -value : value])
    }
  })

  test('leaves open only what says that a number is not 0, where it is', () => {
    for (const value of [1n, 77n, -1n, -255n]) assert.deepEqual(signed.freeSignals({ in: toField(value) }), [])
    assert.deepEqual(signed.freeSignals({ in: 0n }), ['main.spell.inverse'])
  })

  for (const [what, sign, value] of [
    ['the other one', 'in < 0 ? 0 : 1', 77n],
    ['that of 0', '1', 0n],
    // (1 - 2 * negative) * in is then 3
    ['one between the two, which makes any size', '(1 - 3 / in) / 2', 77n],
  ] as const) {
    test(`has no sign but the one: ${what}`, async () => {
      const liar = await signed.lying(['negative <-- in < 0 ? 1 : 0', `negative <-- ${sign}`])
      assert.ok(!liar.evaluate({ in: value }).accepted)
    })
  }
})
