import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { hashWords, poseidon } from '../../../protocol/hash.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { TAGS } from '../../../protocol/parameters.ts'

const shapes = { one: [1], sixteen: [16], seventeen: [17], thirtyThree: [33], fortySeven: [47] }
const hash = await gadget('HashProbe', [TAGS.BOOK], shapes)

const words = (length: number, seed: bigint) =>
  Array.from({ length }, (_, i) => (seed * BigInt(i + 1) ** 9n + BigInt(i)) % FIELD)

suite('lib/hash', () => {
  test("HashWords of 1, 16, 17, 33 and 47 words is the model's", () => {
    for (const seed of [0n, 1n, FIELD - 1n, 0x123456789abcdef0123456789abcdef0123456789n]) {
      const input = {
        one: words(1, seed),
        sixteen: words(16, seed),
        seventeen: words(17, seed),
        thirtyThree: words(33, seed),
        fortySeven: words(47, seed),
      }
      const { accepted, signal } = hash.evaluate(input)
      assert.ok(accepted)
      const expected = Object.values(input).map((list) => hashWords('BOOK', list))
      assert.deepEqual(
        [0, 1, 2, 3, 4].map((i) => signal(`digests[${i}]`)),
        expected,
      )
    }
  })

  test('every word, every place and the tag matter', () => {
    const list = words(33, 5n)
    const digest = hashWords('BOOK', list)
    for (let i = 0; i < list.length; i++) assert.notEqual(hashWords('BOOK', list.with(i, list[i]! + 1n)), digest)
    assert.notEqual(hashWords('BOOK', list.toReversed()), digest)
    assert.notEqual(hashWords('RISK', list), digest)
  })

  test('tags are distinct, so that no digest of one use is one of another', () => {
    const tags = Object.values(TAGS)
    assert.equal(new Set(tags).size, tags.length)
    assert.ok(!tags.includes(0), 'tag 0 is what other software hashes with')
    const digests = Object.keys(TAGS).map((tag) => poseidon(tag as keyof typeof TAGS, [1n, 2n, 3n, 4n]))
    assert.equal(new Set(digests).size, digests.length)
  })
})
