import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  assertCanonical,
  assertInt,
  assertUint,
  FIELD,
  fromField,
  isInt,
  isUint,
  max,
  min,
  mulDivDown,
  mulDivUp,
  toField,
} from '../../protocol/numbers.ts'

const HALF = (FIELD - 1n) / 2n

test('a negative integer x is r - |x|, and comes back', () => {
  assert.equal(toField(-1n), FIELD - 1n)
  for (const x of [0n, 1n, -1n, HALF, -HALF, 1n << 80n, -(1n << 80n)]) assert.equal(fromField(toField(x)), x)
})

test('integers outside the field are refused, never reduced', () => {
  assert.equal(toField(FIELD - 1n), FIELD - 1n)
  for (const x of [FIELD, FIELD + 1n, 1n << 300n, -HALF - 1n]) {
    assert.throws(() => toField(x), { code: 'INPUT_INVALID' })
  }
})

test('canonical means 0 <= x < r, and the error names the field', () => {
  for (const x of [0n, 1n, FIELD - 1n]) assert.equal(assertCanonical(x, 'x'), x)
  for (const x of [-1n, FIELD, FIELD + 5n]) {
    assert.throws(() => assertCanonical(x, 'proof.a'), { code: 'INPUT_INVALID', path: 'proof.a' })
  }
})

test('what is no bigint is none of these, whatever it is equal to', () => {
  for (const x of ['5', 5, 5.5, true, null, undefined, Number.NaN, [], [5n], {}] as never[]) {
    assert.throws(() => assertCanonical(x, 'place'), { code: 'INPUT_INVALID', path: 'place' })
    assert.throws(() => assertUint(x, 8, 'place'), { code: 'INPUT_INVALID', path: 'place' })
    assert.throws(() => assertInt(x, 8, 'place'), { code: 'INPUT_INVALID', path: 'place' })
  }
})

test('unsigned and signed widths include 0 and exclude 2^n', () => {
  for (const bits of [1, 17, 48, 64, 80]) {
    const top = 1n << BigInt(bits)
    assert.deepEqual(
      [-1n, 0n, top - 1n, top].map((x) => isUint(x, bits)),
      [false, true, true, false],
    )
    assert.deepEqual(
      [-top, 1n - top, 0n, top - 1n, top].map((x) => isInt(x, bits)),
      [false, true, true, true, false],
    )
    assert.throws(() => assertUint(top, bits, 'x'), { code: 'INPUT_INVALID', path: 'x' })
    assert.throws(() => assertInt(-top, bits, 'x'), { code: 'INPUT_INVALID', path: 'x' })
    assert.equal(assertUint(top - 1n, bits, 'x'), top - 1n)
    assert.equal(assertInt(1n - top, bits, 'x'), 1n - top)
  }
})

test('mulDivUp and mulDivDown bracket the quotient and differ only where there is a remainder', () => {
  const operand = fc.bigInt(0n, 1n << 80n)
  fc.assert(
    fc.property(operand, operand, fc.bigInt(1n, 1n << 40n), (a, b, divisor) => {
      const up = mulDivUp(a, b, divisor)
      const down = mulDivDown(a, b, divisor)
      assert.ok(down * divisor <= a * b && a * b <= up * divisor)
      assert.equal(up - down, (a * b) % divisor === 0n ? 0n : 1n)
    }),
  )
  assert.equal(mulDivUp(0n, 5n, 10_000n), 0n)
})

test('min and max', () => {
  assert.deepEqual([min(-1n, 2n), max(-1n, 2n), min(3n, 3n)], [-1n, 2n, 3n])
})
