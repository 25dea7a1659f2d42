import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quadraticRoots, squareRoot } from '../../audit/field.ts'
import { divide, power } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { Random } from '../../protocol/random.ts'

const random = new Random(7n)
const element = () =>
  ((random.next() << 192n) | (random.next() << 128n) | (random.next() << 64n) | random.next()) % FIELD

test('finds a root of every square and none of a non-square', () => {
  for (const x of [0n, 1n, 2n, FIELD - 1n, ...Array.from({ length: 50 }, element)]) {
    const root = squareRoot((x * x) % FIELD)
    assert.ok(root === x || root === (FIELD - x) % FIELD)
    const isSquare = x === 0n || power(x, (FIELD - 1n) / 2n) === 1n
    assert.equal(squareRoot(x) !== undefined, isSquare)
  }
})

test('divides, and refuses to divide by zero', () => {
  for (const b of [1n, 2n, FIELD - 1n, element()]) assert.equal((divide(-5n, b) * b - -5n) % FIELD, 0n)
  assert.throws(() => divide(1n, FIELD), { code: 'INPUT_INVALID' })
})

test('solves equations of degree two, one and none', () => {
  const sorted = (roots: bigint[] | 'every') => (roots === 'every' ? roots : roots.toSorted((a, b) => (a < b ? -1 : 1)))
  assert.deepEqual(sorted(quadraticRoots(1n, -5n, 6n)), [2n, 3n])
  assert.deepEqual(quadraticRoots(1n, -4n, 4n), [2n])
  assert.deepEqual(quadraticRoots(1n, 0n, -5n), [], '5 is no square mod r')
  assert.deepEqual(quadraticRoots(0n, 2n, -6n), [3n])
  assert.deepEqual(quadraticRoots(0n, 0n, 1n), [])
  assert.equal(quadraticRoots(FIELD, 0n, 0n), 'every')
})
