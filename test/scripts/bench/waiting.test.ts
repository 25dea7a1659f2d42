import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meansWaiting, meanWaiting, type Span } from '../../../scripts/bench/service/waiting.ts'

describe('how many waited at once', () => {
  it('counts each for the part of the time for which it waited, and not what was before or after', () => {
    const spans: Span[] = [
      [-5, 5],
      [2, 4],
      [8, 20],
      [20, 30],
    ]
    assert.equal(meanWaiting(spans, [0, 10]), (5 + 2 + 2) / 10)
    assert.equal(meanWaiting([], [0, 10]), 0)
  })

  it('is told part by part: what comes faster than it goes is more in each', () => {
    // One a second, each of which takes a tenth longer than the one before.
    const growing = Array.from({ length: 30 }, (_, i): Span => [i, i + 1 + i / 10])
    const [first, second, third] = meansWaiting(growing, [0, 30], 3)
    assert.ok(first! < second! && second! < third!)
    const steady = Array.from({ length: 40 }, (_, i): Span => [i - 10, i - 8])
    assert.deepEqual(meansWaiting(steady, [0, 30], 3), [2, 2, 2])
  })
})
