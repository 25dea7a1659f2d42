import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { SequencerRecord } from '../../../service/sequencer/record.ts'
import { Stages } from '../../../service/serve/stages.ts'
import { stateOf } from '../../support/service/operator-state.ts'
import { Desk } from '../sequencer/desk.ts'

/** A desk of which stages hear every record. */
function heardDesk() {
  const desk = new Desk()
  let now = 0
  const told: [number, string][] = []
  const stages = new Stages(
    desk.state.batches,
    ({ index }, stage) => told.push([index, stage]),
    () => ++now,
  )
  const put = (record: SequencerRecord) => {
    const before = desk.state
    const effects = desk.put(record)
    stages.hear([{ record, before, after: desk.state, effects }])
  }
  return { desk, stages, told, put }
}

it('a batch goes through its stages, each with its time, and is kept when it is final', () => {
  const { desk, stages, told, put } = heardDesk()
  desk.order(1, 1n, 'sell')
  put({ kind: 'cut', cash: false })
  const root = desk.rootOf(1)
  stages.witnessed(1)
  put({ kind: 'proved', index: 1, root })
  put({ kind: 'sent', index: 1, root })
  put({ kind: 'settled', index: 1, root })
  put({ kind: 'final', index: 1 })
  const [batch] = stages.list
  assert.deepEqual(batch?.times, { cut: 1, witnessed: 2, proved: 3, sent: 4, mined: 5, final: 6 })
  assert.deepEqual([batch.circuit, batch.messages], ['trade-batch', 1])
  assert.deepEqual(
    told.map(([, stage]) => stage),
    ['cut', 'witnessed', 'proved', 'sent', 'mined', 'final'],
  )
})

it('a batch that is made anew begins anew, and one that the chain took back is not mined any more', () => {
  const { desk, stages, put } = heardDesk()
  desk.order(1, 1n, 'sell')
  put({ kind: 'cut', cash: false })
  stages.witnessed(1)
  put({ kind: 'rewind', to: 0, cause: 'AGE' })
  put({ kind: 'cut', cash: false })
  assert.deepEqual(Object.keys(stages.at(1)!.times), ['cut'])
  const root = desk.rootOf(1)
  put({ kind: 'proved', index: 1, root })
  put({ kind: 'sent', index: 1, root })
  put({ kind: 'settled', index: 1, root })
  put({ kind: 'reorganised', settled: 0 })
  assert.deepEqual(Object.keys(stages.at(1)!.times), ['cut', 'proved', 'sent'])
})

it('of batches that were there before, nothing is known but what comes', () => {
  const desk = new Desk()
  desk.order(1, 1n, 'sell')
  desk.put({ kind: 'cut', cash: false })
  const stages = new Stages(desk.state.batches)
  assert.deepEqual(
    stages.list.map(({ index, times }) => [index, times]),
    [[1, {}]],
  )
  stages.witnessed(9)
  assert.equal(stages.at(9), undefined)
})

it('a cash batch has operations, of the queue and of messages; others have none', () => {
  const { desk, stages, put } = heardDesk()
  desk.queue(
    0n,
    [1, 2].map((account) => ({ kind: 'DEPOSIT', account, asset: 0, amount: 5n })),
  )
  desk.withdraw(3, 1n, 5n)
  put({ kind: 'cut', cash: true })
  desk.order(1, 1n, 'sell')
  put({ kind: 'cut', cash: false })
  assert.deepEqual(
    stages.list.map(({ circuit, messages, operations }) => [circuit, messages, operations]),
    [
      ['cash-batch', 0, 2],
      ['cash-batch', 1, 1],
      ['trade-batch', 1, 0],
    ],
  )
  const listed = stateOf(desk.state, { stages: stages.list }).batches.list
  assert.deepEqual(
    listed.map(({ operations }) => operations),
    [2, 1, undefined],
  )
})
