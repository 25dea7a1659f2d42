import assert from 'node:assert/strict'
import { it } from 'node:test'
import { batchLate, deadLetter, proofFailed, settlementLate, tableLeaving } from '../../../service/alerts/line-rules.ts'

const OLDEST = { batch: 4, timestamp: 10_000n }
const REWIND = { to: 'REWIND', at: 10_600n }

it('a batch that is not settled five minutes after its time counts down to when it is made anew', () => {
  assert.equal(batchLate(OLDEST, 10_299n), undefined)
  assert.deepEqual(batchLate(OLDEST, 10_300n)?.countdown, REWIND)
  assert.equal(batchLate(undefined, 10_300n), undefined)
})

it('a batch that is proved is late for its settlement after two minutes', () => {
  assert.equal(settlementLate(OLDEST, 99_999n), undefined)
  const proved = { ...OLDEST, provedAt: 10_020n }
  assert.equal(settlementLate(proved, 10_139n), undefined)
  assert.deepEqual(settlementLate(proved, 10_140n)?.countdown, REWIND)
  assert.equal(settlementLate(undefined, 10_140n), undefined)
})

it('a batch without a witness is one alert, and a dead letter another', () => {
  const lost = { ...OLDEST, errorCode: 'WITNESS_FAILED' } as const
  assert.match(proofFailed({ ...lost, state: 'failed' })!.cause, /batch 4 has no witness \(WITNESS_FAILED\)/)
  assert.equal(proofFailed({ ...lost, state: 'dead' }), undefined)
  assert.match(deadLetter({ ...lost, state: 'dead' })!.cause, /batch 4 is a dead letter/)
  assert.deepEqual(deadLetter({ ...lost, state: 'dead' })!.countdown, REWIND)
  assert.equal(deadLetter({ ...lost, state: 'failed' }), undefined)
  for (const rule of [proofFailed, deadLetter]) assert.equal(rule(undefined), undefined)
})

it('a batch of a table that goes out of force is told once half of the grace is over', () => {
  assert.equal(tableLeaving(OLDEST, undefined, 10_500n), undefined)
  assert.equal(tableLeaving(undefined, 10_090n, 10_089n), undefined)
  assert.equal(tableLeaving(OLDEST, 10_090n, 10_044n), undefined)
  assert.deepEqual(tableLeaving(OLDEST, 10_090n, 10_045n)?.countdown, { to: 'REWIND', at: 10_090n })
})
