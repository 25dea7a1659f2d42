import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compileCached } from '../../../lab/circuits/compile-cached.ts'
import { boundaries, GADGET_ROOTS, gadget, gadgetDefinition } from '../../../lab/circuits/gadget.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { fromField, toField } from '../../../protocol/numbers.ts'

const WIDTH = 48
const range = await gadget('RangeProbe', [WIDTH], { bit: [], bits: [], widest: [], signed: [] })
const zero = { bit: 0n, bits: 0n, widest: 0n, signed: 0n }

suite('lib/range', () => {
  test('AssertBits accepts exactly [0, 2^n)', () => {
    for (const bits of boundaries(WIDTH)) {
      assert.equal(range.evaluate({ ...zero, bits }).accepted, bits < 1n << 48n, `${bits}`)
    }
    for (const widest of boundaries(253)) {
      assert.equal(range.evaluate({ ...zero, widest }).accepted, widest < 1n << 253n, `${widest}`)
    }
  })

  for (const [least, past] of [
    [0, 101],
    [1, 4],
    [1, 2 ** 20],
    [3, 2 ** 20],
    [600, 2 ** 28],
    [10_000, 40_001],
    [0, 2 ** 16],
    [7, 8],
  ] as const) {
    test(`AssertWithin accepts exactly [${least}, ${past})`, async () => {
      const within = await gadget('WithinProbe', [least, past], { in: [] })
      const width = (past - 1).toString(2).length
      const near = [least, past].flatMap((end) => [-2, -1, 0, 1, 2].map((step) => BigInt(end + step)))
      const ends = [...boundaries(width), ...near.map((value) => toField(value))]
      for (const value of ends) {
        const { accepted, signal } = within.evaluate({ in: value })
        assert.equal(accepted, value >= BigInt(least) && value < BigInt(past), `${value}`)
        assert.deepEqual([signal('out'), signal('width')], [value, BigInt(width)])
      }
      assert.deepEqual(within.freeSignals({ in: BigInt(least) }), [])
    })
  }

  for (const [least, past] of [
    [5, 5],
    [6, 5],
  ] as const) {
    test(`AssertWithin of [${least}, ${past}), which is empty, does not compile`, async () => {
      const definition = gadgetDefinition('WithinProbe', [least, past], { in: [] })
      await assert.rejects(compileCached(definition, { optimization: 'O0', sourceRoots: GADGET_ROOTS }), {
        code: 'COMPILE_FAILED',
      })
    })
  }

  test('AssertBinary accepts exactly 0 and 1', () => {
    for (const bit of boundaries(1)) assert.equal(range.evaluate({ ...zero, bit }).accepted, bit < 2n, `${bit}`)
  })

  test('IsNegative accepts exactly [-2^n, 2^n) and gives the sign', () => {
    for (const signed of boundaries(WIDTH)) {
      const value = fromField(signed)
      const { accepted, signal } = range.evaluate({ ...zero, signed })
      assert.equal(accepted, value >= -(1n << 48n) && value < 1n << 48n, `${value}`)
      if (accepted) assert.equal(signal('negative'), value < 0n ? 1n : 0n, `${value}`)
    }
  })

  test('binds every signal', () => {
    for (const input of [zero, { bit: 1n, bits: 12345n, widest: (1n << 253n) - 1n, signed: 77n }]) {
      assert.deepEqual(range.freeSignals(input), [])
    }
  })

  for (const [template, width] of [
    ['TooWideProbe', 254],
    ['TooWideSignProbe', 253],
    ['TooWideLessProbe', 253],
  ] as const) {
    test(`${template}: ${width} bits, which would have an alias, do not compile`, async () => {
      const definition = gadgetDefinition(template, [width], { in: [] })
      await assert.rejects(
        compileCached(definition, { optimization: 'O0', sourceRoots: GADGET_ROOTS }),
        (error) => error instanceof ZkclearError && error.code === 'COMPILE_FAILED' && /[Aa]ssert/.test(error.message),
      )
    })
  }
})
