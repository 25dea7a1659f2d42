import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bn254 } from '@noble/curves/bn254.js'
import fc from 'fast-check'
import { loadCurve } from '../../keys/dev/curve.ts'
import { pathNumber } from '../../protocol/crypto/native-addon.ts'
import { FIELD } from '../../protocol/numbers.ts'
import {
  BASE_FIELD,
  type Fq2,
  G1_GENERATOR,
  type G1Point,
  G2_GENERATOR,
  type G2Point,
  isInG1,
  isOnTwist,
  negate,
} from '../../verifier/curve.ts'
import type { CurveOperations } from '../../verifier/curve-operations.ts'
import { type CurveAddon, nativeCurve } from '../../verifier/native-curve.ts'
import { nobleCurve } from '../../verifier/noble-curve.ts'
import { combine, isInG2, pairingIsOne } from '../../verifier/pairing.ts'
import { loadTestAddon } from '../support/native-addon.ts'

/** Everything is compared with snarkjs's WebAssembly, which shares no code with what verifies here. */
const snarkjs = await loadCurve()
const { G1, G2 } = snarkjs
const { Fp2 } = bn254.fields

// The addon of the tests, which the slow suite also runs with sanitizers.
const addon = (await loadTestAddon()) as unknown as CurveAddon
const implementations: [name: string, CurveOperations][] = [
  ['noble-curves', nobleCurve],
  ...['portable', 'adx', 'ifma'].map((path): [string, CurveOperations] => {
    return [`the addon's path ${path}`, nativeCurve(addon, pathNumber(path))]
  }),
]

const scalar = fc.oneof(fc.constantFrom(0n, 1n, 2n, FIELD - 1n), fc.bigInt(0n, FIELD - 1n))
const coordinate = fc.oneof(fc.constantFrom(0n, 1n, BASE_FIELD - 1n), fc.bigInt(0n, BASE_FIELD - 1n))

const toG1 = (point: G1Point | null) => (point === null ? G1.zero : G1.fromObject(point))
const fromG1 = (bytes: Uint8Array): G1Point | null =>
  G1.isZero(bytes) ? null : (G1.toObject(G1.toAffine(bytes)).slice(0, 2) as unknown as G1Point)
const g2 = (bytes: Uint8Array) => G2.toObject(G2.toAffine(bytes)).slice(0, 2) as unknown as G2Point

/** A point of the curve that G2 is a part of, nearly always outside G2: the first x from this one on that has a y. */
function twistPoint(start: Fq2): G2Point {
  for (let c0 = start[0]; ; c0 = (c0 + 1n) % BASE_FIELD) {
    const x = { c0, c1: start[1] }
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), bn254.G2.Point.CURVE().b)
    try {
      const y = Fp2.sqrt(square)
      return [
        [c0, start[1]],
        [y.c0, y.c1],
      ]
    } catch {
      // No square: the next x.
    }
  }
}

/** Of the twisted curve's order, r times this; its smallest factor is 10069. */
const COFACTOR = 2n * BASE_FIELD - FIELD
const SMALL_ORDER = 10069n

test('membership of G1 is what snarkjs says, and nothing but a pair of canonical numbers is a member', () => {
  fc.assert(
    fc.property(scalar, coordinate, coordinate, (k, x, y) => {
      const point = fromG1(G1.timesScalar(G1.g, k))
      if (point !== null) assert.ok(isInG1(point))
      assert.equal(isInG1([x, y]), G1.isValid(G1.fromObject([x, y])) && (x !== 0n || y !== 0n))
    }),
    { numRuns: 50 },
  )
  const [x, y] = G1_GENERATOR
  for (const bad of [
    null,
    undefined,
    [],
    [x],
    [x, y, 1n],
    [x + BASE_FIELD, y],
    [x, y - BASE_FIELD],
    [0n, 0n],
    ['1', '2'],
  ])
    assert.ok(!isInG1(bad))
})

