import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { boundedSums, wrappedSums } from '../../audit/bounded-sum.ts'
import { divide } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'

const bits = (count: number, preferred: (i: number) => bigint = () => 0n) =>
  Array.from({ length: count }, (_, i) => ({
    wire: i,
    coefficient: (1n << BigInt(i)) % FIELD,
    bound: 1n,
    preferred: preferred(i),
  }))
const numberOf = (solution: readonly (readonly [number, bigint])[]) =>
  solution.reduce((sum, [wire, bit]) => sum + (bit << BigInt(wire)), 0n)

test('finds every choice of bits for weights of either sign', () => {
  const weights = fc.array(
    fc.integer({ min: -5, max: 5 }).filter((weight) => weight !== 0),
    { minLength: 1, maxLength: 8 },
  )
  fc.assert(
    fc.property(weights, fc.integer({ min: -9, max: 9 }), (list, total) => {
      const field = (x: number) => (BigInt(x) + FIELD) % FIELD
      const terms = list.map((weight, wire) => ({ wire, coefficient: field(weight), bound: 1n, preferred: 1n }))
      const found = [...boundedSums(terms, field(total))].map((solution) => Number(numberOf(solution)))
      const expected = Array.from({ length: 1 << list.length }, (_, mask) => mask).filter(
        (mask) => list.reduce((sum, weight, i) => sum + ((mask >> i) & 1) * weight, 0) === total,
      )
      assert.deepEqual(
        found.toSorted((a, b) => a - b),
        expected,
      )
    }),
  )
})

test('finds both spellings of a number in 254 bits, its own first, and one in 253', () => {
  const x = 12_345n
  const spelt = [
    ...boundedSums(
      bits(254, (i) => (x >> BigInt(i)) & 1n),
      x,
    ),
  ].map(numberOf)
  assert.deepEqual(spelt, [x, x + FIELD])
  assert.deepEqual([...boundedSums(bits(253), x)].map(numberOf), [x])
})

test('sees through a sum that was divided by one of its coefficients', () => {
  const x = 12_345n
  const divided = bits(254).map((bit) => ({ ...bit, coefficient: divide(bit.coefficient, 1n << 99n) }))
  const spelt = [...boundedSums(divided, divide(x, 1n << 99n))].map(numberOf)
  assert.deepEqual(new Set(spelt), new Set([x, x + FIELD]))
})

test('splits a number into mixed limbs', () => {
  const limbs = [
    { wire: 0, coefficient: 256n, bound: 255n, preferred: 0n },
    { wire: 1, coefficient: 1n, bound: 511n, preferred: 0n },
  ]
  const found = [...boundedSums(limbs, 1_000n)].map((solution) => new Map(solution))
  assert.ok(found.length >= 2)
  for (const limb of found) assert.equal(256n * limb.get(0)! + limb.get(1)!, 1_000n)
  assert.deepEqual([...boundedSums(limbs, 70_000n)], [])
})

test('finds the other integers that the terms of a sum add up to modulo the field prime, of each what a division has', () => {
  const base = 10n ** 20n
  const x = 12_345n
  const digits = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      wire: i,
      coefficient: base ** BigInt(i) % FIELD,
      bound: base - 1n,
      preferred: i === 0 ? x : 0n,
    }))
  const sumsOf = (count: number) =>
    [...wrappedSums(digits(count))].map((solution) => {
      for (const [, digit] of solution) assert.ok(digit >= 0n && digit < base)
      return solution.reduce((sum, [wire, digit]) => sum + digit * base ** BigInt(wire), 0n)
    })
  // 10^60 < r < 10^80.
  const found = sumsOf(4)
  assert.ok(found.includes(x + FIELD))
  for (const sum of found) assert.equal(sum % FIELD, x)
  assert.equal(new Set(found).size, found.length)
  assert.deepEqual(sumsOf(3), [])
  // 7 * 5 + 9 and 8 * 5 + 4, where the lower digit has room for more than 5.
  const loose = [
    { wire: 0, coefficient: 5n, bound: 20n, preferred: 7n },
    { wire: 1, coefficient: 1n, bound: 9n, preferred: 9n },
  ]
  assert.deepEqual(
    [...wrappedSums(loose)].map((solution) => solution.map(([, digit]) => digit)),
    [[8n, 4n]],
  )
})
