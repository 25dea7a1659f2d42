import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { doubles, type Multiples, negatives, only, type Progression, sums, union } from '../../audit/curve/multiples.ts'
import { isNeverNeutral, ordersOfMultiples, ordersOfSum } from '../../audit/curve/orders.ts'
import { Random } from '../../protocol/random.ts'
import { isSquare, smallCurve } from '../support/small-curve.ts'

function numbersOf({ low, high, step }: Progression): bigint[] {
  const numbers = [low]
  while (numbers.at(-1)! < high) numbers.push(numbers.at(-1)! + step)
  assert.equal(numbers.at(-1), high)
  return numbers
}

const all = (multiples: Multiples) => new Set(multiples.flatMap(numbersOf))

function randomMultiples(random: Random): Multiples {
  const single = () => only(random.between(0n, 60n) - 30n)
  let multiples = single()
  for (let i = random.between(0n, 6n); i > 0n; i--) {
    multiples = random.pick([union, sums])(multiples, random.chance(30) ? doubles(multiples) : single())
  }
  return multiples
}

/** For the cyclic group of order 8 * 13: the order of an element, as a bit. */
const PRIME = 13n
function orderBit(element: bigint): number {
  const group = 8n * PRIME
  let [x, y] = [((element % group) + group) % group, group]
  while (y > 0n) [x, y] = [y, x % y]
  const order = group / x
  const hasPrime = order % PRIME === 0n
  return 1 << (Math.log2(Number(hasPrime ? order / PRIME : order)) + (hasPrime ? 4 : 0))
}

describe('multiples of a point', () => {
  it('hold all sums, doubles, negatives, and the numbers of both', () => {
    const random = new Random(5n)
    for (let i = 0; i < 300; i++) {
      const [a, b] = [randomMultiples(random), randomMultiples(random)]
      const [inA, inB] = [all(a), all(b)]
      const [sum, both] = [all(sums(a, b)), all(union(a, b))]
      for (const x of inA) for (const y of inB) assert.ok(sum.has(x + y))
      for (const x of [...inA, ...inB]) assert.ok(both.has(x))
      assert.deepEqual(all(negatives(a)), new Set([...inA].map((x) => -x)))
      assert.deepEqual(all(doubles(a)), new Set([...inA].map((x) => 2n * x)))
    }
  })

  it('keep odd numbers odd, and numbers of both signs off 0', () => {
    let ladder = only(1n)
    for (let i = 1n; i < 200n; i++) ladder = union(ladder, sums(ladder, only(2n ** i)))
    for (const { low, step } of ladder) assert.ok(low % 2n !== 0n && step % 2n === 0n)
    const window = Array.from({ length: 8 }, (_, k) => only(BigInt(k + 1))).reduce(union)
    let signed = union(window, negatives(window))
    for (let i = 0; i < 50; i++) {
      assert.ok(signed.every(({ low, high }) => low > 0n || high < 0n))
      let unit = union(window, negatives(window))
      for (let j = 0; j <= i; j++) for (let k = 0; k < 5; k++) unit = doubles(unit)
      signed = sums(signed, unit)
    }
  })

  it('have orders among those that are told, and are never neutral where it is said', () => {
    const random = new Random(6n)
    let never = 0
    for (let i = 0; i < 4000; i++) {
      const multiples = randomMultiples(random)
      const bases = Array.from({ length: 2 }, () => random.between(0n, 8n * PRIME - 1n))
      const orders = bases.reduce((set, base) => set | orderBit(base), 0)
      const told = ordersOfMultiples(orders, multiples, PRIME)
      const products = bases.flatMap((base) => [...all(multiples)].map((c) => c * base))
      for (const product of products) assert.ok((told & orderBit(product)) !== 0)
      if (!isNeverNeutral(orders, multiples, PRIME)) continue
      never++
      for (const product of products) assert.notEqual(orderBit(product), 1)
    }
    assert.ok(never > 400)
  })

  it('add up to points of the orders that are told', () => {
    const group = 8n * PRIME
    for (let x = 0n; x < group; x++) {
      for (let y = 0n; y < group; y++) {
        assert.ok((ordersOfSum(orderBit(x), orderBit(y)) & orderBit(x + y)) !== 0)
      }
    }
  })
})

