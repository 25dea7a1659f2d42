import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccountEvent } from '../../../client/index.ts'
import { withEvent } from '../../../service/pages/me/follow.ts'

const head = { number: 1, previous: 0 }
const trade = { market: 0, side: 'buy', price: 1000n, size: 10n, role: 'taker' } as const
const filled = (number: number, batch: number): AccountEvent => ({ kind: 'filled', ...head, number, ...trade, batch })
const batch = (index: number, state: Extract<AccountEvent, { kind: 'batch' }>['state']): AccountEvent => {
  return { kind: 'batch', ...head, batch: index, records: [], state }
}
const states = (...events: AccountEvent[]) => events.reduce(withEvent, []).map(({ state }) => state)

describe('the fills of the page of traders', () => {
  it('are soft, the newest first, until their batch is proved, settled, final', () => {
    assert.deepEqual(states(filled(2, 1), filled(3, 2)), ['soft', 'soft'])
    assert.deepEqual(states(filled(2, 1), filled(3, 2), batch(1, 'proved'), batch(2, 'settled')), ['settled', 'proved'])
    assert.deepEqual(states(filled(2, 1), batch(1, 'settled'), batch(1, 'final')), ['final'])
  })

  it('are proved again where a reorganisation takes their batch back, and soft where it is dropped', () => {
    assert.deepEqual(states(filled(2, 1), batch(1, 'settled'), batch(1, 'unsettled')), ['proved'])
    assert.deepEqual(states(filled(2, 1), batch(1, 'proved'), batch(1, 'dropped')), ['soft'])
  })

  it('are marked as taken back, the same trade of two once', () => {
    const busted: AccountEvent = { kind: 'busted', ...head, ...trade }
    assert.deepEqual(states(filled(2, 1), filled(3, 1), busted), ['busted', 'soft'])
    assert.deepEqual(states(filled(2, 1), { ...busted, price: 999n }), ['soft'])
  })

  it('are not changed by what is no trade', () => {
    assert.deepEqual(states(filled(2, 1), { kind: 'accepted', ...head, record: 5, nonce: 1n }), ['soft'])
  })
})
