import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ProofTimes } from '../../service/dispatcher/proof-times.ts'
import { Roster } from '../../service/dispatcher/roster.ts'
import type { Bearer } from '../../service/tokens/tokens.ts'

const bearer = (id: string): Bearer => ({ id, name: `machine ${id}`, scope: 'worker', holder: undefined })

it('the roster knows who works at what, how long proofs took, and forgets who is gone for an hour', () => {
  let now = 0
  const times = new ProofTimes()
  const roster = new Roster({ onProof: (proof) => times.add(proof), now: () => now })
  const [a, b] = [bearer('a'), bearer('b')]
  roster.heard(a)
  roster.took(a, { job: '01', circuit: 'trade-batch' })
  now = 20_000
  // The lease ran out, and another has the job.
  roster.took(b, { job: '01', circuit: 'trade-batch' })
  assert.deepEqual(
    roster.list.map(({ id, job, heardAt }) => [id, job, heardAt]),
    [
      ['a', undefined, 0],
      ['b', '01', 20_000],
    ],
  )
  now = 23_000
  roster.proved(b)
  roster.took(b, { job: '02', circuit: 'trade-batch' })
  roster.failed(b)
  roster.took(b, { job: '03', circuit: 'trade-batch' })
  roster.dropped(b)
  const { proofs, failures, job } = roster.list[1]!
  assert.deepEqual([proofs, failures, job], [1, 1, undefined])
  assert.deepEqual(times.list, [{ circuit: 'trade-batch', proofs: 1, last: 3_000, p50: 3_000, p95: 3_000 }])
  now = 3_600_001
  assert.deepEqual(
    roster.list.map(({ id }) => id),
    ['b'],
  )
  roster.forget('b')
  assert.deepEqual(roster.list, [])
})

it('times of proofs are told as half and nineteen in twenty have it, of the last hundred', () => {
  const times = new ProofTimes()
  for (let i = 0; i < 200; i++) times.add({ circuit: 'cash-batch', milliseconds: i })
  assert.deepEqual(times.list, [{ circuit: 'cash-batch', proofs: 100, last: 199, p50: 149, p95: 194 }])
})
