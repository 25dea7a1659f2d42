import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addPoints, BASE } from '../../../protocol/crypto/baby-jubjub.ts'
import { type PrimitiveAddon, portable, primitivesOf } from '../../../protocol/crypto/primitives.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { loadTestAddon } from '../../support/native-addon.ts'

const addon = (await loadTestAddon()) as unknown as PrimitiveAddon
const element = fc.oneof(fc.constantFrom(0n, 1n, FIELD - 1n), fc.bigInt(0n, FIELD - 1n))
const scalar = fc.oneof(fc.constantFrom(0n, 1n, (1n << 254n) - 1n), fc.bigInt(0n, (1n << 254n) - 1n))

// The addon of the tests, which the slow suite also runs with sanitizers.
for (const path of ['ifma', 'adx', 'portable']) {
  const native = primitivesOf(addon, path)

  test(`hashes of every width, one, some and many at once, on the path ${path}`, () => {
    for (let each = 1; each <= 16; each++) {
      const check = (capacity: bigint, pool: readonly bigint[], count: number) => {
        const words = Array.from({ length: each * count }, (_, i) => pool[i % pool.length]!)
        assert.deepEqual(native.poseidonAll(capacity, words, each), portable.poseidonAll(capacity, words, each))
        if (count === 0) return
        const first = words.slice(0, each)
        assert.deepEqual(native.poseidonState(capacity, first), portable.poseidonState(capacity, first))
        assert.equal(native.poseidon(capacity, first), portable.poseidon(capacity, first))
      }
      fc.assert(fc.property(element, fc.array(element, { minLength: 1 }), fc.nat(18), check), { numRuns: 3 })
    }
    const many = Array.from({ length: 2100 }, (_, i) => BigInt(i))
    assert.equal(native.poseidonAll(0n, many, 1)[2099], portable.poseidon(0n, [2099n]))
  })

  test(`hashes by another thread, many tasks at once, on the path ${path}`, async () => {
    const tasks = Array.from({ length: 12 }, async (_, task) => {
      const each = task + 1
      const words = Array.from({ length: each * (task === 0 ? 0 : 9 * task) }, (_, i) => BigInt(i + task))
      const later = native.poseidonAllLater(5n, words, each)
      const expected = portable.poseidonAll(5n, words, each)
      // What becomes of the list meanwhile is nothing to it.
      words.fill(0n)
      assert.deepEqual(await later, expected)
    })
    await Promise.all(tasks)
    await assert.rejects(native.poseidonAllLater(0n, [1n, FIELD], 2))
    await assert.rejects(native.poseidonAllLater(0n, [1n, 1n, 1n], 2))
  })

  test(`points on the path ${path}`, () => {
    fc.assert(
      fc.property(scalar, scalar, (k, times) => {
        const key = native.multiplyBase(k)
        assert.deepEqual(key, portable.multiply(BASE, k))
        const product = native.multiply(key, times)
        assert.deepEqual(product, portable.multiply(key, times))
        const negative = { x: (FIELD - product.x) % FIELD, y: product.y }
        const point = addPoints(key, negative)
        assert.ok(native.isSum(point, key, k, times))
        assert.equal(native.isSum(point, key, k ^ 1n, times), false)
        assert.equal(native.isInSubgroup(key), portable.isInSubgroup(key))
      }),
      { numRuns: 8 },
    )
  })
}
