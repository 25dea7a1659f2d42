import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SequencerRecord } from '../../../service/sequencer/record.ts'
import { type JobWork, jobOfBatch, jobWorksOf } from '../../../service/writer/job-changes.ts'
import { CIRCUITS } from '../../support/service/trading-venue.ts'
import { Desk } from '../sequencer/desk.ts'

test('the job of a batch that is to be proved again is kept, when that is said while its turn is waited for', async () => {
  const desk = new Desk()
  const worksOf = (record: SequencerRecord): readonly JobWork[] => {
    const before = desk.state
    return jobWorksOf(desk.put(record), [before, desk.state], CIRCUITS)
  }
  for (const account of [1, 2]) {
    desk.order(account, 1n, 'buy')
    for (const work of worksOf({ kind: 'cut', cash: false })) await work()
    desk.wait(2_000n)
  }
  desk.settle(1)
  const [keep] = worksOf({ kind: 'final', index: 1 })
  const [again] = worksOf({ kind: 'unproved', index: 2, root: desk.rootOf(2) })
  const [batch] = desk.state.batches
  const id = jobOfBatch(batch!, CIRCUITS)
  assert.deepEqual(await keep!(), { keep: [id] })
  const change = (await again!())!
  assert.ok('enqueue' in change)
  assert.deepEqual(change.enqueue.id, id)
})
