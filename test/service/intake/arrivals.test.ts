import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Arrivals } from '../../../service/intake/arrivals.ts'

it('turns come in the order of arrival, whoever is ready first, and who cannot be made ready holds up nobody', async () => {
  const arrivals = new Arrivals()
  const ready = Array.from({ length: 5 }, () => Promise.withResolvers<number>())
  const turns: number[] = []
  const passed = ready.map(({ promise }) =>
    arrivals.pass(promise, async (value) => {
      turns.push(value)
      return value
    }),
  )
  const refused = assert.rejects(passed[2]!, /refused/)
  ready[4]!.resolve(4)
  ready[2]!.reject(new Error('refused'))
  ready[1]!.resolve(1)
  await refused
  assert.deepEqual(turns, [])
  ready[0]!.resolve(0)
  assert.deepEqual(await Promise.all([passed[0], passed[1]]), [0, 1])
  assert.deepEqual(turns, [0, 1])
  ready[3]!.resolve(3)
  assert.deepEqual(await Promise.all([passed[3], passed[4]]), [3, 4])
  assert.deepEqual(turns, [0, 1, 3, 4])
})

it('a turn ends with the first thing that is waited for in it, and one that fails lets the next come', async () => {
  const arrivals = new Arrivals()
  const end = Promise.withResolvers<void>()
  const told: string[] = []
  const first = arrivals.pass(Promise.resolve(), async () => {
    told.push('first')
    await end.promise
    told.push('end of the first')
  })
  const second = arrivals.pass(Promise.resolve(), async () => {
    told.push('second')
    throw new Error('of the second')
  })
  const third = arrivals.pass(Promise.resolve(), async () => told.push('third'))
  await assert.rejects(second, /of the second/)
  await third
  end.resolve()
  await first
  assert.deepEqual(told, ['first', 'second', 'third', 'end of the first'])
})
