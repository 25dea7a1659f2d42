import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import fc from 'fast-check'
import { FIELD } from '../../../protocol/numbers.ts'
import { BASE_FIELD } from '../../../verifier/curve.ts'
import { type FieldOperation, loadTestAddon, nativePaths, type TestAddon } from '../../support/native-addon.ts'
import {
  fromBytes,
  fromMontgomery,
  mod,
  power,
  quotientReference,
  reference,
  toBytes,
  toMontgomery,
} from '../../support/native-reference.ts'

let addon: TestAddon
before(async () => {
  addon = await loadTestAddon()
})

/** Elements with the values where carries and reductions happen. */
function elements(prime: bigint) {
  const edges = [
    0n,
    1n,
    2n,
    prime - 1n,
    prime - 2n,
    prime >> 1n,
    (1n << 64n) - 1n,
    1n << 64n,
    (1n << 192n) - 1n,
    1n << 253n,
  ]
  return fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: prime - 1n }))
}

suite('native field arithmetic', () => {
  const inverse = (value: bigint, prime: bigint) => power(value, prime - 2n, prime)
  const OPERATIONS: Record<FieldOperation, (a: bigint, b: bigint, prime: bigint) => bigint> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b, prime) => a * inverse(b, prime),
    '^': (a) => a * a,
    n: (a) => -a,
    d: (a) => 2n * a,
    m: (a, _, prime) => fromMontgomery(a, prime),
  }

  for (const [field, prime] of [
    ['q', BASE_FIELD],
    ['r', FIELD],
  ] as const) {
    test(`agrees with big integers in the field ${field}`, () => {
      for (const path of addon.paths().includes('adx') ? (['adx', 'portable'] as const) : (['portable'] as const)) {
        const check = (a: bigint, b: bigint) => {
          const [x, y] = [a, b].map((value) => toBytes([toMontgomery(value, prime)]))
          for (const [operation, expected] of Object.entries(OPERATIONS)) {
            const [out] = fromBytes(addon.field(path, field, operation as FieldOperation, x!, y!))
            assert.ok(out! < prime)
            assert.equal(
              fromMontgomery(out!, prime),
              mod(expected(a, b, prime), prime),
              `${path} ${a} ${operation} ${b}`,
            )
          }
        }
        fc.assert(fc.property(elements(prime), elements(prime), check), { numRuns: 300 })
      }
    })
  }

  test('agrees with big integers in the quadratic extension', () => {
    const q = BASE_FIELD
    const multiply = ([a, b]: bigint[], [c, d]: bigint[]) => [mod(a! * c! - b! * d!, q), mod(a! * d! + b! * c!, q)]
    const element = fc.tuple(elements(q), elements(q))
    for (const path of addon.paths().includes('adx') ? (['adx', 'portable'] as const) : (['portable'] as const)) {
      const check = (a: bigint[], b: bigint[]) => {
        const encode = (value: bigint[]) => toBytes(value.map((x) => toMontgomery(x, q)))
        const run = (operation: FieldOperation) =>
          fromBytes(addon.field(path, '2', operation, encode(a), encode(b))).map((x) => fromMontgomery(x, q))
        assert.deepEqual(run('*'), multiply(a, b))
        assert.deepEqual(run('^'), multiply(a, a))
        assert.deepEqual(run('+'), [mod(a[0]! + b[0]!, q), mod(a[1]! + b[1]!, q)])
        const isZero = b[0] === 0n && b[1] === 0n
        assert.deepEqual(multiply(run('/'), b), isZero ? [0n, 0n] : a)
      }
      fc.assert(fc.property(element, element, check), { numRuns: 300 })
    }
  })
})

suite('native quotient polynomial', () => {
  for (const log of [0, 1, 2, 3, 5, 6, 7, 8]) {
    test(`agrees with interpolation by definition at size ${2 ** log}`, async () => {
      const values = fc.array(elements(FIELD), { minLength: 2 ** log, maxLength: 2 ** log })
      for (const [a, b] of fc.sample(fc.tuple(values, values), { numRuns: log < 7 ? 5 : 1, seed: log })) {
        const expected = quotientReference(a, b)
        for (const path of await nativePaths()) {
          const [x, y] = [a, b].map((list) => toBytes(list.map((value) => toMontgomery(value, FIELD))))
          assert.deepEqual(fromBytes(addon.quotient(path, x!, y!)), expected, path)
        }
      }
    })
  }
})

