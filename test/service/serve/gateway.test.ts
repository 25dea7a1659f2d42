import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { TraderMessage } from '../../../client/wire/messages.ts'
import { order } from '../../../lab/instances/model.ts'
import type { Bid, SignedBid } from '../../../protocol/takeover/bid.ts'
import { type Gateway, serveGateway } from '../../../service/gateway/gateway.ts'
import { Refusal } from '../../../service/http/refusal.ts'
import { VenueLog } from '../../../service/log/venue-log.ts'
import type { Database } from '../../../service/postgres/database.ts'
import { TradersDesk } from '../../../service/traders/desk.ts'
import { StandingCancelStore } from '../../../service/traders/standing-cancel-store.ts'
import { StandingCancels } from '../../../service/traders/standing-cancels.ts'
import { tradersSide } from '../../../service/traders/traders-side.ts'
import { toJson } from '../../../venue/files/schema.ts'
import { encodeBid } from '../../../venue/files/takeover-file.ts'
import { sealerOf } from '../../support/service/test-keys.ts'
import { testNotes } from '../../support/service/test-notes.ts'
import { testServer } from '../../support/service/test-server.ts'
import { Desk } from '../sequencer/desk.ts'
import { bidOf } from '../sequencer/simulation/traders.ts'

const BUNDLE = toJson(order(1, 1n))
const WITHDRAWAL = toJson({
  ...{ kind: 'WITHDRAW', account: 1, asset: 0, counterAccount: 0, amount: 5n, nonce: 2n, expiry: 9n },
  signature: (BUNDLE as { signature: unknown }).signature,
})

describe('the gateway', () => {
  let gateway: Gateway
  let taken: TraderMessage[] = []
  let limit = Number.POSITIVE_INFINITY
  const bids: Bid[] = []
  const failures: unknown[] = []
  let server: Awaited<ReturnType<typeof testServer>>
  let database: Database
  let desk: TradersDesk
  before(async () => {
    server = await testServer()
    database = await server.fresh()
    const { state } = new Desk()
    const log = await VenueLog.open(database, { epoch: 0n, next: 0n }, { signer: testNotes(), clock: () => 0n })
    desk = new TradersDesk(state, { credit: () => 100n })
    const venue = {
      async take(messages: readonly TraderMessage[]) {
        if (messages.length > limit) throw new Refusal(429, 'INTAKE_LIMITED', 'too many', 7)
        taken.push(...messages)
        return messages.map((_, record) => ({ verdict: 'ACCEPTED' as const, record }))
      },
      async takeViewKey({ account }: { account: number }) {
        if (account === 3) throw new TypeError('a fault with 424242 in it')
        return 'TAKEN' as const
      },
      async takeBid({ bid }: SignedBid) {
        bids.push(bid)
        return { verdict: 'ACCEPTED' as const, record: 5 }
      },
      status: () => assert.fail('nobody asks for it'),
    }
    const sealer = await sealerOf(database)
    const standing = new StandingCancels({
      store: new StandingCancelStore(database, { epoch: 0n, term: 0n }, sealer),
      ...{ state: () => state, take: () => assert.fail('handed in'), recordOf: () => undefined },
      ...{ read: () => new Set(), warn: (message) => failures.push(message) },
    })
    const exits = { of: () => assert.fail('frozen') }
    const parts = { database, domain: 77n, venue, desk, standing, sealer, log, state: () => state }
    gateway = await serveGateway({
      database,
      ...tradersSide({ ...parts, provable: () => undefined, exits, marginFiles: undefined }),
      onFailure: (error) => failures.push(error),
    })
  })
  after(async () => {
    desk[Symbol.dispose]()
    await gateway[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  async function post(path: string, body: string) {
    taken = []
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(gateway.url + path, { method: 'POST', headers, body })
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() }
  }
  const send = (messages: unknown) => post('/v1/messages', JSON.stringify(messages))

  it('hands on bundles and withdrawals in their order, and answers each', async () => {
    const { status, body } = await send([BUNDLE, WITHDRAWAL])
    assert.equal(status, 200)
    assert.deepEqual(
      body.verdicts.map(({ record }: { record: number }) => record),
      [0, 1],
    )
    assert.deepEqual(
      taken.map((message) => 'messages' in message),
      [true, false],
    )
  })

  for (const [name, body] of [
    ['what is no list', '{}'],
    ['an empty list', '[]'],
    ['more than 256 messages', JSON.stringify(new Array(257).fill(BUNDLE))],
    ['a message that is none', JSON.stringify([BUNDLE, 5])],
    [
      'a bundle of more messages than eight, before it looks at them',
      JSON.stringify([{ ...(BUNDLE as object), messages: Array(9).fill({}) }]),
    ],
    ['a field that is not known', JSON.stringify([{ ...(BUNDLE as object), extra: 1 }])],
    ['a number that is none', JSON.stringify([{ ...(WITHDRAWAL as object), amount: '-1' }])],
    ['a withdrawal without a signature', JSON.stringify([{ ...(WITHDRAWAL as object), signature: undefined }])],
    ['what is no JSON', '[{'],
  ] as const) {
    it(`refuses ${name}, and takes nothing of the request`, async () => {
      const { status, body: answer } = await post('/v1/messages', body)
      assert.equal(status, 400)
      assert.match(answer.error.code, /^(INPUT|REQUEST)_INVALID$/)
      assert.deepEqual(taken, [])
    })
  }

  it('refuses a body beyond its limit', async () => {
    assert.equal((await post('/v1/messages', JSON.stringify(['x'.repeat(1 << 20)]))).status, 413)
  })

  it('hands on a bid, and refuses one that was signed for another venue', async () => {
    const bid = { victim: 1, bidder: 2, held: 5n, price: -7n, nonce: 3n, expiry: 9n }
    const signed = bidOf(bid)
    const { status, body } = await post('/v1/bids', JSON.stringify(toJson(encodeBid(signed, 77n))))
    assert.deepEqual([status, body, bids], [200, { verdict: 'ACCEPTED', record: 5 }, [bid]])
    assert.equal((await post('/v1/bids', JSON.stringify(toJson(encodeBid(signed, 78n))))).status, 400)
    assert.equal((await post('/v1/bids', '[]')).status, 400)
    assert.equal(bids.length, 1)
  })

  it('says when to come again', async () => {
    limit = 1
    const { status, retryAfter } = await send([BUNDLE, BUNDLE])
    limit = Number.POSITIVE_INFINITY
    assert.deepEqual([status, retryAfter], [429, '7'])
  })

  it('does not repeat a view key that it cannot read', async () => {
    const { status, body } = await post('/v1/view-keys', JSON.stringify({ account: 1, viewKey: `${1n << 255n}` }))
    assert.equal(status, 400)
    assert.doesNotMatch(JSON.stringify(body), /5789604461865809771/)
  })

  it('tells nothing of a fault of its own, and notes it', async () => {
    const { status, body } = await post('/v1/view-keys', JSON.stringify({ account: 3, viewKey: '1' }))
    assert.equal(status, 500)
    assert.doesNotMatch(JSON.stringify(body), /424242/)
    assert.equal(failures.length, 1)
  })

  it('knows no other routes', async () => {
    const response = await fetch(`${gateway.url}/v1/accounts`)
    assert.deepEqual([response.status, (await response.json()).error.code], [404, 'NOT_FOUND'])
  })

  it('listens beyond this machine with a certificate alone', async () => {
    const options = { database, routes: [], isCurrent: () => true, onFailure() {} }
    await assert.rejects(serveGateway({ ...options, host: '0.0.0.0' }), { code: 'INPUT_INVALID', path: 'host' })
  })
})
