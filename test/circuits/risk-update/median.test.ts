import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { Random } from '../../../protocol/random.ts'
import { lowerMedian } from '../../../protocol/risk/median.ts'

const N = 5
const BITS = 47
const SMALL_N = 3
const SMALL_BITS = 2
const SHAPES = (n: number) => ({ used: [n], half: [], values: [n] })
const median = await gadget('LowerMedianProbe', [N, BITS], SHAPES(N), 'reports.circom')
const small = [SMALL_N, SMALL_BITS]
const lies = { ...SHAPES(SMALL_N), named: [SMALL_N], high: [SMALL_N] }
const liar = await gadget('AssertLowerMedianProbe', small, lies, 'reports.circom')

const usedOf = (values: readonly bigint[], used: readonly bigint[]) => values.filter((_, i) => used[i] === 1n)
const halfOf = (used: readonly bigint[]) => used.reduce((sum, use) => sum + use, 0n) / 2n

/** All lists of that length over some elements. */
function* lists<Element>(elements: readonly Element[], length: number): Generator<Element[]> {
  if (length === 0) yield []
  else for (const rest of lists(elements, length - 1)) for (const element of elements) yield [...rest, element]
}

suite('risk-update/median', () => {
  test('is the model’s lower median, over every choice of used values, with and without ties', () => {
    const random = new Random(21n)
    for (const used of lists([0n, 1n], N)) {
      if (halfOf(used) === 0n && !used.includes(1n)) continue
      for (const top of [1n, 3n, (1n << BigInt(BITS)) - 1n]) {
        const values = used.map(() => random.between(0n, top))
        const { accepted, signal } = median.evaluate({ used, half: halfOf(used), values })
        assert.ok(accepted, `${used} ${values}`)
        assert.equal(signal('out'), lowerMedian(usedOf(values, used)), `${used} ${values}`)
      }
    }
  })

  test('takes the ends of the width, and all values equal', () => {
    const top = (1n << BigInt(BITS)) - 1n
    for (const values of [
      [0n, top, 0n, top, 0n],
      [top, top, top, top, top],
      [0n, 0n, 0n, 0n, 0n],
    ]) {
      for (const used of [
        [1n, 1n, 1n, 1n, 1n],
        [1n, 1n, 0n, 1n, 1n],
      ]) {
        const { accepted, signal } = median.evaluate({ used, half: 2n, values })
        assert.ok(accepted)
        assert.equal(signal('out'), lowerMedian(usedOf(values, used)))
      }
    }
  })

  test('what stands in places that are not used changes nothing', () => {
    const used = [1n, 0n, 1n, 0n, 1n]
    for (const other of [0n, 6n, 7n, 8n, (1n << BigInt(BITS)) - 1n]) {
      const { accepted, signal } = median.evaluate({ used, half: 1n, values: [7n, other, 5n, other, 9n] })
      assert.ok(accepted)
      assert.equal(signal('out'), 7n)
    }
  })

  test('refuses where nothing is used', () => {
    assert.ok(!median.evaluate({ used: [0n, 0n, 0n, 0n, 0n], half: 0n, values: [1n, 2n, 3n, 4n, 5n] }).accepted)
  })

  test('accepts no value but the lower median, whatever is named and marked: of all lists over 0, 1 and 3', () => {
    const numbers = [0n, 1n, 3n]
    const bits = [...lists([0n, 1n], SMALL_N)]
    for (const used of bits) {
      const half = halfOf(used)
      for (const values of lists(numbers, SMALL_N)) {
        const outcomes = new Set<bigint>()
        for (const named of bits) {
          for (const high of bits) {
            if (named.filter((bit) => bit === 1n).length > 1) continue
            const { accepted, signal } = liar.evaluate({ used, half, values, named, high })
            if (accepted) outcomes.add(signal('out'))
          }
        }
        const expected = used.includes(1n) ? [lowerMedian(usedOf(values, used))] : []
        assert.deepEqual([...outcomes], expected, `${used} ${values}`)
      }
    }
  })

  test('nor by marks that are no bits, two names that sum to one, or a name half and half', () => {
    const values = [1n, 2n, 3n]
    const half = (FIELD + 1n) / 2n
    const marks = [0n, 1n, 2n, half, FIELD - 1n]
    for (const used of [
      [1n, 1n, 1n],
      [1n, 0n, 1n],
    ]) {
      for (const named of lists(marks, SMALL_N)) {
        for (const high of lists(marks, SMALL_N)) {
          const sum = (list: readonly bigint[]) => list.reduce((total, mark) => total + mark, 0n) % FIELD
          if (sum(named) !== 1n || sum(high) !== halfOf(used)) continue
          const { accepted, signal } = liar.evaluate({ used, half: halfOf(used), values, named, high })
          if (accepted) assert.equal(signal('out'), lowerMedian(usedOf(values, used)), `${named} ${high}`)
        }
      }
    }
  })

  test('a median that is one quantum too low or too high is refused, named or not', () => {
    const input = { used: [1n, 1n, 1n], half: 1n, values: [1n, 2n, 3n] }
    for (const [named, high] of [
      [
        [1n, 0n, 0n],
        [0n, 0n, 1n],
      ],
      [
        [1n, 0n, 0n],
        [0n, 1n, 0n],
      ],
      [
        [0n, 0n, 1n],
        [0n, 1n, 0n],
      ],
      [
        [0n, 0n, 1n],
        [1n, 0n, 0n],
      ],
    ]) {
      assert.ok(!liar.evaluate({ ...input, named: named!, high: high! }).accepted)
    }
    const honest = { ...input, named: [0n, 1n, 0n], high: [0n, 0n, 1n] }
    assert.ok(liar.evaluate(honest).accepted)
    for (const out of [1n, 3n]) assert.ok(!liar.evaluate(honest, { 'gadget.out': out, out }).accepted)
  })

  test('binds every signal where the values differ', () => {
    assert.deepEqual(
      liar.freeSignals({ used: [1n, 1n, 1n], half: 1n, values: [1n, 2n, 3n], named: [0n, 1n, 0n], high: [0n, 0n, 1n] }),
      [],
    )
    assert.deepEqual(median.freeSignals({ used: [1n, 1n, 1n, 1n, 1n], half: 2n, values: [5n, 4n, 1n, 2n, 3n] }), [])
  })
})
