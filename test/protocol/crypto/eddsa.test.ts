import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { buildEddsa, type Point as LibraryPoint } from 'circomlibjs'
import fc from 'fast-check'
import {
  addPoints,
  BASE,
  equal,
  isOnCurve,
  NEUTRAL,
  type Point,
  SUBGROUP_ORDER,
} from '../../../protocol/crypto/baby-jubjub.ts'
import { isPublicKey, isScalar, publicKey, sign, verify } from '../../../protocol/crypto/eddsa.ts'
import { nativePrimitives, type Primitives, portable } from '../../../protocol/crypto/primitives.ts'
import { FIELD } from '../../../protocol/numbers.ts'

const circomlib = await buildEddsa()
const { F, babyJub } = circomlib
const toLibrary = ({ x, y }: Point): LibraryPoint => [F.e(x), F.e(y)]
const fromLibrary = ([x, y]: LibraryPoint): Point => ({ x: F.toObject(x), y: F.toObject(y) })

const privateKey = fc.uint8Array({ minLength: 32, maxLength: 32 })
const element = fc.oneof(fc.constantFrom(0n, 1n, FIELD - 1n), fc.bigInt(0n, FIELD - 1n))

/** Of order 8: the curve has eight such multiples, in no subgroup of keys. */
const TORSION = fromLibrary(babyJub.mulPointEscalar(babyJub.Generator, SUBGROUP_ORDER))
const torsion = fc.integer({ min: 0, max: 7 }).map((i) => portable.multiply(TORSION, BigInt(i)))

suite('BabyJubJub', () => {
  const implementations: [string, Primitives][] = [
    ['plain integers', portable],
    ['the addon', nativePrimitives()!],
    ["the addon's path for carry chains", nativePrimitives('adx')!],
    ["the addon's portable path", nativePrimitives('portable')!],
  ]
  for (const [name, { multiply, multiplyBase, isSum, isInSubgroup }] of implementations) {
    test(`${name} multiply as circomlibjs does, outside the subgroup too`, () => {
      const scalars = fc.oneof(
        fc.constantFrom(0n, 1n, SUBGROUP_ORDER - 1n, SUBGROUP_ORDER, 8n * SUBGROUP_ORDER, (1n << 256n) - 1n),
        fc.bigInt(0n, (1n << 256n) - 1n),
      )
      fc.assert(
        fc.property(fc.bigInt(0n, SUBGROUP_ORDER), torsion, scalars, (k, shift, scalar) => {
          const point = addPoints(portable.multiply(BASE, k), shift)
          assert.deepEqual(multiply(point, scalar), fromLibrary(babyJub.mulPointEscalar(toLibrary(point), scalar)))
        }),
        { numRuns: 30 },
      )
      for (const point of [NEUTRAL, TORSION, BASE]) {
        assert.deepEqual(multiply(point, 0n), NEUTRAL)
        assert.deepEqual(multiply(point, 8n * SUBGROUP_ORDER), NEUTRAL)
      }
    })

    test(`${name} multiply the generator as they do any point`, () => {
      const edges = [0n, 1n, 15n, 16n, SUBGROUP_ORDER - 1n, SUBGROUP_ORDER, (1n << 256n) - 1n]
      const scalars = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, (1n << 256n) - 1n))
      fc.assert(
        fc.property(scalars, (scalar) => {
          assert.deepEqual(multiplyBase(scalar), fromLibrary(babyJub.mulPointEscalar(toLibrary(BASE), scalar)))
        }),
        { numRuns: 20 },
      )
      for (const scalar of edges) assert.deepEqual(multiplyBase(scalar), portable.multiply(BASE, scalar))
    })

    test(`${name} tell that scalar * BASE = point + times * key, and no other point, outside the subgroup too`, () => {
      const edges = [0n, 1n, 127n, 128n, 129n, SUBGROUP_ORDER - 1n, SUBGROUP_ORDER, (1n << 254n) - 1n]
      const scalars = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, (1n << 254n) - 1n))
      const keys = fc.tuple(fc.bigInt(0n, SUBGROUP_ORDER - 1n), torsion)
      const check = (scalar: bigint, times: bigint, [k, shift]: [bigint, Point], other: Point) => {
        const key = addPoints(portable.multiply(BASE, k), shift)
        const negative = { x: (FIELD - key.x) % FIELD, y: key.y }
        const point = addPoints(portable.multiply(BASE, scalar), portable.multiply(negative, times))
        assert.ok(isSum(point, key, scalar, times))
        const off = addPoints(point, other)
        assert.equal(isSum(off, key, scalar, times), equal(off, point))
        assert.ok(!isSum(addPoints(point, BASE), key, scalar, times))
      }
      fc.assert(fc.property(scalars, scalars, keys, torsion, check), { numRuns: 20 })
      for (const scalar of edges) for (const times of edges) check(scalar, times, [5n, TORSION], TORSION)
    })

    test(`${name} tell the subgroup of prime order without its neutral element from all else`, () => {
      const check = (k: bigint, shift: Point) => {
        const point = addPoints(portable.multiply(BASE, k), shift)
        const expected = !equal(point, NEUTRAL) && equal(portable.multiply(point, SUBGROUP_ORDER), NEUTRAL)
        assert.equal(isInSubgroup(point), expected)
      }
      fc.assert(fc.property(fc.bigInt(0n, SUBGROUP_ORDER), torsion, check), { numRuns: 30 })
      for (let i = 0n; i < 8n; i++) {
        for (const k of [0n, 1n, 2n, SUBGROUP_ORDER - 1n]) check(k, portable.multiply(TORSION, i))
      }
    })
  }

  test('points add as in circomlibjs, without exceptions', () => {
    const points = fc
      .tuple(fc.bigInt(0n, 8n), torsion)
      .map(([k, shift]) => addPoints(portable.multiply(BASE, k), shift))
    fc.assert(
      fc.property(points, points, (p, q) => {
        const sum = fromLibrary(babyJub.addPoint(toLibrary(p), toLibrary(q)))
        assert.deepEqual(addPoints(p, q), sum)
        assert.ok(isOnCurve(sum))
      }),
      { numRuns: 60 },
    )
    assert.ok(!isOnCurve({ x: BASE.x, y: BASE.y + 1n }))
    assert.ok(!isOnCurve({ x: BASE.x + FIELD, y: BASE.y }))
    assert.ok(!isOnCurve({ x: BASE.x - FIELD, y: BASE.y }))
  })

  test('the addon refuses coordinates that are no field elements, and scalars of more than 256 bits', () => {
    const { multiply, multiplyBase, isSum, isInSubgroup } = nativePrimitives()!
    for (const x of [FIELD, -1n]) {
      assert.throws(() => multiply({ x, y: 1n }, 1n))
      assert.throws(() => isInSubgroup({ x, y: 1n }))
      assert.throws(() => isSum({ x, y: 1n }, BASE, 1n, 1n))
      assert.throws(() => isSum(BASE, { x, y: 1n }, 1n, 1n))
    }
    for (const scalar of [-1n, 1n << 256n]) {
      assert.throws(() => multiply(BASE, scalar))
      assert.throws(() => multiplyBase(scalar))
    }
    for (const scalar of [-1n, 1n << 254n]) {
      assert.throws(() => isSum(BASE, BASE, scalar, 1n))
      assert.throws(() => isSum(BASE, BASE, 1n, scalar))
    }
  })
})