// What the lemmas of the curve are argued with, by trying all values over a small field: a curve like Baby Jubjub, with a a
// square, d and a d none, and 8 l points for a prime l.
describe('the gadgets of the curve, over a small field', () => {
  const curve = smallCurve()
  const { p, a, d, A, B, mod, invert, points, montgomery, orderOf, add } = curve
  const field = Array.from({ length: p }, (_, i) => i)

  it('is a curve like Baby Jubjub', () => {
    assert.ok(isSquare(a, p) && !isSquare(d, p) && !isSquare(a * d, p))
    assert.equal(points.length % 8, 0)
    for (const [order, count] of [1, 2, 4, 8].map((n) => [n, n === 1 ? 1 : n / 2] as const)) {
      assert.equal(points.filter((point) => orderOf(point) === order).length, count)
    }
  })

  it('Edwards2Montgomery: the neutral element has no result, that of order 2 any v, all others one', () => {
    for (const point of points) {
      const us = field.filter((u) => mod(u * (1 - point.y) - (1 + point.y)) === 0)
      const results = us.flatMap((u) => field.filter((v) => mod(v * point.x - u) === 0).map((v) => ({ u, v })))
      const order = orderOf(point)
      assert.equal(results.length, order === 1 ? 0 : order === 2 ? p : 1)
      if (order > 2) assert.deepEqual(results[0], montgomery(point))
    }
  })

  it('Montgomery2Edwards: the point of order 2 has any x, all others one result', () => {
    for (const point of points.filter((one) => orderOf(one) > 1)) {
      const { u, v } = montgomery(point)
      const xs = field.filter((x) => mod(x * v - u) === 0)
      const ys = field.filter((y) => mod(y * (u + 1) - (u - 1)) === 0)
      assert.equal(xs.length, orderOf(point) === 2 ? p : 1)
      assert.deepEqual(ys, [point.y])
      if (orderOf(point) > 2) assert.deepEqual(xs, [point.x])
    }
  })

  it('MontgomeryAdd: equal points have any sum, opposite ones none, all others one', () => {
    const affine = points.filter((one) => orderOf(one) > 1).map((one) => [one, montgomery(one)] as const)
    for (const [i, [one, P]] of affine.entries()) {
      for (const [j, [other, Q]] of affine.entries()) {
        const slopes = field.filter((slope) => mod(slope * (Q.u - P.u) - (Q.v - P.v)) === 0)
        const sum = add(one, other)
        assert.equal(slopes.length, i === j ? p : sum.x === 0 && sum.y === 1 ? 0 : 1)
        if (slopes.length !== 1) continue
        const u = mod(B * slopes[0]! * slopes[0]! - A - P.u - Q.u)
        assert.deepEqual({ u, v: mod(slopes[0]! * (P.u - u) - P.v) }, montgomery(sum))
      }
    }
  })

  it('MontgomeryDouble: the point of order 2 has no result, all others one', () => {
    for (const point of points.filter((one) => orderOf(one) > 1)) {
      const { u, v } = montgomery(point)
      const slopes = field.filter((slope) => mod(slope * 2 * B * v - (3 * u * u + 2 * A * u + 1)) === 0)
      assert.equal(slopes.length, orderOf(point) === 2 ? 0 : 1)
      if (slopes.length === 0) continue
      const twice = mod(B * slopes[0]! * slopes[0]! - A - 2 * u)
      assert.deepEqual({ u: twice, v: mod(slopes[0]! * (u - twice) - v) }, montgomery(add(point, point)))
    }
  })

  it('BabyCheck: the factor beside x^2 is never 0', () => {
    for (const y of field) assert.notEqual(mod(a - d * y * y), 0)
  })

  it('knows why a and d matter: x = 0 is of order 1 or 2, and no other point is', () => {
    for (const point of points) assert.equal(point.x === 0, orderOf(point) <= 2)
    assert.ok(invert(1) === 1)
  })
})
