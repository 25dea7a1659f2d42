import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { FIELD } from '../../../protocol/numbers.ts'

const compare = await gadget('CompareProbe', [40, 41], { a: [], b: [] })
const logic = await gadget('LogicProbe', [], { a: [], b: [] })

suite('lib/compare', () => {
  test('IsLess and IsSame agree with integers over the whole range, ends included', () => {
    const edges = [0n, 1n, 2n, (1n << 39n) - 1n, 1n << 39n, (1n << 40n) - 1n]
    const wider = [...edges, 1n << 40n, (1n << 41n) - 1n]
    const agree = (a: bigint, b: bigint) => {
      const { accepted, signal } = compare.evaluate({ a, b })
      assert.ok(accepted)
      assert.deepEqual([signal('less'), signal('same')], [a < b ? 1n : 0n, a === b ? 1n : 0n], `${a} ${b}`)
    }
    for (const a of edges) for (const b of wider) agree(a, b)
    const anywhere = fc.property(fc.bigInt(0n, (1n << 40n) - 1n), fc.bigInt(0n, (1n << 41n) - 1n), agree)
    fc.assert(anywhere, { seed: 1, numRuns: 200 })
  })

  test('IsLess refuses differences that do not fit its bits, as numbers within their tags never have', () => {
    const limit = 1n << 41n
    for (const [a, b] of [
      [limit, 0n],
      [limit + 1n, 1n],
      [2n * limit, 0n],
      [0n, limit + 1n],
    ] as const) {
      assert.ok(!compare.evaluate({ a, b }).accepted, `${a} ${b}`)
    }
    assert.ok(compare.evaluate({ a: limit - 1n, b: 0n }).accepted)
  })

  test('IsSame compares field elements', () => {
    const { signal } = compare.evaluate({ a: FIELD - 1n, b: FIELD - 1n })
    assert.equal(signal('same'), 1n)
  })

  test('neither answer can be forged, for any hint', () => {
    for (const [a, b] of [
      [5n, 5n],
      [5n, 6n],
      [6n, 5n],
      [0n, (1n << 41n) - 1n],
    ] as const) {
      const honest = compare.evaluate({ a, b })
      for (const name of ['less', 'same']) {
        const flipped = 1n - honest.signal(name)
        const value = flipped < 0n ? FIELD - 1n : flipped
        assert.ok(!compare.evaluate({ a, b }, { [name]: value }).accepted)
      }
    }
    const zeroTest = compare.symbols
    const inverse = Array.from({ length: 200 }, (_, wire) => zeroTest.names(wire)[0]).find((name) =>
      name?.endsWith('.inv'),
    )!
    const out = inverse.replace(/inv$/, 'out')
    const outer = inverse.replace(/\.IsZero\w*\.inv$/, '')
    for (const hint of [0n, 1n, 2n, FIELD - 1n, 987654321n]) {
      // different numbers called the same, and the same called different
      const same = { [inverse]: hint, [out]: 1n, [`${outer}.zero`]: 1n, [`${outer}.out`]: 1n, same: 1n }
      assert.ok(!compare.evaluate({ a: 3n, b: 4n }, same).accepted)
      const different = { [inverse]: hint, [out]: 0n, [`${outer}.zero`]: 0n, [`${outer}.out`]: 0n, same: 0n }
      assert.ok(!compare.evaluate({ a: 4n, b: 4n }, different).accepted)
    }
  })

  test('binds every signal except the inverse where both numbers are equal', () => {
    assert.deepEqual(compare.freeSignals({ a: 3n, b: 9n }), [])
    const free = compare.freeSignals({ a: 9n, b: 9n })
    assert.ok(free.length === 1 && free[0]!.endsWith('.inv'), free.join())
  })

  test('Or, And and Not have their truth tables, of bits only', () => {
    for (const a of [0n, 1n]) {
      for (const b of [0n, 1n]) {
        const { accepted, signal } = logic.evaluate({ a, b })
        assert.ok(accepted)
        assert.deepEqual(['either', 'both', 'neither'].map(signal), [a | b, a & b, 1n - (a | b)])
      }
    }
    for (const wild of [2n, FIELD - 1n, 77n]) {
      assert.ok(!logic.evaluate({ a: wild, b: 0n }).accepted)
      assert.ok(!logic.evaluate({ a: 1n, b: wild }).accepted)
    }
    assert.deepEqual(logic.freeSignals({ a: 1n, b: 0n }), [])
  })
})
