import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureDispatch } from '../../scripts/bench/service/loaded-dispatcher.ts'
import { measureIntake, measureRestart } from '../../scripts/bench/service/loaded-intake.ts'
import { measureSettling } from '../../scripts/bench/service/settled.ts'
import { measureSustained } from '../../scripts/bench/service/sustained.ts'

// What they measure is not looked at here: each throws where anything is lost or doubled.
test('a little load: every message is accepted once, with a good receipt', async () => {
  const { burst } = await measureIntake({ traders: 8, each: 12, together: 4, perSecond: 50, seconds: 1 })
  assert.equal(burst.messages, 96)
})

test('a few thousand messages are there after a kill', async () => {
  const { messages } = await measureRestart({ messages: 2_000, traders: 8 })
  assert.equal(messages, 2_000)
})

test('ten simulated workers lose and double none of fifty jobs', async () => {
  const { overhead } = await measureDispatch({ workers: 10, jobs: 50, perSecond: 50, proveMs: 50 })
  assert.equal(overhead.count, 50)
})

test('orders are followed from their receipt to their settlement', async () => {
  const { settled } = await measureSettling({ orders: 2 })
  assert.equal(settled.count, 2)
})

test('what a worker proves is taken for a while: every message is settled, and the journal has it once', async () => {
  const { messages, batches, together } = await measureSustained({ atOnce: 4, seconds: 10, share: 0.5 })
  assert.ok(messages > 0)
  assert.equal(messages, batches * together)
})
