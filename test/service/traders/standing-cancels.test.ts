import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { signBundle, tradingKey } from '../../../protocol/signature.ts'
import { Refusal } from '../../../service/http/refusal.ts'
import { StandingCancelStore } from '../../../service/traders/standing-cancel-store.ts'
import { StandingCancels } from '../../../service/traders/standing-cancels.ts'
import { AHEAD, all, bidding, leave, restingOf } from '../../support/service/standing-orders.ts'
import { testServer } from '../../support/service/test-server.ts'
import { DOMAIN, orderOf, secretOf, signed, tradingVenue } from '../../support/service/trading-venue.ts'

const CHILD = fileURLToPath(new URL('../../support/service/trader-child.ts', import.meta.url))
const CANCEL = { kind: 'cancel', market: 0, account: 1, side: 'buy', price: 1000n, sequence: 0n } as const

describe('cancels that stand for when their trader falls silent', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('are journalled after so many seconds of silence, each as a message with its place in the log', async () => {
    await using venue = await bidding(server)
    const session = await venue.session(1)
    const left = await session.leaveCancels(leave(signed(1, all(1, AHEAD)), signed(1, all(1, AHEAD + 1n, 1))))
    assert.deepEqual(
      [left.state, left.left, left.bundles.map(({ nonce }) => nonce)],
      ['ARMED', 10, [AHEAD, AHEAD + 1n]],
    )
    const { records } = venue.writer.state
    await venue.beSilent(9)
    assert.equal(venue.writer.state.records, records)
    await venue.beSilent(1)
    const fired = await session.standingCancels()
    assert.deepEqual([fired.state, fired.records], ['FIRED', [records, records + 1]])
    assert.deepEqual(await restingOf(venue), [0, 0])
    const token = await venue.login(1)
    for (const record of fired.records) assert.equal((await venue.get(`/v1/receipts/${record}`, token)).status, 200)
    // Once: silence goes on.
    await venue.beSilent(100)
    assert.equal((await session.standingCancels()).records.length, 2)
  })

  it('are put off by each heartbeat', async () => {
    await using venue = await bidding(server)
    const session = await venue.session(1)
    await session.leaveCancels(leave(signed(1, all(1, AHEAD))))
    for (let i = 0; i < 5; i++) {
      await venue.beSilent(9)
      assert.equal((await session.heartbeat()).left, 10)
    }
    assert.deepEqual(await restingOf(venue), [1, 1])
    await venue.beSilent(10)
    assert.equal((await session.heartbeat()).state, 'FIRED')
    assert.deepEqual(await restingOf(venue), [0, 1])
  })

  it('are handed in when the process that reads the stream is killed, and not while it lives', async () => {
    await using venue = await bidding(server)
    const given = [venue.gateway.url, Buffer.from(secretOf(1)).toString('hex'), `${DOMAIN}`, '1', `${AHEAD}`]
    const child = spawn(process.execPath, [CHILD, ...given], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await venue.beSilent(30)
    assert.deepEqual(await restingOf(venue), [1, 1])
    child.kill('SIGKILL')
    await once(child, 'exit')
    while (venue.desk.feeds.accounts.topics.has(1)) await new Promise((resolve) => setImmediate(resolve))
    await venue.beSilent(4)
    assert.equal((await restingOf(venue))[0], 1)
    await venue.beSilent(1)
    assert.equal((await restingOf(venue))[0], 0)
  })

  it('are void once a message of their nonce or above is taken, and its answer says so', async () => {
    await using venue = await bidding(server)
    const session = await venue.session(1)
    await session.leaveCancels(leave(signed(1, all(1, 10n)), signed(1, all(1, 20n, 1))))
    const send = async (nonce: bigint) => {
      const price = 900n + nonce
      return (await venue.client.send([signed(1, orderOf(1, nonce, { side: 'sell', price: 1000n + price }))]))[0]!
    }
    assert.equal((await send(9n)).voidCancels, undefined)
    const tenth = await send(10n)
    assert.deepEqual([tenth.verdict, tenth.voidCancels], ['ACCEPTED', 1])
    const now = await session.heartbeat()
    assert.deepEqual([now.state, now.void, now.bundles], ['ARMED', 1, [{ market: 1, nonce: 20n }]])
    await venue.put({ kind: 'cut', cash: false })
    const [last] = await venue.client.send([signed(1, all(1, 21n))])
    assert.deepEqual([last!.verdict, last!.voidCancels], ['ACCEPTED', 1])
    assert.equal((await session.heartbeat()).state, 'VOID')
    const { records } = venue.writer.state
    await venue.beSilent(100)
    assert.equal(venue.writer.state.records, records)
    assert.equal((await session.leaveCancels(leave(signed(1, all(1, 30n))))).state, 'ARMED')
  })

  it('take the place of those that were left before, and can be taken back', async () => {
    await using venue = await bidding(server)
    const session = await venue.session(1)
    await session.leaveCancels(leave(signed(1, all(1, AHEAD))))
    await session.leaveCancels(leave(signed(1, all(1, AHEAD + 1n, 1))))
    await venue.beSilent(10)
    assert.deepEqual(await restingOf(venue), [1, 0])
    await session.leaveCancels(leave(signed(1, all(1, 2n * AHEAD))))
    assert.equal((await session.dropCancels()).state, 'NONE')
    await venue.beSilent(100)
    assert.deepEqual(await restingOf(venue), [1, 0])
  })

  it('let no time pass in which the venue itself stood still', async () => {
    await using venue = await bidding(server)
    let now = 0
    const { database, journal, sealer, writer } = venue
    const standing = new StandingCancels({
      store: new StandingCancelStore(database, journal, sealer),
      state: () => writer.written,
      ...{ take: () => assert.fail('handed in'), recordOf: () => undefined },
      ...{ read: () => new Set(), warn: () => undefined, now: () => now },
    })
    await standing.put(1, leave(signed(1, all(1, AHEAD))))
    now += 600
    await standing.turn()
    assert.equal(standing.view(1).left, 9)
  })

  it('are tried again while nothing is taken, and put off by a heartbeat meanwhile', async () => {
    await using venue = await bidding(server)
    const session = await venue.session(1)
    await session.leaveCancels(leave(signed(1, all(1, AHEAD))))
    await venue.put({ kind: 'pause', until: venue.writer.state.timestamp + 60n })
    await venue.beSilent(20)
    assert.deepEqual([(await session.standingCancels()).state, await restingOf(venue)], ['ARMED', [1, 1]])
    await session.heartbeat()
    await venue.wait(61_000n)
    await venue.beSilent(9)
    assert.equal((await restingOf(venue))[0], 1)
    await venue.beSilent(1)
    assert.equal((await restingOf(venue))[0], 0)
  })

  it('count to no share of their account: who sent too much is rid of his orders all the same', async () => {
    await using venue = await tradingVenue(server, { rules: { cancelsAtOnce: 1, creditLeast: 1, creditShare: 1000 } })
    await venue.client.send([signed(1, orderOf(1, 1n))])
    await venue.put({ kind: 'cut', cash: false })
    const [refused] = await venue.client.send([signed(1, all(1, 2n))])
    assert.equal(refused!.verdict, 'CREDIT_SHARE')
    await (await venue.session(1)).leaveCancels(leave(signed(1, all(1, 2n))))
    await venue.beSilent(10)
    assert.equal((await restingOf(venue))[0], 0)
  })

  it('leave no record where nothing rests, and stand on for an order that was on its way', async () => {
    await using venue = await tradingVenue(server)
    const session = await venue.session(1)
    await session.leaveCancels(leave(signed(1, all(1, AHEAD))))
    const { records } = venue.writer.state
    await venue.beSilent(100)
    const { state, left, records: fired } = await session.standingCancels()
    assert.deepEqual([state, left, fired, venue.writer.state.records], ['ARMED', 0, [], records])
    assert.equal((await session.read()).nextNonce, 1n)
    const [late] = await venue.client.send([signed(1, orderOf(1, 1n))])
    assert.equal(late!.verdict, 'ACCEPTED')
    await venue.put({ kind: 'cut', cash: false })
    await venue.beSilent(1)
    assert.deepEqual(
      [(await session.standingCancels()).state, await restingOf(venue), (await session.read()).nextNonce],
      ['FIRED', [0, 0], AHEAD + 1n],
    )
  })

  it('are handed in although those of others are more than the venue takes now', async () => {
    await using venue = await bidding(server)
    let credit = 1
    let now = 0
    const { database, journal, sealer, writer, desk } = venue
    const standing = new StandingCancels({
      store: new StandingCancelStore(database, journal, sealer),
      state: () => writer.written,
      async take(bundles) {
        if (credit-- <= 0) throw new Refusal(429, 'INTAKE_LIMITED', 'too much', 1)
        return await writer.take(bundles, [], desk.door.forStanding)
      },
      recordOf: (bundle) => desk.door.same(bundle),
      ...{ read: () => new Set<number>(), warn: () => undefined, now: () => now },
    })
    await standing.put(1, leave(signed(1, all(1, AHEAD)), signed(1, all(1, AHEAD + 1n, 1))))
    for (let i = 0; i < 10; i++) {
      now++
      await standing.turn()
    }
    assert.deepEqual([standing.view(1).state, await restingOf(venue)], ['ARMED', [0, 1]])
    credit = 1
    now++
    await standing.turn()
    assert.deepEqual([standing.view(1).state, await restingOf(venue)], ['FIRED', [0, 0]])
    assert.equal(standing.view(1).records.length, 2)
  })

  for (const [name, bundles] of [
    ['an order', [signed(1, orderOf(1, 5n))]],
    ['a bundle with an order in it', [signed(1, all(1, 5n), orderOf(1, 6n))]],
    ['cancels of another account', [signed(2, all(2, 5n))]],
    ['cancels that another key signed', [signBundle([all(1, 5n)], DOMAIN, secretOf(2))]],
    ['cancels that were signed for another venue', [signBundle([all(1, 5n)], DOMAIN + 1n, secretOf(1))]],
    ['cancels without a signature', [{ messages: [all(1, 5n)], signature: { R8x: 0n, R8y: 0n, S: 0n } }]],
    ['cancels of a nonce that was used', [signed(1, all(1, 2n))]],
    ['bundles of which the second is void by the first', [signed(1, all(1, 6n)), signed(1, all(1, 6n, 1))]],
    ['two of one market', [signed(1, all(1, 6n)), signed(1, all(1, 7n))]],
    ['several messages in a bundle', [signed(1, all(1, 6n), all(1, 7n))]],
    ['a cancel of one order', [signed(1, { ...CANCEL, nonce: 5n })]],
    ['an empty bundle', [{ messages: [], signature: signed(1, all(1, 5n)).signature }]],
    ['a market that there is not', [signed(1, all(1, 5n, 9))]],
  ] as const) {
    it(`are not ${name}`, async () => {
      await using venue = await bidding(server)
      const session = await venue.session(1)
      await assert.rejects(session.leaveCancels(leave(...bundles)), {
        code: 'VENUE_REFUSED',
        details: { status: 409, code: 'CANCELS_REFUSED', retryAfter: 0 },
      })
      assert.equal((await session.standingCancels()).state, 'NONE')
    })
  }

  it('are not left for less than five seconds, or more than ten minutes', async () => {
    await using venue = await tradingVenue(server)
    const session = await venue.session(1)
    const left = leave(signed(1, all(1, AHEAD)))
    for (const seconds of [4, 601, 5.5]) {
      await assert.rejects(session.leaveCancels({ ...left, seconds }), {
        details: { status: 400, code: 'INPUT_INVALID', retryAfter: 0 },
      })
    }
    for (const seconds of [5, 600]) assert.equal((await session.leaveCancels({ ...left, seconds })).left, seconds)
  })

  it('are nobody else’s: another trader neither sees them, nor puts them off, nor takes them back', async () => {
    await using venue = await bidding(server)
    const session = await venue.session(1)
    const bundle = signed(1, all(1, AHEAD))
    await session.leaveCancels(leave(bundle))
    const other = await venue.session(2)
    for (const seen of [await other.standingCancels(), await other.heartbeat(), await other.dropCancels()]) {
      assert.equal(seen.state, 'NONE')
    }
    // Not even to himself is told what anybody could hand in.
    const { text } = await venue.get('/v1/account/standing-cancels', await venue.login(1))
    for (const secret of Object.values(bundle.signature)) assert.ok(!text.includes(`${secret}`))
    await venue.beSilent(10)
    assert.equal((await restingOf(venue))[0], 0)
  })

  it('end with the trading key: what another key signed is not handed in', async () => {
    await using venue = await bidding(server)
    await (await venue.session(1)).leaveCancels(leave(signed(1, all(1, AHEAD))))
    const operation = { kind: 'ROTATE', account: 1, key: tradingKey(secretOf(9)) } as const
    await venue.put({
      ...{ kind: 'queue', first: 0n, blockNumber: 1n, blockHash: `0x${'00'.repeat(32)}` },
      entries: [{ operation, deadline: 9_999_999_999n }],
    })
    await venue.put({ kind: 'cut', cash: true })
    const { records } = venue.writer.state
    await venue.beSilent(10)
    assert.deepEqual([venue.standing.view(1).state, venue.writer.state.records], ['VOID', records])
  })
})
