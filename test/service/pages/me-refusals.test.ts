import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccountEvent } from '../../../client/index.ts'
import { withRefusal } from '../../../service/pages/me/refusals.ts'

const head = { number: 1, previous: 0 }
const refused = (record: number, reason: string): AccountEvent => ({ kind: 'refused', ...head, record, reason })
const order = (record: number, state: Extract<AccountEvent, { kind: 'order' }>['state']): AccountEvent => {
  return { kind: 'order', ...head, record, place: 0, batch: 1, state }
}
const after = (...events: AccountEvent[]) => [...events.reduce(withRefusal, new Map())]

describe('what came to nothing, on the page of traders', () => {
  it('is told in words, by the record', () => {
    assert.deepEqual(after(refused(5, 'MARGIN'), order(6, 'rested'), order(7, 'no-effect')), [
      [5, 'the account has not the margin for it'],
      [7, 'when its turn came, there was nothing for it to do'],
    ])
  })

  it('is told with the code of a reason that has no words', () => {
    assert.deepEqual(after(refused(5, 'STEPS')), [[5, 'its batch did not take it (STEPS)']])
  })

  it('is forgotten where it was made anew and did something', () => {
    assert.deepEqual(after(order(7, 'no-effect'), order(7, 'rested')), [])
  })

  it('is kept for the last hundred', () => {
    const all = after(...Array.from({ length: 101 }, (_, record) => refused(record, 'MARGIN')))
    assert.deepEqual([all.length, all[0]?.[0], all.at(-1)?.[0]], [100, 1, 100])
  })
})
