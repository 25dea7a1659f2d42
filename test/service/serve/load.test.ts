import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { creditNow, mayTake, messagesIn } from '../../../service/serve/load.ts'
import { Desk, TABLE } from '../sequencer/desk.ts'

test('a bundle that is larger than the credit is let in where nothing waits, alone', () => {
  const desk = new Desk()
  const message = { kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 1n } as const
  const bundle = { messages: new Array(8).fill(message), signature: { R8x: 0n, R8y: 1n, S: 0n } }
  assert.equal(mayTake([bundle], 8n, desk.state), true)
  assert.equal(mayTake([bundle], 7n, desk.state), true)
  assert.equal(mayTake([bundle, bundle], 15n, desk.state), false)
  desk.order(1, 1n, 'sell')
  assert.equal(mayTake([bundle], 7n, desk.state), false)
  desk.put({ kind: 'cut', cash: false })
  assert.equal(mayTake([bundle], 7n, desk.state), false)
  desk.settle(1)
  assert.equal(mayTake([bundle], 7n, desk.state), true)
})

test('a bundle uses up the credit of all of its messages, as it waits and as it comes', () => {
  const { state } = new Desk()
  const message = { kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 1n } as const
  const bundle = { messages: [message, message, message], signature: { R8x: 0n, R8y: 1n, S: 0n } }
  const item = { record: 9, account: 1, market: 0, clock: state.clock, bundle, signer: { x: 0n, y: 1n } }
  const chain = { time: NOW, table: { table: TABLE, relisted: 0n, postedAt: NOW } }
  const creditWith = (...waiting: (typeof item)[]) => creditNow({ ...state, waiting }, chain, 1_000n).messages
  assert.ok(creditWith() > 6n)
  assert.equal(creditWith() - creditWith(item, item), 6n)
  assert.equal(messagesIn(bundle), 3n)
})
