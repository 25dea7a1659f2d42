import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Alerts } from '../../../service/alerts/alerts.ts'
import { Metrics } from '../../../service/metrics/metrics.ts'
import type { Database } from '../../../service/postgres/database.ts'
import { operationsOf } from '../../../service/serve/operations.ts'
import type { Wanted } from '../../../service/serve/remaking.ts'
import type { BatchCircuits } from '../../../service/writer/job-changes.ts'
import { Desk } from '../sequencer/desk.ts'

it('an operator resumes what has stopped, and leaves out messages that are made anew, and no others', () => {
  const desk = new Desk()
  const [settled, made, waits] = [desk.order(1, 1n, 'sell'), 0, 0].map((record, i) => {
    if (i === 0) return record
    if (i === 1) desk.put({ kind: 'cut', cash: false })
    return desk.order(1, BigInt(i + 1), 'sell')
  })
  desk.settle(1)
  const wanted: Wanted[] = []
  let stopped: string | undefined
  const operations = operationsOf({
    ...{ database: {} as Database, circuits: {} as BatchCircuits, alerts: new Alerts(() => undefined) },
    writer: { state: desk.state, written: desk.state },
    line: {
      stopped: () => stopped,
      halted: () => undefined,
      resume() {
        stopped = undefined
      },
      want: (one) => wanted.push(one),
    },
    overview: () => assert.fail('nobody asked for it'),
    metrics: new Metrics(),
  })
  assert.throws(() => operations.resume(), { status: 409, code: 'NOT_STOPPED' })
  stopped = 'why'
  operations.resume()
  assert.equal(stopped, undefined)
  assert.throws(() => operations.omit([settled!]), { status: 409, code: 'NO_MESSAGE' })
  assert.throws(() => operations.omit([made!, 999]), { status: 409, code: 'NO_MESSAGE' })
  assert.deepEqual(wanted, [])
  operations.omit([made!, waits!])
  assert.deepEqual(wanted, [{ cause: 'OPERATOR', without: [made, waits] }])
  desk.put({ kind: 'rewind', to: 1, cause: 'OPERATOR', without: [made!, waits!] })
  assert.deepEqual(
    desk.told('refused').map(({ record }) => record),
    [made, waits],
  )
})
