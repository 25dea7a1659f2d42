import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { it } from 'node:test'
import { inTime } from '../../service/postgres/patience.ts'

it('what came while this process was busy for longer than it would wait is not given up', async () => {
  const coming = stat(import.meta.filename)
  const waited = inTime(coming, { looks: 3, lookMs: 10 })
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  assert.ok((await waited).isFile())
})

it('what does not come is given up, and told as a timeout; what comes of it later is given back', async () => {
  const coming = Promise.withResolvers<string>()
  const late = Promise.withResolvers<string>()
  await assert.rejects(inTime(coming.promise, { looks: 2, lookMs: 1, late: late.resolve }), /timeout/)
  coming.resolve('late')
  assert.equal(await late.promise, 'late')
})

it('what fails does so as it is', async () => {
  await assert.rejects(inTime(Promise.reject(new TypeError('as it is'))), { name: 'TypeError', message: 'as it is' })
})
