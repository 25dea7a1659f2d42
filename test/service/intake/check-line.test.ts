import assert from 'node:assert/strict'
import { it } from 'node:test'
import { CheckLine } from '../../../service/intake/check-line.ts'
import type { Check } from '../../../service/intake/checks.ts'

const BUSY = { status: 503, code: 'BUSY', retryAfter: 1 }
const some = (count: number): Check[] => Array.from({ length: count }, () => ({}) as Check)

/** Who is told what, in order. */
function lineOf(options: ConstructorParameters<typeof CheckLine>[0]) {
  const line = new CheckLine<string>(options)
  const told: string[] = []
  const add = (name: string, count = 1) =>
    line
      .add(some(count), () => name)
      .then(
        () => told.push(name),
        (error) => told.push(`${name}: ${error.code}`),
      )
  return { line, told, add }
}

it('gives out what waits in the order in which it came, requests in as many parts as it takes', async () => {
  const { line, told, add } = lineOf({})
  const all = [add('a', 3), add('b'), add('a')]
  const first = line.take(2)
  const second = line.take(2)
  assert.deepEqual(
    [first, second].map((taken) => taken.map(({ name }) => name)),
    [
      ['a', 'a'],
      ['a', 'b'],
    ],
  )
  line.found(first)
  line.found(second)
  assert.equal(line.isEmpty, false)
  line.found(line.take(9))
  assert.equal(line.isEmpty, true)
  await Promise.all(all)
  assert.deepEqual(told, ['a', 'b', 'a'])
})

it('has who has the most make room for who has less, his newest request first, and never for who would have as much', async () => {
  const { line, told, add } = lineOf({ most: 6 })
  const all = [add('a', 2), add('a', 2), add('b', 2)]
  await add('c', 4)
  assert.deepEqual(told.splice(0), ['c: BUSY'])
  all.push(add('c', 2))
  await all[1]
  assert.deepEqual(told.splice(0), ['a: BUSY'])
  // Each has two now.
  await add('d', 2)
  await add('a')
  assert.deepEqual(told.splice(0), ['d: BUSY', 'a: BUSY'])
  all.push(add('d'))
  line.found(line.take(9))
  await Promise.all(all)
  // Of those with as many, who has had them longest.
  assert.deepEqual(told.sort(), ['a: BUSY', 'b', 'c', 'd'])
})

it('turns nothing away that is being checked, and counts it until it is found out', async () => {
  const { line, told, add } = lineOf({ most: 2 })
  const first = add('a', 2)
  const taken = line.take(1)
  await add('b')
  assert.deepEqual(told.splice(0), ['b: BUSY'])
  line.found(taken)
  const second = add('b')
  line.found(line.take(9))
  await Promise.all([first, second])
  assert.deepEqual(told, ['a', 'b'])
})

it('keeps 300 who flood it from taking the place of one who comes then, but not as many as there are places', async () => {
  const { told, add } = lineOf({ most: 2_048 })
  for (let i = 0; i < 3_000; i++) void add(`flood ${i % 300}`, 8)
  void add('newcomer', 6)
  await add('flood 1', 8)
  assert.ok(!told.includes('newcomer: BUSY'))
  const full = lineOf({ most: 2_048 })
  for (let i = 0; i < 2_048; i++) void full.add(`flood ${i}`)
  await full.add('newcomer')
  assert.deepEqual(full.told, ['newcomer: BUSY'])
})

it('lets each name have so many, however much room there is, and fails for all when nothing is found out any more', async () => {
  const line = new CheckLine<string>({ mostOfName: 2 })
  const name = () => 'a'
  const first = line.add(some(2), name)
  await assert.rejects(line.add(some(1), name), BUSY)
  const other = line.add(some(2), () => 'b')
  const taken = line.take(1)
  line.fail(new Error('lost'), taken)
  for (const one of [first, other]) await assert.rejects(one, /lost/)
})
