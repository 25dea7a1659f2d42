import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Alert } from '../../../client/wire/alerts.ts'
import type { OperatorState } from '../../../client/wire/operator.ts'
import { batchSize } from '../../../service/pages/dashboard/batch-size.ts'
import { countdownsOf } from '../../../service/pages/dashboard/countdowns.ts'
import { headlineOf } from '../../../service/pages/dashboard/headline.ts'
import { withProofs } from '../../../service/pages/dashboard/proof-history.ts'
import type { State } from '../../../service/pages/dashboard/state.ts'
import { toJson } from '../../../venue/files/schema.ts'
import { operatorStateWith, stagedBatch, TIME } from '../../support/service/shown-state.ts'

/** As the page gets it. */
const shown = (changes: Partial<OperatorState> = {}) => toJson(operatorStateWith(changes)) as State

const ALERT: Alert = {
  ...{ code: 'QUEUE_LATE', severity: 'page', since: BigInt(TIME), runbook: 'docs/operations.md#queue-late' },
  cause: 'entry 17 is late',
}

it('a batch is as large as what is in it: messages that trade, operations of cash, and one takeover', () => {
  assert.equal(batchSize({ circuit: 'trade-batch', messages: 1 }), '1 message')
  assert.equal(batchSize({ circuit: 'cash-batch', messages: 0, operations: 3 }), '3 operations')
  assert.equal(batchSize({ circuit: 'takeover', messages: 0 }), '')
})

describe('countdowns', () => {
  it('stand in the order in which they end, whatever alert they are of', () => {
    const late = { ...ALERT, countdown: { to: 'FREEZE', at: BigInt(TIME + 7_000) } } satisfies Alert
    const old = { ...ALERT, code: 'BATCH_LATE', countdown: { to: 'REWIND', at: BigInt(TIME + 60) } } satisfies Alert
    const told = countdownsOf(shown({ alerts: [late, old] })).map(({ at, severity }) => [at - TIME, severity])
    assert.deepEqual(told, [
      [60, 'page'],
      [3_400, 'calm'],
      [7_000, 'page'],
    ])
  })

  it('run while all is well for the next table and the front entry of the queue, and for nothing that is over', () => {
    const calm = countdownsOf(shown()).map(({ at }) => at - TIME)
    assert.deepEqual(calm, [3_400, 86_360])
    const { deadline: _, ...queue } = operatorStateWith().queue
    const table = { asOf: 0n, postedAt: 0n, expiresAt: BigInt(TIME) }
    assert.deepEqual(countdownsOf(shown({ queue, table })), [])
    const breaker = { pausedUntil: BigInt(TIME + 5), frozenAt: 0n, closingFrom: BigInt(TIME + 9) }
    assert.deepEqual(
      countdownsOf(shown({ queue, table, breaker })).map(({ at }) => at - TIME),
      [5, 9],
    )
  })
})

describe('the headline', () => {
  const now = 100_000
  const told = (changes: Partial<OperatorState> = {}) => ({ state: shown(changes), cameAt: now - 14_000 })

  it('is that all is well, with what is on its way', () => {
    assert.deepEqual(headlineOf({ kind: 'live' }, told(), now), {
      tone: 'good',
      text: 'All is well: 3 of 42 batches on their way, 8 messages wait for the next.',
      said: 'All is well.',
    })
  })

  it('is the cause of the first alert, with its runbook', () => {
    const { tone, text, runbook } = headlineOf({ kind: 'live' }, told({ alerts: [ALERT] }), now)
    assert.deepEqual([tone, text, runbook], ['bad', ALERT.cause, ALERT.runbook])
    const mild = { ...ALERT, severity: 'warn' } satisfies Alert
    assert.equal(headlineOf({ kind: 'live' }, told({ alerts: [mild] }), now).tone, 'warn')
  })

  it('is the silence of the venue before all that it said', () => {
    const link = { kind: 'lost', since: now - 9_000, why: 'the venue does not answer' } as const
    const { tone, text, said } = headlineOf(link, told({ alerts: [ALERT] }), now)
    assert.equal(tone, 'bad')
    assert.doesNotMatch(said, /\d/, 'nothing that changes is said again and again')
    assert.match(text, /^No word from the venue for 14 s: the venue does not answer\./)
  })
})

describe('the history of proofs', () => {
  const all = operatorStateWith().batches
  const proved = (...batches: readonly number[]) =>
    shown({ batches: { ...all, list: batches.map((batch) => stagedBatch(batch, 'cut', 'witnessed', 'proved')) } })

  it('keeps what the venue lists no more, in the order of batches', () => {
    const first = withProofs([], proved(4, 5))
    const both = withProofs(first, proved(5, 6))
    assert.deepEqual(
      both.map(({ batch, took }) => [batch, took]),
      [
        [4, 2_000],
        [5, 2_000],
        [6, 2_000],
      ],
    )
    assert.equal(withProofs(both, proved(6)), both, 'nothing new is no change')
  })

  it('knows no time of a batch that is not proved, and keeps eighty', () => {
    assert.deepEqual(withProofs([], shown({ batches: { ...all, list: [stagedBatch(1, 'cut', 'witnessed')] } })), [])
    const many = withProofs([], proved(...Array.from({ length: 90 }, (_, i) => i + 1)))
    assert.deepEqual([many.length, many[0]!.batch], [80, 11])
  })
})
