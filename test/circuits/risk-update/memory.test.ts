import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { hashWords } from '../../../protocol/hash.ts'

const WORDS = 13
const memory = await gadget('MemoryProbe', [], { blank: [], words: [WORDS] }, 'risk-update.circom')
const words = Array.from({ length: WORDS }, (_, i) => 1_000n + BigInt(i))

suite('OpenMemory', () => {
  for (const blank of [0n, 1n]) {
    test(blank === 1n ? 'is empty before the first table, whatever the words say' : 'is what the words say', () => {
      const { accepted, signal } = memory.evaluate({ blank, words })
      assert.ok(accepted)
      assert.equal(signal('digest'), hashWords('MEMORY', words))
      for (const [i, word] of words.entries()) assert.equal(signal(`numbers[${i}]`), blank === 1n ? 0n : word)
      assert.deepEqual(memory.freeSignals({ blank, words }), [])
    })
  }
})
