import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { intakeCredit } from '../../../service/sequencer/credit.ts'

const idle = {
  provedPerThousandSeconds: 2_000n,
  unsettled: 0n,
  tablesLeft: 2n,
  oldestDeadline: undefined,
  now: 1_000n,
}

suite('intake credit', () => {
  test('is what the workers prove in five minutes, less what they have yet to prove', () => {
    assert.deepEqual(intakeCredit(idle), { messages: 600n, retryAfter: 0n })
    assert.deepEqual(intakeCredit({ ...idle, unsettled: 599n }), { messages: 1n, retryAfter: 0n })
  })

  test('is none from the last message on that can be proved, and says when there is some again', () => {
    assert.deepEqual(intakeCredit({ ...idle, unsettled: 600n }), { messages: 0n, retryAfter: 1n })
    assert.deepEqual(intakeCredit({ ...idle, unsettled: 619n }), { messages: 0n, retryAfter: 10n })
  })

  test('shrinks with the tables that are left, and with the oldest deadline', () => {
    assert.equal(intakeCredit({ ...idle, tablesLeft: 1n }).messages, 300n)
    assert.equal(intakeCredit({ ...idle, tablesLeft: 0n }).messages, 0n)
    assert.equal(intakeCredit({ ...idle, oldestDeadline: 1_010n }).messages, 20n)
    assert.equal(intakeCredit({ ...idle, oldestDeadline: 999n }).messages, 0n)
  })

  test('is none without workers, and is asked for again in five minutes at most', () => {
    assert.deepEqual(intakeCredit({ ...idle, provedPerThousandSeconds: 0n }), { messages: 0n, retryAfter: 300n })
    assert.equal(intakeCredit({ ...idle, unsettled: 1n << 40n }).retryAfter, 300n)
  })
})
