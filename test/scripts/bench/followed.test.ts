import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Session } from '../../../client/index.ts'
import { Followed } from '../../../scripts/bench/service/followed.ts'

type Told = Record<string, unknown>

/** A trader who is told that, and then nothing more until nobody listens. */
function sessionOf(told: readonly Told[]): Session {
  return {
    account: 1,
    async *follow({ signal }: { signal: AbortSignal }) {
      yield* told
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  } as unknown as Session
}

const batch = (number: number, state: string, records: readonly number[]) => ({
  kind: 'batch',
  batch: number,
  state,
  records,
})

describe('what is heard of messages that were sent', () => {
  it('is when each was proved and settled, and its batch, of which several traders are told', async () => {
    const told = [batch(1, 'proved', [7]), batch(1, 'settled', [7]), batch(2, 'proved', [9])]
    await using followed = new Followed([sessionOf(told), sessionOf([...told.slice(0, 2)])], [0, 0])
    const [one] = await followed.settled([7])
    assert.ok(one!.proved <= one!.settled)
    assert.deepEqual([...followed.batches.keys()], [1])
  })

  for (const state of ['unsettled', 'dropped']) {
    it(`is an end to it where a batch is ${state}`, async () => {
      await using followed = new Followed([sessionOf([batch(1, 'proved', [7]), batch(1, state, [7])])], [0])
      await assert.rejects(followed.settled([7]), new RegExp(`batch 1 is ${state}`))
    })
  }

  it('is an end to it where no batch takes a message, or events are missing', async () => {
    await using refused = new Followed([sessionOf([{ kind: 'refused', record: 7, reason: 'MARGIN' }])], [0])
    await assert.rejects(refused.settled([7]), /no batch takes message 7: MARGIN/)
    await using broken = new Followed([sessionOf([{ kind: 'gap', number: 5 }])], [0])
    await assert.rejects(broken.settled([7]), /the stream of account 1 broke/)
  })
})
