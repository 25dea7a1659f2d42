import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Messages } from '../../../service/traders/messages.ts'
import type { ReducedStep } from '../../../service/writer/writer.ts'
import { orderOf, signed } from '../../support/service/trading-venue.ts'
import { Desk } from '../sequencer/desk.ts'

it('what is forgotten of messages takes its names with it, but for those that a later one has', () => {
  const { state } = new Desk()
  const messages = new Messages(state, 2)
  const learn = (record: number, nonce: bigint, clientOrderId: string) => {
    const bundle = signed(1, orderOf(1, nonce))
    const before = { ...state, records: record }
    const step: ReducedStep = {
      ...{ before, after: before, effects: [] },
      record: { kind: 'message', bundle, verdict: 'ACCEPTED', clientOrderId },
    }
    messages.learn(step)
    return bundle
  }
  const first = learn(10, 1n, 'one')
  messages.hear(1, { kind: 'refused', number: 1, previous: 0, record: 10, reason: 'x' })
  learn(11, 2n, 'two')
  assert.equal(messages.same(first), 10)
  // Of the first, the nonce is taken over by the third.
  learn(12, 1n, 'three')
  assert.equal(messages.byRecord(state, 1, 10), undefined)
  assert.equal(messages.byClientOrderId(state, 1, 'one'), undefined)
  assert.equal(messages.byNonce(state, 1, 1n)?.record, 12)
  assert.equal(messages.byClientOrderId(state, 1, 'two')?.record, 11)
  // Nothing that may yet be told of is forgotten.
  learn(13, 4n, 'four')
  for (const record of [11, 12, 13]) assert.equal(messages.byRecord(state, 1, record)?.record, record)
})
