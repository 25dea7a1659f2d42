import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  closing,
  frozen,
  type Holding,
  paused,
  queueLate,
  solvencyDrift,
  tableMissing,
  tableOld,
} from '../../../service/alerts/chain-rules.ts'

const DAY = 86_400n

it('an entry of the queue is late from half of its time on, and counts down to the freeze', () => {
  const front = { number: 7n, askedAt: 1_000n, deadline: 1_000n + DAY }
  assert.equal(queueLate(undefined, 5_000n), undefined)
  assert.equal(queueLate(front, 1_000n + DAY / 2n - 1n), undefined)
  const late = queueLate(front, 1_000n + DAY / 2n)
  assert.deepEqual(late?.countdown, { to: 'FREEZE', at: front.deadline })
  assert.match(late.cause, /entry 7 .* half of its time/)
  assert.match(queueLate(front, front.deadline)!.cause, /anybody may freeze the venue now/)
})

it('of an entry of which nobody knows when it came, half a day before its deadline counts', () => {
  const front = { number: 0n, deadline: 1_000_000n }
  assert.equal(queueLate(front, 1_000_000n - DAY / 2n - 1n), undefined)
  assert.equal(queueLate(front, 1_000_000n - DAY / 2n)?.countdown?.at, 1_000_000n)
})

it('a table is old from half of its life on, and counts down to the end of trading; none is another alert', () => {
  const table = { asOf: 10_000n, maxAge: 3_600n }
  assert.equal(tableOld(table, 11_799n), undefined)
  assert.deepEqual(tableOld(table, 11_800n)?.countdown, { to: 'TRADING_STOPS', at: 13_600n })
  assert.match(tableOld(table, 13_600n)!.cause, /too old/)
  assert.equal(tableOld(undefined, 11_800n), undefined)
  assert.match(tableMissing(undefined)!.cause, /there is no risk table yet/)
  assert.equal(tableMissing(table), undefined)
})

it('a pause, an announced end and a freeze are told while they last', () => {
  assert.deepEqual(paused(500n, 499n)?.countdown, { to: 'PAUSE_ENDS', at: 500n })
  assert.equal(paused(500n, 500n), undefined)
  assert.equal(closing(undefined, 500n), undefined)
  assert.deepEqual(closing(600n, 599n)?.countdown, { to: 'CLOSING_ONLY', at: 600n })
  assert.equal(closing(600n, 600n)?.countdown, undefined)
  assert.match(closing(600n, 600n)!.cause, /only be closed/)
  assert.equal(frozen(0n), undefined)
  assert.match(frozen(1n)!.cause, /for ever/)
})

it('solvency drifts where the contract holds less than it owes, or the journal has another vault', () => {
  const even: Holding = { asset: 0, vault: 100n, queued: 10n, claimable: 5n, balance: 115n, journal: 100n }
  assert.equal(solvencyDrift([even, { ...even, asset: 1, balance: 900n }]), undefined)
  assert.equal(solvencyDrift([{ ...even, journal: undefined }]), undefined)
  assert.match(solvencyDrift([even, { ...even, asset: 1, balance: 114n }])!.cause, /114 lots of asset 1, and owes 115/)
  assert.match(solvencyDrift([{ ...even, journal: 99n }])!.cause, /own 100 lots of asset 0 by the contract, and 99/)
})
