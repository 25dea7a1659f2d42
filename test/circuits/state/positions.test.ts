import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { hashWords } from '../../../protocol/hash.ts'

const M = 8
const replace = await gadget('ReplaceProbe', [M], { market: [], words: [M, 4], newWords: [4] })

const words = Array.from({ length: M }, (_, m) => [1n, 2n, 3n, 4n].map((word) => 100n * BigInt(m) + word))
const newWords = [71n, 72n, 73n, 74n]

const digests = (positions: readonly (readonly bigint[])[]) =>
  [0, 4].map((start) => hashWords('POSITIONS', positions.slice(start, start + 4).flat()))

suite('state: positions in more than one group', () => {
  test('replaces the position of one market, and re-hashes its group only', () => {
    for (let market = 0; market < M; market++) {
      const { accepted, signal } = replace.evaluate({ market: BigInt(market), words, newWords })
      const replaced = words.with(market, newWords)
      assert.ok(accepted)
      assert.deepEqual(
        words.map((_, m) => [0, 1, 2, 3].map((w) => signal(`replaced[${m}][${w}]`))),
        replaced,
      )
      assert.deepEqual([signal('before[0]'), signal('before[1]')], digests(words))
      assert.deepEqual([signal('after[0]'), signal('after[1]')], digests(replaced))
    }
  })
})
