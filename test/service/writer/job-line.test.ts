import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { JobChange } from '../../../service/jobs/change-jobs.ts'
import { JobLine } from '../../../service/writer/job-line.ts'

const withdraw = (byte: number): JobChange => ({ withdraw: Buffer.from([byte]) })

function line({ fail }: { fail?: Error } = {}) {
  const written: (readonly JobChange[])[] = []
  const lost: unknown[] = []
  const changeJobs = async (changes: readonly JobChange[]) => {
    if (fail !== undefined) throw fail
    written.push(changes)
  }
  return { line: new JobLine({ changeJobs, onLost: (error) => lost.push(error) }), written, lost }
}

test('changes are worked out one after the other and written in the order of their records, each after its record', async () => {
  const { line: jobs, written } = line()
  const [record, made] = [Promise.withResolvers<void>(), Promise.withResolvers<JobChange>()]
  const turns: string[] = []
  const turn = (name: string, change: JobChange | undefined) => () => {
    turns.push(name)
    return change
  }
  jobs.add([() => made.promise, turn('beside', withdraw(2))], record.promise)
  jobs.add([turn('next', withdraw(3)), turn('none', undefined)], Promise.resolve())
  jobs.add(
    [],
    Promise.reject(new Error('of no call that changes jobs')).catch(() => undefined),
  )
  await setImmediate()
  assert.deepEqual([turns, written], [[], []])
  made.resolve(withdraw(1))
  await setImmediate()
  assert.deepEqual([turns, written], [['beside', 'next', 'none'], []])
  record.resolve()
  await jobs.settled()
  assert.deepEqual(written.flat(), [withdraw(1), withdraw(2), withdraw(3)])
})

test('the next change is worked out while those before are being written', async () => {
  const [begun, disk] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const written: JobChange[] = []
  const jobs = new JobLine({
    async changeJobs(changes) {
      begun.resolve()
      await disk.promise
      written.push(...changes)
    },
    onLost: assert.ifError,
  })
  jobs.add([() => withdraw(1)], Promise.resolve())
  await begun.promise
  const next = Promise.withResolvers<void>()
  jobs.add(
    [
      () => {
        next.resolve()
        return withdraw(2)
      },
    ],
    Promise.resolve(),
  )
  await next.promise
  assert.deepEqual(written, [])
  disk.resolve()
  await jobs.settled()
  assert.deepEqual(written, [withdraw(1), withdraw(2)])
})

test('where a change cannot be worked out, nothing that comes after it is', async () => {
  const { line: jobs, written, lost } = line()
  const failure = new Error('no such batch')
  jobs.add([() => withdraw(1)], Promise.resolve())
  await jobs.settled()
  jobs.add([() => Promise.reject(failure)], Promise.resolve())
  jobs.add([() => assert.fail('comes after')], Promise.resolve())
  await assert.rejects(jobs.settled(), failure)
  assert.deepEqual([written.flat(), lost], [[withdraw(1)], [failure]])
})

test('where a record is not written nothing is changed for it nor for what comes after, and who began it hears of it once', async () => {
  const { line: jobs, written, lost } = line()
  const failure = new Error('the disk is full')
  const failed = Promise.reject(failure)
  failed.catch(() => undefined)
  jobs.add([() => withdraw(1)], failed)
  jobs.add([() => withdraw(2)], Promise.resolve())
  await assert.rejects(jobs.settled(), failure)
  jobs.add([() => withdraw(3)], Promise.resolve())
  await assert.rejects(jobs.settled(), failure)
  assert.deepEqual([written, lost], [[], [failure]])
})

test('where a change cannot be made, who began it hears of it', async () => {
  const failure = new Error('another leads')
  const { line: jobs, lost } = line({ fail: failure })
  jobs.add([() => withdraw(1)], Promise.resolve())
  await assert.rejects(jobs.settled(), failure)
  assert.deepEqual(lost, [failure])
})
