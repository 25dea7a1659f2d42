import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { commonDivisor, rootsOf, univariate } from '../../../audit/joint/univariate.ts'
import { power, reduce } from '../../../protocol/field.ts'
import { FIELD } from '../../../protocol/numbers.ts'

const elements = fc.bigInt({ min: 0n, max: FIELD - 1n })
/** Small ones are often equal. */
const roots = fc.array(fc.oneof(elements, fc.bigInt({ min: 0n, max: 5n })), { minLength: 1, maxLength: 8 })

function withRoots(all: readonly bigint[], last = 1n) {
  let product = [reduce(last)]
  for (const root of all) product = [0n, ...product].map((value, i) => reduce(value - root * (product[i] ?? 0n)))
  return univariate(product)
}

const sorted = (values: Iterable<bigint>) => [...new Set(values)].sort((a, b) => (a < b ? -1 : 1))

suite('polynomials in one unknown', () => {
  test('have the roots that they were made of, each once', () => {
    fc.assert(
      fc.property(roots, fc.bigInt({ min: 1n, max: FIELD - 1n }), (all, last) => {
        assert.deepEqual(sorted(rootsOf(withRoots(all, last))), sorted(all))
      }),
      { numRuns: 10 },
    )
  })

  test('have no roots where factors have none: x^2 - 5, x^5 - 2, and their products with others', () => {
    assert.deepEqual(rootsOf(univariate([-5n, 0n, 1n])), [])
    // r - 1 is no multiple of 5: every number has one fifth root.
    const [root, ...more] = rootsOf(univariate([-32n, 0n, 0n, 0n, 0n, 1n]))
    assert.deepEqual([root, more], [2n, []])
    // (x^2 - 5)(x - 3)(x - 4)
    assert.deepEqual(sorted(rootsOf(univariate([-60n, 35n, 7n, -7n, 1n]))), [3n, 4n])
    assert.deepEqual(rootsOf(univariate([7n])), [])
  })

  test('of x^n - 1 are the roots of unity that the field has', () => {
    for (const [degree, count] of [
      [8, 8],
      [9, 9],
      [13, 13],
      [7, 1],
    ] as const) {
      const found = rootsOf(univariate([-1n, ...new Array<bigint>(degree - 1).fill(0n), 1n]))
      assert.equal(new Set(found).size, count)
      for (const root of found) assert.equal(power(root, BigInt(degree)), 1n)
    }
  })

  test('have the product of their common factors as the common divisor', () => {
    const divisor = commonDivisor(withRoots([1n, 2n, 2n, 9n], 3n), withRoots([2n, 2n, 9n, 4n], 7n))
    assert.deepEqual(divisor, withRoots([2n, 2n, 9n]))
    assert.deepEqual(commonDivisor([], withRoots([1n], 5n)), withRoots([1n]))
    assert.deepEqual(commonDivisor([], []), [])
  })
})
