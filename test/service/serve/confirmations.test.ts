import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Provider } from 'ethers'
import { requireFresh } from '../../../service/watcher/confirmations.ts'

/** A chain of 1,000 blocks, so many seconds apart. */
const chainOf = (seconds: number) =>
  ({
    async getBlock(tag: number | 'latest') {
      const number = tag === 'latest' ? 1000 : tag
      return { number, timestamp: 1_700_000_000 + number * seconds }
    },
  }) as unknown as Provider

it('more confirmations than a risk table lives are refused, by the time that blocks take', async () => {
  await requireFresh({ provider: chainOf(12), confirmations: 7 })
  await requireFresh({ provider: chainOf(2), confirmations: 45 })
  await requireFresh({ provider: chainOf(3600), confirmations: 0 })
  await assert.rejects(requireFresh({ provider: chainOf(12), confirmations: 8 }), {
    code: 'INPUT_INVALID',
    path: 'confirmations',
    message: /a block takes 12\.0 s: .* after 96 s, and has to within 90 s; give 7 at most/,
  })
})
