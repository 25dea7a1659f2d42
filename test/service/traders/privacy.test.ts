import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Message } from '../../../protocol/message.ts'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, type TradingVenue, tradingVenue } from '../../support/service/trading-venue.ts'

/** Values of a path that traders may try, by the name that a route gives them. */
const PLACES: Readonly<Record<string, string>> = { market: '0', record: '3', sha256: '0'.repeat(64) }
const HOSTILE = ['-1', '1e9', '%00', '..', 'NaN', '99999999999999999999', "1' OR 1=1", '{}']
const BODIES: readonly unknown[] = [
  null,
  0,
  'x',
  [],
  {},
  [null],
  { account: -1 },
  { account: 1.5 },
  { account: '1' },
  '{',
  '[{"a":',
]

describe('between two traders', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let venue: TradingVenue
  before(async () => {
    server = await testServer()
    venue = await tradingVenue(server, { rules: { requestsAtOnce: 100_000 } })
  })
  after(async () => {
    await venue[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('nothing of one is shown to the other, nor to strangers, at any route', async () => {
    const offer: Message = orderOf(2, 1n, { side: 'sell', price: 1007n, size: 37n })
    const [answer] = await venue.client.send([{ ...signed(2, offer), clientOrderId: 'planted-name' }])
    await venue.client.send([signed(1, orderOf(1, 1n, { price: 1007n, size: 12n, timeInForce: 'IOC' }))])
    await venue.put({ kind: 'cut', cash: false })
    await venue.settle()
    const record = answer!.record!
    const [own, other] = [await venue.login(2), await venue.login(1)]
    const whole = await venue.get('/v1/account', own)
    const planted = [`"${whole.body.collateral[0]}"`, 'planted-name']
    const seen = (text: string) => planted.some((secret) => text.includes(secret))
    assert.ok(seen(whole.text))
    assert.ok(seen((await venue.get(`/v1/account/messages/${record}`, own)).text))
    assert.ok(seen((await venue.get('/v1/account/opening', own)).text))
    for (const { method, path } of venue.gateway.routes.filter(({ path }) => !path.endsWith('/stream'))) {
      for (const query of ['', '?nonce=1', '?clientOrderId=planted-name', '?market=0&sequence=0']) {
        const place = path.replaceAll(/:(\w+)/g, (_, name) => (name === 'record' ? `${record}` : PLACES[name]!))
        if (method === 'POST' && path === '/v1/logout') continue
        const body = method === 'POST' ? { account: 2 } : undefined
        for (const token of [other, undefined]) {
          const { text, status } = await venue.call(method, place + query, { token, body })
          assert.ok(!seen(text), `${method} ${place}${query} with status ${status}`)
        }
      }
    }
  })

  it('a stream tells each his own side of a trade, and not whose the other is', async () => {
    const streams = await Promise.all([1, 2].map(async (account) => (await venue.session(account)).follow()))
    for (const stream of streams) await stream.next()
    await venue.client.send([signed(2, orderOf(2, 11n, { side: 'sell', price: 1003n }))])
    await venue.client.send([signed(1, orderOf(1, 11n, { price: 1003n, timeInForce: 'IOC' }))])
    await venue.put({ kind: 'cut', cash: false })
    const fills = []
    for (const stream of streams) {
      for (;;) {
        const { value } = await stream.next()
        assert.doesNotMatch(
          JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each)),
          /account/i,
        )
        if (value.kind !== 'filled') continue
        fills.push([value.role, value.side, value.record])
        break
      }
      await stream.return(undefined)
    }
    assert.deepEqual(
      fills.map(([role, side]) => [role, side]),
      [
        ['taker', 'buy'],
        ['maker', 'sell'],
      ],
    )
    assert.notEqual(fills[0]![2], fills[1]![2])
  })

  it('hostile input at any route is a refusal with a code, and no fault of the venue', async () => {
    const token = await venue.login(1)
    const failuresBefore = venue.failures.length
    for (const { method, path } of venue.gateway.routes) {
      if (path === '/v1/logout') continue
      const places = path.includes(':')
        ? HOSTILE.map((value) => path.replaceAll(/:\w+/g, encodeURIComponent(value)))
        : [path]
      const isStream = path.endsWith('/stream')
      for (const place of places) {
        const queries = isStream
          ? ['?after=-1', '?nonsense=1']
          : ['', '?depth=-1', '?nonce=x', '?after=%00', '?market=256&side=buy&sequence=1']
        if (isStream && path.includes('book') && place === path) continue
        for (const query of queries) {
          for (const body of method === 'POST' ? BODIES : [undefined]) {
            const { status, body: answer } = await venue.call(method, place + query, { token, body })
            assert.ok(status < 500, `${method} ${place}${query} ${JSON.stringify(body)}: ${status}`)
            if (status >= 400) assert.equal(typeof answer.error.code, 'string')
          }
        }
      }
    }
    assert.equal(venue.failures.length, failuresBefore)
  })
})
