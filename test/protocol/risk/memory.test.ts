import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  emptyRiskMemory,
  hashRiskMemory,
  type MarketMemory,
  type RiskMemory,
  riskMemoryWords,
  type UnderlyingMemory,
} from '../../../protocol/risk/memory.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
let next = 1n
const numbered = <T extends object>(blank: T) =>
  Object.fromEntries(Object.keys(blank).map((name) => [name, next++])) as T
const blank = emptyRiskMemory(SMALL)
/** A memory of which every number is another. */
const MEMORY: RiskMemory = {
  underlyings: blank.underlyings.map((u): UnderlyingMemory => numbered(u)),
  markets: blank.markets.map((m): MarketMemory => numbered(m)),
}

test('every number of every underlying and market is a word, in order', () => {
  const words = riskMemoryWords(MEMORY)
  assert.deepEqual(
    words,
    Array.from({ length: 7 * SMALL.underlyings + 6 * SMALL.markets }, (_, i) => BigInt(i + 1)),
  )
})

test('the digest hangs on each: one that is one more gives another digest', () => {
  const digests = new Set([hashRiskMemory(MEMORY)])
  let changes = 1
  for (const list of ['underlyings', 'markets'] as const) {
    for (const [i, item] of MEMORY[list].entries()) {
      for (const [name, value] of Object.entries(item)) {
        digests.add(
          hashRiskMemory({ ...MEMORY, [list]: MEMORY[list].with(i, { ...item, [name]: value + 1n } as never) }),
        )
        changes++
      }
    }
  }
  assert.equal(digests.size, changes)
})

test('before the first table all of it is 0', () => {
  assert.ok(riskMemoryWords(blank).every((word) => word === 0n))
})
