import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { currentState, type SequencerState } from '../../../service/sequencer/state.ts'
import { isTickDue } from '../../../service/serve/clock.ts'
import { Desk } from '../sequencer/desk.ts'

const hasHand = ({ books }: ReturnType<typeof currentState>) => books.get(0)!.hand !== undefined

test('time is let pass for a mass cancel that a pause stopped in its middle, once the pause has ended', () => {
  const desk = new Desk()
  for (let nonce = 1n; nonce <= 8n; nonce++) desk.order(1, nonce, 'sell')
  desk.put({ kind: 'cut', cash: false })
  desk.send({ kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 9n })
  desk.put({ kind: 'cut', cash: false })
  const middle = desk.state.batches.find(({ after }) => hasHand(after.state))!
  assert.ok(middle !== undefined, 'the cancel takes more than one batch')
  for (let index = 1; index <= middle.index; index++) desk.settle(index)
  desk.put({ kind: 'pause', until: NOW + 10n })
  desk.put({ kind: 'rewind', to: middle.index, cause: 'PAUSE' })
  const due = (state: SequencerState, seconds: bigint) => isTickDue(state, (NOW + seconds) * 1000n)
  assert.equal(due(desk.state, 9n), false)
  assert.equal(due(desk.state, 10n), true)
  for (let i = 0; due(desk.state, 12n); i++) {
    assert.ok(i < 3, 'it comes to an end')
    desk.wait(12_000n)
  }
  assert.equal(hasHand(currentState(desk.state)), false)
})
