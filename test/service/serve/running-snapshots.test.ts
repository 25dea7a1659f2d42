import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SequencerState } from '../../../service/sequencer/state.ts'
import { RunningSnapshots } from '../../../service/writer/running-snapshots.ts'

const stateAt = (records: number, dropped: unknown[] = []) => ({ records, dropped }) as unknown as SequencerState

/** A venue whose snapshots take as long as the test says. */
function venue() {
  const written: number[] = []
  const told: unknown[] = []
  let state = stateAt(0)
  let now = 0
  let end: PromiseWithResolvers<void>
  const snapshots = new RunningSnapshots({
    state: () => state,
    write({ records }) {
      written.push(records)
      end = Promise.withResolvers()
      return end.promise
    },
    onWritten: (error) => told.push(error),
    now: () => now,
  })
  return {
    ...{ written, told },
    turn(records: number, dropped: unknown[] = []) {
      state = stateAt(records, dropped)
      snapshots.turn()
    },
    async finish(milliseconds: number, error?: Error) {
      now += milliseconds
      if (error === undefined) end.resolve()
      else end.reject(error)
      await snapshots.settled()
    },
    wait(milliseconds: number) {
      now += milliseconds
    },
  }
}

describe('snapshots of a venue that runs', () => {
  it('are written after so many records, one at a time', async () => {
    const here = venue()
    here.turn(4_999)
    assert.deepEqual(here.written, [])
    here.turn(5_000)
    here.turn(20_000)
    assert.deepEqual(here.written, [5_000])
    await here.finish(1)
    here.wait(50)
    here.turn(9_999)
    here.turn(10_000)
    assert.deepEqual(here.written, [5_000, 10_000])
    assert.deepEqual(here.told, [undefined])
  })

  it('take no more than a fiftieth of the time', async () => {
    const here = venue()
    here.turn(5_000)
    await here.finish(1_000)
    here.wait(49_999)
    here.turn(100_000)
    assert.deepEqual(here.written, [5_000])
    here.wait(1)
    here.turn(100_001)
    assert.deepEqual(here.written, [5_000, 100_001])
  })

  it('wait while a batch that was given up may be settled after all', () => {
    const here = venue()
    here.turn(6_000, ['a batch'])
    assert.deepEqual(here.written, [])
    here.turn(6_001)
    assert.deepEqual(here.written, [6_001])
  })

  it('are tried again where one failed, which is told', async () => {
    const here = venue()
    const error = new Error('the disk is full')
    here.turn(5_000)
    await here.finish(10, error)
    here.wait(500)
    here.turn(5_000)
    await here.finish(10)
    assert.deepEqual(here.written, [5_000, 5_000])
    assert.deepEqual(here.told, [error, undefined])
  })
})
