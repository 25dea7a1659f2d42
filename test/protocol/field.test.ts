import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invert, power, reduce } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { Random } from '../../protocol/random.ts'

test('the inverse is the power r - 2, of small, large, negative and random numbers alike', () => {
  const random = new Random(1n)
  const wide = Array.from({ length: 200 }, () => reduce(random.next() ** 4n + random.next()))
  const powers = Array.from({ length: 253 }, (_, i) => 1n << BigInt(i))
  for (const x of [
    1n,
    2n,
    3n,
    FIELD - 1n,
    FIELD - 2n,
    (FIELD - 1n) / 2n,
    (FIELD + 1n) / 2n,
    -5n,
    FIELD + 7n,
    ...powers,
    ...wide,
  ]) {
    const inverse = invert(x)
    assert.ok(inverse > 0n && inverse < FIELD)
    assert.equal(reduce(inverse * x), 1n)
    assert.equal(inverse, power(x, FIELD - 2n))
  }
})

test('zero has no inverse, nor has a multiple of r', () => {
  for (const x of [0n, FIELD, -FIELD]) assert.throws(() => invert(x), { code: 'INPUT_INVALID' })
})
