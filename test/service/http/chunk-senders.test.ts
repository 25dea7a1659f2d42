import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ChunkSenders } from '../../../service/http/chunk-senders.ts'

it('knows who sent more than four bodies in chunks of late, of which half is forgotten in ten seconds', () => {
  let now = 0
  const senders = new ChunkSenders(() => now)
  for (let i = 0; i < 4; i++) senders.note('a')
  assert.equal(senders.has('a'), false)
  for (let i = 0; i < 4; i++) senders.note('a')
  assert.deepEqual([senders.has('a'), senders.has('b')], [true, false])
  now = 9_999
  assert.equal(senders.has('a'), true)
  now = 10_000
  assert.equal(senders.has('a'), false)
})
