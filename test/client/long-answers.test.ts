import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { connectVenue } from '../../client/index.ts'
import { LogClient } from '../../client/log-client.ts'
import { VenueClient } from '../../service/worker/venue-client.ts'

/** What a venue would say, behind blanks, which are nothing in JSON and next to nothing when they are compressed. */
const BLANKS = Buffer.alloc(20 << 20, ' ')
const ANSWERS: Readonly<Record<string, object>> = {
  '/v1/batches': { batches: [] },
  '/v1/log/key': { key: 'key' },
  '/worker/attestation/challenge': { nonce: '' },
}

describe('a venue whose answers are longer than any of ours', () => {
  let sent = 0
  const server = createServer(({ url = '' }, response) => {
    const answer = ANSWERS[url] ?? { error: { code: 'NO', message: 'no' } }
    response.writeHead(url in ANSWERS ? 200 : 409, { 'content-encoding': 'gzip' })
    response.end(gzipSync(Buffer.concat([BLANKS, Buffer.from(JSON.stringify(answer))])))
    sent++
  })
  let url: string
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => server.close())

  const tooLong = { code: 'VENUE_UNREACHABLE', message: /its answer is too long$/ }

  it('is heard no further by a trader, by who follows its log, or by a worker', async () => {
    await assert.rejects(connectVenue({ url }).batches(), tooLong)
    await assert.rejects(new LogClient(url).key(), tooLong)
    const worker = new VenueClient({ url, token: 'token' })
    await assert.rejects(worker.attestationNonce(new AbortController().signal), { code: 'VENUE_UNREACHABLE' })
    assert.equal(sent, 3)
  })

  it('says nothing with a refusal of that length', async () => {
    const message = 'the venue answered with status 409'
    await assert.rejects(connectVenue({ url }).limits(), { code: 'VENUE_REFUSED', message })
  })

  it('is left in the middle of a line without an end', async () => {
    let pulled = 0
    const body = new ReadableStream({
      pull(stream) {
        stream.enqueue(BLANKS.subarray(0, 1 << 20))
        pulled++
        if (pulled === 40) stream.close()
      },
    })
    const endless = connectVenue({ url: 'http://venue', fetch: async () => new Response(body) })
    const lines = endless.session(7, 'token').follow()
    await assert.rejects(lines.next(), { code: 'VENUE_UNREACHABLE', message: 'venue: sent a line that is too long' })
    assert.ok(pulled < 20, `${pulled}`)
  })
})
