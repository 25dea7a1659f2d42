import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Venue, type VenueParts } from '../../../service/serve/venue.ts'
import { orderOf, signed } from '../../support/service/trading-venue.ts'

it('a venue that stands still tells what is handed in again its first record, and takes nothing new', async () => {
  const [known, fresh] = [signed(1, orderOf(1, 1n)), signed(1, orderOf(1, 2n))]
  const writer = {
    written: { records: 0 },
    isAgain: (message: unknown) => message === known,
    take: async (messages: readonly unknown[]) => messages.map(() => ({ verdict: 'ACCEPTED', record: 7, again: true })),
  }
  const venue = new Venue({ writer } as unknown as VenueParts)
  assert.deepEqual(await venue.take([known]), [{ verdict: 'ACCEPTED', record: 7, again: true }])
  await assert.rejects(venue.take([fresh]), { code: 'VENUE_HALTED' })
  await assert.rejects(venue.take([known, fresh]), { code: 'VENUE_HALTED' })
})
