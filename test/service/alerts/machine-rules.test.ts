import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { it } from 'node:test'
import {
  backupOld,
  certificateEnding,
  diskLow,
  gasLow,
  keysFailing,
  workerLost,
  workersMissing,
} from '../../../service/alerts/machine-rules.ts'
import { certificatesOfThisMachine } from '../../support/tls/certificates.ts'

it('gas is low below a hundred settlements, for any of those who pay', () => {
  const rich = { address: '0xa', balance: 10n ** 18n, settlements: 100n }
  assert.equal(gasLow([rich]), undefined)
  assert.match(gasLow([rich, { ...rich, address: '0xb', settlements: 99n }])!.cause, /^0xb has less left/)
})

it('a disk is low below 2 GiB, or a twentieth', () => {
  const GiB = 1n << 30n
  assert.equal(diskLow(undefined), undefined)
  assert.equal(diskLow({ free: 2n * GiB, total: 40n * GiB }), undefined)
  assert.ok(diskLow({ free: 2n * GiB - 1n, total: 3n * GiB }))
  assert.ok(diskLow({ free: 4n * GiB, total: 100n * GiB }))
})

it('a backup is old after a day, and a venue that never had one a day after it began', () => {
  const day = 86_400_000
  assert.equal(backupOld({ begunAt: 0, backupAt: undefined }, day - 1), undefined)
  assert.match(backupOld({ begunAt: 0, backupAt: undefined }, day)!.cause, /there is no backup/)
  assert.equal(backupOld({ begunAt: 0, backupAt: 5 * day }, 6 * day - 1), undefined)
  assert.match(backupOld({ begunAt: 0, backupAt: 5 * day }, 6 * day)!.cause, /more than a day old/)
})

it('a certificate is told of from 14 days before its end on', () => {
  const day = 86_400_000
  const { cert } = certificatesOfThisMachine()
  const end = new X509Certificate(cert).validToDate.getTime()
  assert.equal(certificateEnding(undefined, end), undefined)
  assert.equal(certificateEnding(cert, end - 14 * day), undefined)
  assert.match(certificateEnding(cert, end - 14 * day + 1)!.cause, /ends on \d{4}-\d\d-\d\d/)
  assert.match(certificateEnding(cert, end + 1)!.cause, /has ended on/)
})

it('keys that do not answer are told with why', () => {
  assert.equal(keysFailing(undefined), undefined)
  assert.match(keysFailing('no such token')!.cause, /no such token/)
})

it('a worker is lost after a minute without a word; with none of them a proof that waits is another alert', () => {
  const now = 1_000_000
  const [heard, lost] = [
    { name: 'machine 1', heardAt: now - 60_000 },
    { name: 'machine 2', heardAt: now - 60_001 },
  ]
  assert.equal(workerLost([heard!], now), undefined)
  assert.match(workerLost([heard!, lost!], now)!.cause, /: 1 \(machine 2\)/)
  const waiting = { batch: 3, timestamp: 900n }
  assert.equal(workersMissing({ workers: [heard!, lost!], waiting, since: 0 }, now), undefined)
  assert.equal(workersMissing({ workers: [lost!], waiting: undefined, since: 0 }, now), undefined)
  assert.equal(workersMissing({ workers: [], waiting, since: now - 60_000 }, now), undefined)
  const missing = workersMissing({ workers: [lost!], waiting, since: 0 }, now)
  assert.deepEqual(missing?.countdown, { to: 'REWIND', at: 1_500n })
})
