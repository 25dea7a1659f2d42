import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Newest } from '../../service/newest.ts'

it('forgets the name that was set the longest time ago, and no more than that', () => {
  const newest = new Newest<string, number>(2)
  newest.set('a', 1)
  newest.set('b', 2)
  newest.set('a', 3)
  newest.set('c', 4)
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => newest.get(name)),
    [3, undefined, 4],
  )
  newest.delete('a')
  newest.set('d', 5)
  assert.deepEqual(
    ['a', 'c', 'd'].map((name) => newest.get(name)),
    [undefined, 4, 5],
  )
})
