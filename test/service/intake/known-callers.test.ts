import assert from 'node:assert/strict'
import { it } from 'node:test'
import { KnownCallers } from '../../../service/intake/known-callers.ts'

it('of each account the last four callers are known, and a caller as long as he is of some account', () => {
  const known = new KnownCallers()
  assert.equal(known.has('a'), false)
  for (const caller of ['a', 'b', 'c', 'd']) known.note(1, caller)
  known.note(2, 'a')
  known.note(1, 'a')
  known.note(1, 'e')
  const of = (account: number) => ['a', 'b', 'c', 'd', 'e'].filter((caller) => known.isOf(account, caller))
  assert.deepEqual([of(1), of(2), of(3)], [['a', 'c', 'd', 'e'], ['a'], []])
  assert.deepEqual(
    ['a', 'b', 'c'].map((caller) => known.has(caller)),
    [true, false, true],
  )
  for (const caller of ['f', 'g', 'h', 'i']) known.note(1, caller)
  assert.deepEqual(
    ['a', 'c'].map((caller) => known.has(caller)),
    [true, false],
  )
})