suite('native multi-exponentiation', () => {
  /** Factors of the generator for the bases, and scalars. */
  type Case = { factors: bigint[]; scalars: bigint[] }
  const repeat = (count: number, value: (i: number) => bigint) => Array.from({ length: count }, (_, i) => value(i))
  const spread = (i: number) => power(7n, BigInt(i + 3), FIELD)

  async function assertSum(group: 1 | 2, { factors, scalars }: Case) {
    const { point, sum, encode, decode } = reference(group)
    const known = new Map<bigint, readonly bigint[]>()
    const points = factors.map((factor) => {
      if (!known.has(factor)) known.set(factor, point(factor))
      return known.get(factor)!
    })
    const expected = sum(factors, scalars)
    for (const path of await nativePaths()) {
      for (const threads of [1, 2]) {
        const result = addon.multiExponentiation(path, group, encode(points), toBytes(scalars), threads)
        assert.deepEqual(decode(result), expected, `${path}, ${threads} threads`)
      }
    }
  }

  const CASES: Record<string, Case> = {
    nothing: { factors: [], scalars: [] },
    'one point': { factors: [3n], scalars: [FIELD - 1n] },
    'points at infinity only': { factors: [0n, 0n, 0n], scalars: [1n, 2n, FIELD - 1n] },
    'scalars that are all 0': { factors: repeat(40, spread), scalars: repeat(40, () => 0n) },
    'scalars that are all 1': { factors: repeat(300, (i) => BigInt(i + 1)), scalars: repeat(300, () => 1n) },
    'scalars that are all r - 1': {
      factors: repeat(300, (i) => BigInt(i + 1)),
      scalars: repeat(300, () => FIELD - 1n),
    },
    'one base again and again': { factors: repeat(500, () => 5n), scalars: repeat(500, spread) },
    'one base and one scalar again and again': { factors: repeat(2000, () => 5n), scalars: repeat(2000, () => 77n) },
    'opposite bases, which cancel': {
      factors: repeat(1000, (i) => (i % 2 ? FIELD - 9n : 9n)),
      scalars: repeat(1000, () => (1n << 200n) + 12345n),
    },
    'opposite scalars, which cancel': {
      factors: repeat(600, (i) => BigInt((i >> 1) + 1)),
      scalars: repeat(600, (i) => (i % 2 ? FIELD - spread(i >> 1) : spread(i >> 1))),
    },
    'scalars around half of r and powers of two': {
      factors: repeat(258, (i) => BigInt(i + 1)),
      scalars: repeat(258, (i) =>
        i < 254 ? mod((1n << BigInt(i)) - BigInt(i % 3), FIELD) : (FIELD >> 1n) + BigInt(i - 255),
      ),
    },
    'infinity among others': {
      factors: repeat(200, (i) => (i % 3 ? BigInt(i) : 0n)),
      scalars: repeat(200, spread),
    },
  }
  for (const group of [1, 2] as const) {
    for (const [name, value] of Object.entries(CASES)) {
      test(`in G${group}, of ${name}`, () => assertSum(group, value))
    }
    for (const size of [2, 3, 4, 7, 8, 9, 63, 64, 65, 1023, 1024, 1025]) {
      test(`in G${group}, of ${size} points`, () =>
        assertSum(group, { factors: repeat(size, (i) => BigInt((i * i) % 97)), scalars: repeat(size, spread) }))
    }
  }

  test('of more points than a batch has room for, in fewer buckets', () =>
    assertSum(1, {
      factors: repeat(20_000, (i) => BigInt((i % 500) + 1)),
      scalars: repeat(20_000, (i) => (i % 2 ? BigInt(i % 5) : spread(i))),
    }))
})