for (const [name, by] of implementations) {
  test(`membership of G2 is what snarkjs says, for points of every kind of order: ${name}`, () => {
    const inGroup = (point: G2Point) => {
      const bytes = G2.fromObject(point)
      return G2.isValid(bytes) && !G2.isZero(bytes) && G2.isZero(G2.timesScalar(bytes, FIELD))
    }
    const smallOrder = G2.timesScalar(G2.fromObject(twistPoint([5n, 7n])), (COFACTOR / SMALL_ORDER) * FIELD)
    assert.ok(!G2.isZero(smallOrder) && G2.isZero(G2.timesScalar(smallOrder, SMALL_ORDER)))
    assert.equal(COFACTOR % SMALL_ORDER, 0n)
    let outside = 0
    fc.assert(
      fc.property(
        coordinate,
        coordinate,
        fc.bigInt(1n, FIELD - 1n),
        fc.bigInt(0n, SMALL_ORDER - 1n),
        (a, b, k, shift) => {
          const any = twistPoint([a, b])
          const member = G2.timesScalar(G2.g, k)
          const shifted = g2(G2.add(member, G2.timesScalar(smallOrder, shift)))
          for (const point of [any, g2(member), shifted]) {
            assert.ok(isOnTwist(point))
            assert.equal(isInG2(point, by), inGroup(point))
            if (!isInG2(point, by)) outside += 1
            const [[x0, x1], y] = point
            assert.ok(
              !isOnTwist([
                [x0, x1],
                [(y[0] + 1n) % BASE_FIELD, y[1]],
              ]),
            )
            assert.ok(!isInG2([[x0 + BASE_FIELD, x1], y], by))
          }
        },
      ),
      { numRuns: 25 },
    )
    assert.ok(outside > 25)
    const [x, y] = G2_GENERATOR
    const zero = [0n, 0n]
    for (const bad of [null, undefined, [], [x], [x, y, x], [zero, zero], [x, [y[0]]], [x, [y[0], '1']]]) {
      assert.ok(!isInG2(bad, by))
    }
  })

  test(`sums of multiples are those of snarkjs, infinity among them: ${name}`, () => {
    const terms = fc.array(fc.tuple(scalar, scalar), { maxLength: 5 })
    fc.assert(
      fc.property(terms, (pairs) => {
        const points = pairs.map(([k, multiple]) => [k, fromG1(G1.timesScalar(G1.g, multiple))] as const)
        const sum = points.reduce((sum, [k, point]) => G1.add(sum, G1.timesScalar(toG1(point), k)), G1.zero)
        assert.deepEqual(combine(points, by), fromG1(sum))
      }),
      { numRuns: 30 },
    )
    assert.equal(
      combine(
        [
          [1n, G1_GENERATOR],
          [FIELD - 1n, G1_GENERATOR],
        ],
        by,
      ),
      null,
    )
    for (const outside of [-1n, FIELD]) assert.throws(() => combine([[outside, G1_GENERATOR]], by), RangeError)
    assert.equal(negate(null), null)
    assert.deepEqual(combine([[1n, negate(G1_GENERATOR)]], by), combine([[FIELD - 1n, G1_GENERATOR]], by))
  })

  test(`products of pairings are one exactly where snarkjs says so, with points at infinity too: ${name}`, async () => {
    const off = fc.oneof(fc.constantFrom(0n, 0n, 1n), fc.bigInt(1n, FIELD - 1n))
    const factors = fc.tuple(scalar, fc.bigInt(1n, FIELD - 1n), scalar, fc.bigInt(1n, FIELD - 1n), off)
    const verdicts = new Set<boolean>()
    await fc.assert(
      fc.asyncProperty(factors, async ([a, b, c, d, error]) => {
        // e(aG, bH) e(cG, dH) e(-(ab + cd + error)G, H)
        const product = ((-(a * b + c * d + error) % FIELD) + FIELD) % FIELD
        const firsts = [a, c, product].map((k) => G1.timesScalar(G1.g, k))
        const seconds = [b, d, 1n].map((k) => G2.timesScalar(G2.g, k))
        const expected = await snarkjs.pairingEq(...firsts.flatMap((first, i) => [first, seconds[i]!]))
        const pairs = firsts.map((first, i) => [fromG1(first), g2(seconds[i]!)] as const)
        assert.equal(expected, error === 0n)
        assert.equal(pairingIsOne(pairs, by), expected)
        verdicts.add(expected)
      }),
      { numRuns: 25 },
    )
    assert.equal(verdicts.size, 2)
    assert.equal(pairingIsOne([], by), true)
    assert.equal(pairingIsOne([[null, G2_GENERATOR]], by), true)
  })
}

test('a pairing is that of the point as it is now: only of points that cannot change is anything kept', () => {
  const isOne = (point: G2Point) =>
    pairingIsOne(
      [
        [G1_GENERATOR, G2_GENERATOR],
        [negate(G1_GENERATOR), point],
      ],
      nobleCurve,
    )
  const twice = g2(G2.timesScalar(G2.g, 2n))
  const outside: [Fq2, Fq2] = [...G2_GENERATOR]
  const inside = G2_GENERATOR.map((part) => [...part]) as [[bigint, bigint], [bigint, bigint]]
  const halfFrozen = Object.freeze(G2_GENERATOR.map((part) => [...part])) as unknown as typeof inside
  for (const point of [outside, inside, halfFrozen]) assert.equal(isOne(point), true)
  ;[outside[0], outside[1]] = twice
  for (const point of [inside, halfFrozen]) {
    for (const i of [0, 1]) [point[i]![0], point[i]![1]] = twice[i]!
  }
  for (const point of [outside, inside, halfFrozen]) assert.equal(isOne(point), false)
})

test('the addon refuses numbers that are not canonical, and lists that are no points', () => {
  const [x, y] = G1_GENERATOR
  const g2 = G2_GENERATOR.flat()
  for (const path of [0, 1, 2]) {
    for (const bad of [BASE_FIELD, -1n, 1n << 256n, 1 as never]) {
      assert.throws(() => addon.pairingIsOne(path, [bad, y], g2))
      assert.throws(() => addon.pairingIsOne(path, [x, y], [bad, ...g2.slice(1)]))
      assert.throws(() => addon.combineG1(path, [1n], [x, bad]))
      assert.throws(() => addon.isInG2(path, [...g2.slice(1), bad]))
    }
    for (const bad of [FIELD, -1n]) assert.throws(() => addon.combineG1(path, [bad], [x, y]))
    assert.throws(() => addon.combineG1(path, [1n, 1n], [x, y]))
    assert.throws(() => addon.combineG1(path, [1n], [x]))
    assert.throws(() => addon.isInG2(path, [...g2, ...g2]))
    assert.throws(() => addon.isInG2(path, []))
    assert.throws(() => addon.pairingIsOne(path, [x, y], [...g2, ...g2]))
    assert.throws(() => addon.pairingIsOne(path, Array(9).fill([x, y]).flat(), Array(9).fill(g2).flat()))
  }
})
