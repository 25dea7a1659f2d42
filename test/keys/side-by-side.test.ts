import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { sideBySide } from '../../keys/side-by-side.ts'

describe('jobs side by side', () => {
  it('are never more than was said, and give their results in order', async () => {
    let running = 0
    let most = 0
    const results = await sideBySide([5, 1, 4, 2, 3], { atOnce: 2 }, async (turns, index) => {
      most = Math.max(most, ++running)
      for (let turn = 0; turn < turns; turn++) await setImmediate()
      running--
      return `${index}: ${turns}`
    })
    assert.deepEqual(results, ['0: 5', '1: 1', '2: 4', '3: 2', '4: 3'])
    assert.equal(most, 2)
  })

  it('of which one fails abort the others, begin no more, and end before the failure is thrown', async () => {
    const begun: number[] = []
    const ended: number[] = []
    const running = sideBySide([0, 1, 2, 3], { atOnce: 2 }, async (item, _index, signal) => {
      begun.push(item)
      if (item === 0) throw new Error('the first')
      while (!signal.aborted) await setImmediate()
      ended.push(item)
      throw new Error('aborted')
    })
    await assert.rejects(running, { message: 'the first' })
    assert.deepEqual([begun, ended], [[0, 1], [1]])
  })

  it('hear of an abort from outside', async () => {
    const controller = new AbortController()
    const running = sideBySide([0], { atOnce: 1, signal: controller.signal }, async (_item, _index, signal) => {
      controller.abort()
      signal.throwIfAborted()
    })
    await assert.rejects(running, { name: 'AbortError' })
  })
})
