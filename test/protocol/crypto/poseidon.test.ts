import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { buildPoseidon } from 'circomlibjs'
import fc from 'fast-check'
import { poseidonDigest } from '../../../protocol/crypto/poseidon.ts'
import { nativePrimitives, type Primitives, portable } from '../../../protocol/crypto/primitives.ts'
import { FIELD } from '../../../protocol/numbers.ts'

const circomlib = await buildPoseidon()
const expected = (capacity: bigint, words: readonly bigint[]) => circomlib.F.toObject(circomlib(words, capacity))

const element = fc.oneof(fc.constantFrom(0n, 1n, FIELD - 1n, FIELD >> 1n), fc.bigInt(0n, FIELD - 1n))
const words = fc.array(element, { minLength: 1, maxLength: 16 })

/** What this machine has: plain integers, and the addon with eight lanes, with carry chains and with neither. */
const implementations: [string, Primitives][] = [
  ['plain integers', portable],
  ['the addon', nativePrimitives()!],
  ["the addon's path for carry chains", nativePrimitives('adx')!],
  ["the addon's portable path", nativePrimitives('portable')!],
]

for (const [name, { poseidon, poseidonState, poseidonAll }] of implementations) {
  suite(`Poseidon by ${name}`, () => {
    test('gives the published digests of circomlib', () => {
      assert.equal(
        poseidon(0n, [1n, 2n]),
        7853200120776062878684798364095072458815029376092732009249414926327459813530n,
      )
      assert.equal(
        poseidon(0n, [1n, 2n, 3n, 4n]),
        18821383157269793795438455681495246036402687001665670618754263018637548127333n,
      )
    })

    test('equals circomlibjs for every number of words, at both ends of the field', () => {
      for (let count = 1; count <= 16; count++) {
        for (const word of [0n, 1n, FIELD - 1n]) {
          const all = new Array<bigint>(count).fill(word)
          for (const capacity of [0n, 12n, FIELD - 1n]) {
            assert.equal(poseidon(capacity, all), expected(capacity, all), `${count} words`)
          }
        }
      }
    })

    test('equals circomlibjs at random', () => {
      const equal = (capacity: bigint, all: bigint[]) => assert.equal(poseidon(capacity, all), expected(capacity, all))
      fc.assert(fc.property(element, words, equal), { numRuns: 200 })
    })

    test('gives the state after the permutation as circomlibjs does, word by word, for every number of words', () => {
      const equal = (capacity: bigint, all: bigint[]) => {
        const state = circomlib(all, capacity, all.length + 1) as unknown as Uint8Array[]
        assert.deepEqual(
          poseidonState(capacity, all),
          state.map((word) => circomlib.F.toObject(word)),
        )
      }
      for (let count = 1; count <= 16; count++) equal(12n, new Array<bigint>(count).fill(FIELD - 1n))
      fc.assert(fc.property(element, words, equal), { numRuns: 50 })
    })

    test('gives many digests at once as it gives one: every width, any number of them, at both ends of the field', () => {
      const digests = fc.record({
        capacity: element,
        each: fc.integer({ min: 1, max: 16 }),
        count: fc.integer({ min: 0, max: 20 }),
        pool: fc.array(element, { minLength: 1, maxLength: 40 }),
      })
      fc.assert(
        fc.property(digests, ({ capacity, each, count, pool }) => {
          const all = Array.from({ length: each * count }, (_, i) => pool[i % pool.length]!)
          const one = Array.from({ length: count }, (_, i) => {
            return poseidonDigest(capacity, all.slice(i * each, (i + 1) * each))
          })
          assert.deepEqual(poseidonAll(capacity, all, each), one)
        }),
        { numRuns: 60 },
      )
      for (let each = 1; each <= 16; each++) {
        for (const word of [0n, FIELD - 1n]) {
          const digest = expected(FIELD - 1n, new Array<bigint>(each).fill(word))
          assert.deepEqual(poseidonAll(FIELD - 1n, new Array<bigint>(9 * each).fill(word), each), Array(9).fill(digest))
        }
      }
    })
  })
}

test('the addon gives thousands of digests, for which it starts threads, in their order', () => {
  const { poseidon, poseidonAll } = nativePrimitives()!
  const all = Array.from({ length: 3001 }, (_, i) => BigInt(i))
  assert.deepEqual(
    poseidonAll(3n, all, 1),
    all.map((word) => poseidon(3n, [word])),
  )
})

test('the addon refuses what is no field element, no list of 1 to 16, and parameters of another width', () => {
  const { poseidon, poseidonAll } = nativePrimitives()!
  for (const bad of [FIELD, -1n, 1n << 256n, 1 as never]) {
    assert.throws(() => poseidon(0n, [1n, bad]))
    assert.throws(() => poseidon(bad, [1n]))
    assert.throws(() => poseidonAll(0n, [1n, 1n, bad, 1n], 2))
    assert.throws(() => poseidonAll(bad, [1n, 1n], 2))
  }
  assert.throws(() => poseidonAll(0n, [1n, 1n, 1n], 2))
  assert.throws(() => poseidonAll(0n, new Array(17).fill(1n), 17))
  assert.throws(() => poseidonAll(0n, [1n], 0))
  assert.throws(() => poseidon(0n, []))
  assert.throws(() => poseidon(0n, new Array(17).fill(1n)))
  assert.throws(() => poseidon(0n, 'ab' as never))
})