suite('EdDSA-Poseidon', () => {
  test('keys and signatures are those of circomlibjs', () => {
    fc.assert(
      fc.property(privateKey, element, (key, message) => {
        assert.deepEqual(publicKey(key), fromLibrary(circomlib.prv2pub(key)))
        const { R8, S } = circomlib.signPoseidon(key, F.e(message))
        assert.deepEqual(sign(key, message), { R8: fromLibrary(R8), S })
      }),
      { numRuns: 25 },
    )
  })

  test('a signature is valid exactly where circomlibjs says so and the key is one that an account may have', () => {
    const lies = fc.record({
      message: fc.constantFrom(0n, 0n, 0n, 1n),
      S: fc.constantFrom(0n, 0n, 0n, 1n, SUBGROUP_ORDER),
      R8: torsion,
      key: torsion,
    })
    const seen = new Map([
      [true, 0],
      [false, 0],
    ])
    fc.assert(
      fc.property(privateKey, element, lies, (secret, message, lie) => {
        const honest = sign(secret, message)
        const signature = { R8: addPoints(honest.R8, lie.R8), S: honest.S + lie.S }
        const key = addPoints(publicKey(secret), lie.key)
        const other = (message + lie.message) % FIELD
        const [R8, A] = [toLibrary(signature.R8), toLibrary(key)]
        const expected = isPublicKey(key) && circomlib.verifyPoseidon(F.e(other), { R8, S: signature.S }, A)
        assert.equal(verify(other, signature, key), expected)
        seen.set(expected, seen.get(expected)! + 1)
      }),
      { numRuns: 60 },
    )
    const honest = sign(new Uint8Array(32).fill(3), 5n)
    assert.ok(verify(5n, honest, publicKey(new Uint8Array(32).fill(3))))
    assert.ok(seen.get(false)! > 0)
  })

  test('a signature for a key outside the subgroup is refused, which circomlibjs accepts and no circuit can prove', () => {
    const [secret, nonce, message] = [77n, 1234567n, 5n]
    const key = addPoints(portable.multiply(BASE, secret), TORSION)
    const R8 = portable.multiply(BASE, nonce)
    const challenge = portable.poseidon(0n, [R8.x, R8.y, key.x, key.y, message])
    const S = (nonce + 8n * challenge * secret) % SUBGROUP_ORDER
    assert.ok(circomlib.verifyPoseidon(F.e(message), { R8: toLibrary(R8), S }, toLibrary(key)))
    assert.ok(!verify(message, { R8, S }, key))
    assert.ok(!isPublicKey(key))
    for (let order = 1n; order <= 8n; order *= 2n) {
      // under such a key circomlibjs's equation holds for any message
      const weak = portable.multiply(TORSION, 8n / order)
      assert.ok(!verify(message, { R8, S: nonce }, weak), `a key of order ${order}`)
    }
  })

  test('a scalar is reduced and not 0, which circuits cannot spell', () => {
    for (const S of [1n, 2n, SUBGROUP_ORDER - 1n]) assert.ok(isScalar(S))
    for (const S of [0n, -1n, SUBGROUP_ORDER, SUBGROUP_ORDER + 1n]) assert.ok(!isScalar(S))
    const secret = new Uint8Array(32).fill(9)
    assert.ok(!verify(5n, { R8: sign(secret, 5n).R8, S: 0n }, publicKey(secret)))
  })

  test('messages and numbers that are not canonical are refused', () => {
    const secret = new Uint8Array(32).fill(9)
    const { R8, S } = sign(secret, 5n)
    const key = publicKey(secret)
    assert.ok(!verify(5n + FIELD, { R8, S }, key))
    assert.ok(!verify(-1n, { R8, S }, key))
    assert.ok(!verify(5n, { R8, S: S - SUBGROUP_ORDER }, key))
    assert.ok(!verify(5n, { R8: { x: R8.x + FIELD, y: R8.y }, S }, key))
    assert.ok(!verify(5n, { R8, S }, { x: key.x, y: key.y + FIELD }))
  })
})
