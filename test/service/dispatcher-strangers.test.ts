import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { sha256 } from '../../service/jobs/digest.ts'
import type { Database } from '../../service/postgres/database.ts'
import { testServer } from '../support/service/test-server.ts'
import { type ToyCircuits, toyCircuits, toyVenue } from '../support/service/toy-venue.ts'

const WORKERS = '127.0.0.1'
/** Of the form of a token, and none. */
const BAD = `zkclear_${'0'.repeat(12)}_${'A'.repeat(43)}`

function ask(url: string, localAddress: string, token: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const headers = { authorization: `Bearer ${token}`, connection: 'close' }
  const asked = request(`${url}/worker/token`, { localAddress, headers }, (response) => {
    response.resume()
    resolve(response.statusCode!)
  })
  asked.on('error', reject)
  asked.end()
  return promise
}

describe("the workers' port, while strangers' tokens are looked up", () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let toys: ToyCircuits
  before(async () => {
    server = await testServer()
    toys = await toyCircuits()
  })
  after(async () => {
    await toys[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('answers who bore a good token where he is, and turns away strangers beyond their share', async () => {
    const held: (() => void)[] = []
    let isHeld = true
    const forReaders = {
      async query(text: string, values: readonly unknown[]) {
        const isBad = Buffer.compare(values[0] as Buffer, sha256(BAD)) === 0
        if (isBad && isHeld) await new Promise<void>((resolve) => held.push(resolve))
        return await venue.database.query(text, values)
      },
    } as unknown as Database
    await using venue = await toyVenue(server, toys, { forReaders })
    const { url, token } = venue
    assert.equal(await ask(url, WORKERS, token), 204)
    const turnedAway = Promise.withResolvers<void>()
    const strangers = Array.from({ length: 80 }, async (_, i) => {
      const status = await ask(url, `127.0.1.${1 + (i % 40)}`, BAD)
      if (status === 503) turnedAway.resolve()
      return status
    })
    await turnedAway.promise
    assert.equal(held.length, 64)
    assert.equal(await ask(url, WORKERS, token), 204)
    // Who comes from elsewhere is a stranger until his token was looked up.
    assert.equal(await ask(url, '127.0.0.2', token), 503)
    isHeld = false
    for (const go of held) go()
    const statuses = await Promise.all(strangers)
    assert.deepEqual([...new Set(statuses)].toSorted(), [401, 503])
    assert.equal(await ask(url, '127.0.0.2', token), 204)
  })

  it('looks tokens up with connections of their own: who writes waits for none of them', async () => {
    const forReaders = { query: async () => [] } as unknown as Database
    await using venue = await toyVenue(server, toys, { forReaders })
    assert.equal(await ask(venue.url, WORKERS, venue.token), 401)
  })
})
