import assert from 'node:assert/strict'
import { it } from 'node:test'
import { alert } from '../../../client/wire/alerts.ts'
import { type AlertChange, Alerts } from '../../../service/alerts/alerts.ts'
import { toJson } from '../../../venue/files/schema.ts'

it('an alert is told once when it begins and once when it ends, and keeps since when', () => {
  const changes: AlertChange[] = []
  let now = 100n
  const alerts = new Alerts(
    (change) => changes.push(change),
    () => now,
  )
  alerts.setAll({ GAS_LOW: { cause: 'little' }, DISK_LOW: undefined })
  now = 200n
  alerts.set('GAS_LOW', { cause: 'less' })
  assert.deepEqual(
    alerts.list.map(({ cause, since }) => [cause, since]),
    [['less', 100n]],
  )
  alerts.set('GAS_LOW', undefined)
  alerts.set('GAS_LOW', undefined)
  assert.deepEqual(alerts.list, [])
  assert.deepEqual(
    changes.map(({ kind, alert }) => [kind, alert.code, alert.cause]),
    [
      ['raised', 'GAS_LOW', 'little'],
      ['cleared', 'GAS_LOW', 'less'],
    ],
  )
})

it('what ends soonest comes first, then what wakes somebody, then what is older', () => {
  let now = 0n
  const alerts = new Alerts(
    () => undefined,
    () => ++now,
  )
  alerts.set('WORKER_LOST', { cause: 'one' })
  alerts.set('DISK_LOW', { cause: 'two' })
  alerts.set('PAUSED', { cause: 'three', countdown: { to: 'PAUSE_ENDS', at: 900n } })
  alerts.set('QUEUE_LATE', { cause: 'four', countdown: { to: 'FREEZE', at: 800n } })
  alerts.set('KEYS_FAILING', { cause: 'five' })
  assert.deepEqual(
    alerts.list.map(({ code }) => code),
    ['QUEUE_LATE', 'PAUSED', 'DISK_LOW', 'KEYS_FAILING', 'WORKER_LOST'],
  )
  for (const one of alerts.list) assert.deepEqual(alert.parse(toJson(one)), one)
})
