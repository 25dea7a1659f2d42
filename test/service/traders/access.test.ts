import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { serveGateway } from '../../../service/gateway/gateway.ts'
import { createToken } from '../../../service/tokens/tokens.ts'
import { testServer } from '../../support/service/test-server.ts'
import { type TradingVenue, tradingVenue } from '../../support/service/trading-venue.ts'

describe('who may ask for what', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  let credentials: Readonly<Record<string, { readonly token: string | undefined; readonly status: number }>>
  before(async () => {
    server = await testServer()
    venue = await tradingVenue(server)
    const { database } = venue
    const revoked = await venue.login(1)
    await venue.post('/v1/logout', {}, revoked)
    const expired = await venue.login(1)
    await database.query(`UPDATE token SET expires_at = clock_timestamp() - interval '1 s' WHERE id = $1`, [
      expired.split('_')[1],
    ])
    const rotated = await venue.login(1)
    await database.query(`UPDATE token SET trading_key = '1 2' WHERE id = $1`, [rotated.split('_')[1]])
    const worker = await createToken(database, { name: 'a worker', scope: 'worker', seconds: 60 })
    const good = await venue.login(1)
    credentials = {
      'no token': { token: undefined, status: 401 },
      'a token that never was': { token: `zkclear_${'0'.repeat(12)}_${'A'.repeat(43)}`, status: 401 },
      'what is no token': { token: 'x', status: 401 },
      'a good token with a byte more': { token: `${good}A`, status: 401 },
      'a revoked token': { token: revoked, status: 401 },
      'an expired token': { token: expired, status: 401 },
      'a token of a trading key that the account has no more': { token: rotated, status: 401 },
      'a token for workers': { token: worker.text, status: 403 },
    }
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('is refused for every route that is not public, with every credential but a good one', async () => {
    const guarded = venue.gateway.routes.filter(({ access }) => access !== 'public')
    assert.ok(guarded.length >= 2)
    for (const { method, path } of guarded) {
      for (const [name, { token, status }] of Object.entries(credentials)) {
        const body = method === 'POST' ? {} : undefined
        const asked = await venue.call(method, path.replaceAll(/:\w+/g, '1'), { token, body })
        assert.equal(asked.status, status, `${method} ${path} with ${name}`)
        assert.equal(asked.body.error.code, 'TOKEN_REFUSED', `${method} ${path} with ${name}`)
      }
    }
  })

  it('is public for these routes, and no other', () => {
    const open = venue.gateway.routes.filter(
      ({ access, method }) => access === 'public' && (method as string) !== 'HEAD',
    )
    assert.deepEqual(open.map(({ method, path }) => `${method} ${path}`).sort(), PUBLIC)
  })

  it('is looked up for so many at once, and the others are turned away, not kept waiting', async () => {
    await using flooded = await tradingVenue(server, { rules: { requestsAtOnce: 1000 } })
    const token = `zkclear_${'0'.repeat(12)}_${'A'.repeat(43)}`
    let statuses: Promise<number[]> | undefined
    await flooded.database.transaction(async (transaction) => {
      await transaction.query('LOCK TABLE token')
      const turned = Promise.withResolvers<void>()
      let count = 0
      const asked = Array.from({ length: 100 }, async () => {
        const { status } = await flooded.get('/v1/account', token)
        if (status === 503 && ++count === 36) turned.resolve()
        return status
      })
      statuses = Promise.all(asked)
      await turned.promise
    })
    assert.deepEqual((await statuses!).toSorted(), [...Array(64).fill(401), ...Array(36).fill(503)])
    assert.deepEqual(flooded.failures, [])
  })

  it('is looked up for a trader whose word came from where he is, however many strangers are in the way', async () => {
    await using flooded = await tradingVenue(server, { rules: { requestsAtOnce: 1000 } })
    const good = await flooded.login(1)
    const from = (localAddress: string, token: string) =>
      new Promise<number>((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}`, connection: 'close' }
        const url = `${flooded.gateway.url}/v1/account/standing-cancels`
        const asked = request(url, { localAddress, headers }, (response) => {
          response.resume()
          resolve(response.statusCode!)
        })
        asked.on('error', reject)
        asked.end()
      })
    const token = `zkclear_${'0'.repeat(12)}_${'A'.repeat(43)}`
    let statuses: Promise<number[]> | undefined
    let heard: Promise<number> | undefined
    await flooded.database.transaction(async (transaction) => {
      await transaction.query('LOCK TABLE token')
      const turned = Promise.withResolvers<void>()
      const asked = Array.from({ length: 80 }, async (_, i) => {
        const status = await from(`127.0.1.${1 + (i % 40)}`, token)
        if (status === 503) turned.resolve()
        return status
      })
      statuses = Promise.all(asked)
      await turned.promise
      heard = from('127.0.0.1', good)
    })
    assert.equal(await heard!, 200)
    assert.ok((await statuses!).includes(503))
    assert.deepEqual(flooded.failures, [])
  })

  it('has to be said of every route: a server with one of which it is not does not start', async () => {
    const { database } = venue
    const silent = { method: 'GET', path: '/v1/secret', handle: async () => ({}) } as never
    await assert.rejects(
      serveGateway({ database, routes: [silent], isCurrent: () => true, onFailure() {} }),
      /does not say who may ask/,
    )
  })
})

const PUBLIC = [
  'GET /v1/batches',
  'GET /v1/limits',
  'GET /v1/log/anchors/:anchor',
  'GET /v1/log/checkpoint',
  'GET /v1/log/consistency',
  'GET /v1/log/key',
  'GET /v1/log/leaves',
  'GET /v1/markets',
  'GET /v1/markets/:market/book',
  'GET /v1/markets/:market/book/stream',
  'GET /v1/markets/:market/trades',
  'GET /v1/markets/:market/trades/stream',
  'GET /v1/openapi.json',
  'GET /v1/status',
  'POST /v1/bids',
  'POST /v1/login',
  'POST /v1/login/challenge',
  'POST /v1/messages',
  'POST /v1/view-keys',
]
