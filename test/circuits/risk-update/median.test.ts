import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { audit } from '../../../audit/audit.ts'
import { compileSystem } from '../../../lab/circuits/compile-cached.ts'
import { GADGET_ROOTS, gadget, gadgetDefinition } from '../../../lab/circuits/gadget.ts'
import { readNamedSystem } from '../../../lab/circuits/named-system.ts'
import { Random } from '../../../protocol/random.ts'
import { lowerMedian } from '../../../protocol/risk/median.ts'

const N = 5
const BITS = 47
const TOP = (1n << BigInt(BITS)) - 1n
const shapes = (n: number) => ({ used: [n], at: [(n + 1) >> 1], values: [n] })
const median = await gadget('LowerMedianProbe', [N, BITS], shapes(N), 'reports.circom')
const tiny = await gadget('LowerMedianProbe', [3, 2], shapes(3), 'reports.circom')

/** Inputs with the middle place of the used values marked. */
function inputOf(used: readonly bigint[], values: readonly bigint[]) {
  const count = used.filter((use) => use === 1n).length
  const at = Array.from({ length: (used.length + 1) >> 1 }, (_, place) => (place === (count - 1) >> 1 ? 1n : 0n))
  return { used, at, values }
}

const medianOf = (used: readonly bigint[], values: readonly bigint[]) =>
  lowerMedian(values.filter((_, i) => used[i] === 1n))

/** All lists of that length over some elements. */
function* lists<Element>(elements: readonly Element[], length: number): Generator<Element[]> {
  if (length === 0) yield []
  else for (const rest of lists(elements, length - 1)) for (const element of elements) yield [...rest, element]
}

suite('risk-update/median', () => {
  test('is the lower median of the model, over every choice of used values, with and without ties', () => {
    const random = new Random(21n)
    for (const used of lists([0n, 1n], N)) {
      if (!used.includes(1n)) continue
      for (const top of [1n, 3n, TOP]) {
        const values = used.map(() => random.between(0n, top))
        const { accepted, signal } = median.evaluate(inputOf(used, values))
        assert.ok(accepted, `${used} ${values}`)
        assert.equal(signal('out'), medianOf(used, values), `${used} ${values}`)
      }
    }
  })

  test('is so for all values of two bits and all choices of three, the largest number of the width among them', () => {
    for (const used of lists([0n, 1n], 3)) {
      if (!used.includes(1n)) continue
      for (const values of lists([0n, 1n, 2n, 3n], 3)) {
        const { accepted, signal } = tiny.evaluate(inputOf(used, values))
        assert.ok(accepted)
        assert.equal(signal('out'), medianOf(used, values), `${used} ${values}`)
      }
    }
  })

  test('is so at the ends of the width, and for equal values', () => {
    const all = [1n, 1n, 1n, 1n, 1n]
    for (const values of [
      [0n, TOP, 0n, TOP, 0n],
      [TOP, TOP, TOP, TOP, TOP],
      [0n, 0n, 0n, 0n, 0n],
    ]) {
      for (const used of [all, all.with(2, 0n)]) {
        const { accepted, signal } = median.evaluate(inputOf(used, values))
        assert.ok(accepted)
        assert.equal(signal('out'), medianOf(used, values))
      }
    }
  })

  test('what stands in places that are not used changes nothing', () => {
    for (const other of [0n, 6n, 7n, 8n, TOP]) {
      const { accepted, signal } = median.evaluate(inputOf([1n, 0n, 1n, 0n, 1n], [7n, other, 5n, other, 9n]))
      assert.ok(accepted)
      assert.equal(signal('out'), 7n)
    }
  })

  test('no other value is accepted, such as that of its neighbours or of a place that is not used', () => {
    const input = inputOf([1n, 1n, 1n, 0n, 0n], [1n, 2n, 3n, 5n, 0n])
    assert.equal(median.evaluate(input).signal('out'), 2n)
    for (const out of [0n, 1n, 3n, 5n]) assert.ok(!median.evaluate(input, { 'gadget.out': out, out }).accepted)
    assert.deepEqual(median.freeSignals(input), [])
  })

  test('the audit finds every signal determined by the inputs', async () => {
    const definition = gadgetDefinition('LowerMedianProbe', [N, BITS], shapes(N), 'reports.circom')
    const options = { optimization: 'O0', inspect: true, sourceRoots: GADGET_ROOTS } as const
    const { r1cs, symbols } = await readNamedSystem(await compileSystem(definition, options))
    const { counts } = await audit({ r1cs, symbols, targets: 'all' })
    assert.ok(counts.PROVEN > 1000)
    assert.deepEqual([counts.FORGED, counts.UNKNOWN], [0, 0])
  })
})
