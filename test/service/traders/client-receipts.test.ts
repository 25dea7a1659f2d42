import assert from 'node:assert/strict'
import { it } from 'node:test'
import { connectVenue } from '../../../client/index.ts'

const venueOf = (verdicts: readonly object[]) =>
  connectVenue({ url: 'http://venue', fetch: async () => Response.json({ verdicts }) })

it('takes no receipt of another record than its verdict is of', async () => {
  const verdict = { verdict: 'ACCEPTED', record: 4711 }
  const good = [{ ...verdict, receipt: { record: 4711 } }, verdict, { verdict: 'OLD_NONCE' }]
  assert.deepEqual(await venueOf(good).send([]), good)
  const bad = [verdict, { ...verdict, receipt: { record: 0 } }]
  await assert.rejects(venueOf(bad).send([]), { code: 'VENUE_REFUSED', details: { verdicts: bad } })
})
