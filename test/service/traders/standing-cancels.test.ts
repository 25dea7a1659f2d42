import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { standingCancelsRequest } from '../../../client/wire/standing-cancels.ts'
import type { SignedBundle } from '../../../protocol/bundle.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import type { Message } from '../../../protocol/message.ts'
import { signBundle, tradingKey } from '../../../protocol/signature.ts'
import { Refusal } from '../../../service/http/refusal.ts'
import { Journal } from '../../../service/journal/journal.ts'
import { rewrap } from '../../../service/sealing/rewrap.ts'
import { Sealer } from '../../../service/sealing/sealer.ts'
import { StandingCancelStore } from '../../../service/traders/standing-cancel-store.ts'
import { StandingCancels } from '../../../service/traders/standing-cancels.ts'
import { toJson } from '../../../venue/files/schema.ts'
import { testKeys } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import {
  DOMAIN,
  orderOf,
  secretOf,
  signed,
  type TradingVenue,
  tradingVenue,
} from '../../support/service/trading-venue.ts'

const CHILD = fileURLToPath(new URL('../../support/service/trader-child.ts', import.meta.url))
const AHEAD = 1_000_000n
const all = (account: number, nonce: bigint, market = 0): Message => {
  return { kind: 'cancel-all', market, account, side: 'both', nonce }
}
const CANCEL = { kind: 'cancel', market: 0, account: 1, side: 'buy', price: 1000n, sequence: 0n } as const
const leave = (...bundles: SignedBundle[]) => ({ bundles, seconds: 10, watch: 'heartbeat' as const })

describe('cancels that stand for when their trader falls silent', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  /** A venue in which account 1 bids in two markets. */
  async function bidding() {
    const venue = await tradingVenue(server)
    await venue.client.send([signed(1, orderOf(1, 1n)), signed(1, orderOf(1, 2n, { market: 1 }))])
    await venue.put({ kind: 'cut', cash: false })
    return venue
  }
  const restingOf = async (venue: TradingVenue) => {
    await venue.put({ kind: 'cut', cash: false })
    return (await Promise.all([0, 1].map((market) => venue.client.book(market)))).map(({ bids }) => bids.length)
  }
  /** Another process on the same database, as after a restart. */
  function restarted({ database, journal, sealer: first, writer, desk, failures }: TradingVenue, sealer = first) {
    let now = 0
    const standing = new StandingCancels({
      store: new StandingCancelStore(database, journal, sealer),
      state: () => writer.written,
      take: (bundles) => writer.take(bundles, [], desk.door.forStanding),
      recordOf: (bundle) => desk.door.same(bundle),
      ...{ read: () => new Set(), warn: (message) => failures.push(message), now: () => now },
    })
    const beSilent = async (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        now++
        await standing.turn()
      }
    }
    return { standing, beSilent }
  }

  it('are journalled after so many seconds of silence, each as a message with its place in the log', async () => {
    await using venue = await bidding()
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
    await using venue = await bidding()
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
    await using venue = await bidding()
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
    await using venue = await bidding()
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
    await using venue = await bidding()
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

  it('are stored as they stand, in the order in which they were left and taken back, however long each takes to store', async () => {
    await using venue = await bidding()
    const { database, journal, sealer, writer, failures } = venue
    const stored = new StandingCancelStore(database, journal, sealer)
    const first = Promise.withResolvers<void>()
    const slow = {
      async put(...given: Parameters<StandingCancelStore['put']>) {
        const name = await stored.put(...given)
        // It is stored, and its answer is on its way.
        if (given[0] === 1 && given[1].seconds === 10) await first.promise
        return name
      },
      delete: (...given: Parameters<StandingCancelStore['delete']>) => stored.delete(...given),
      all: (...given: Parameters<StandingCancelStore['all']>) => stored.all(...given),
    }
    const standing = new StandingCancels({
      ...{ store: slow, state: () => writer.written, take: async () => [], read: () => new Set<number>() },
      ...{ recordOf: () => undefined, warn: (message: string) => failures.push(message), now: () => 0 },
    })
    const later = (seconds: number) => ({ ...leave(signed(1, all(1, AHEAD + BigInt(seconds)))), seconds })
    const left = [standing.put(1, later(10)), standing.put(1, later(11)), standing.drop(1), standing.put(1, later(12))]
    // Another account waits for none of them.
    for (let i = 0n; i < 5n; i++) await standing.put(2, leave(signed(2, all(2, AHEAD + i))))
    first.resolve()
    assert.deepEqual(
      (await Promise.all(left)).map(({ seconds }) => seconds),
      [10, 11, undefined, 12],
    )
    const again = restarted(venue).standing
    await again.load()
    assert.deepEqual([again.view(1), again.view(2)], [standing.view(1), standing.view(2)])
  })

  it('stand over a restart, with all of their time, and are handed in once', async () => {
    await using venue = await bidding()
    const session = await venue.session(1)
    await session.leaveCancels(leave(signed(1, all(1, AHEAD))))
    await venue.beSilent(9)
    const { standing, beSilent } = restarted(venue)
    await standing.load()
    assert.equal(standing.view(1).left, 10)
    await beSilent(9)
    assert.equal((await restingOf(venue))[0], 1)
    await beSilent(1)
    assert.equal((await restingOf(venue))[0], 0)
    const again = restarted(venue).standing
    await again.load()
    assert.equal(again.view(1).state, 'NONE')
    // One that ended before it could forget them finds that they were taken.
    await venue.standing.turn()
    await venue.beSilent(1)
    assert.equal(venue.standing.view(1).state, 'VOID')
    assert.deepEqual(venue.failures, [])
  })

  /** The same process, of which the store cannot be had for deletions while `isGone`, and which makes a batch of each cancel. */
  function forgetful({ database, journal, sealer, writer, desk, failures, put }: TradingVenue) {
    const stored = new StandingCancelStore(database, journal, sealer)
    const faults = { isGone: true }
    let now = 0
    const standing = new StandingCancels({
      store: {
        put: (...given) => stored.put(...given),
        all: (...given) => stored.all(...given),
        async delete(...given) {
          if (faults.isGone) throw new ZkclearError('DATABASE_UNAVAILABLE', 'the database is gone')
          await stored.delete(...given)
        },
      },
      state: () => writer.written,
      async take(bundles) {
        const answers = await writer.take(bundles, [], desk.door.forStanding)
        await put({ kind: 'cut', cash: false })
        return answers
      },
      recordOf: (bundle) => desk.door.same(bundle),
      ...{ read: () => new Set<number>(), warn: (message: string) => failures.push(message), now: () => now },
    })
    const beSilent = async (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        now++
        await standing.turn()
      }
    }
    return { standing, faults, beSilent }
  }
  /** As a request brings them: of three markets, of which two have orders. */
  const three = () => {
    const bundles = [0, 1, 2].map((market) => signed(1, all(1, AHEAD + BigInt(market), market)))
    return standingCancelsRequest.parse(toJson(leave(...bundles)))
  }

  it('come once, also where the process ends before it can forget them', async () => {
    await using venue = await bidding()
    const { standing, beSilent } = forgetful(venue)
    await standing.put(1, three())
    await beSilent(10)
    const fired = standing.view(1)
    assert.deepEqual([fired.state, fired.records.length], ['FIRED', 2])
    const next = restarted(venue)
    await next.standing.load()
    assert.deepEqual(next.standing.view(1), fired)
    // What its trader does afterwards is none of theirs.
    await venue.client.send([signed(1, orderOf(1, AHEAD + 2n, { market: 2 }))])
    await venue.put({ kind: 'cut', cash: false })
    await next.beSilent(100)
    assert.deepEqual(next.standing.view(1).records, fired.records)
    const again = restarted(venue).standing
    await again.load()
    assert.equal(again.view(1).state, 'NONE')
  })

  it('are forgotten once the database is there again', async () => {
    await using venue = await bidding()
    const { standing, faults, beSilent } = forgetful(venue)
    await standing.put(1, three())
    await beSilent(10)
    const rows = async () => (await venue.database.query('SELECT account FROM standing_cancels')).length
    assert.equal(await rows(), 1)
    faults.isGone = false
    await beSilent(1)
    assert.equal(await rows(), 0)
  })

  it('go on where a process ended before all of them were handed in', async () => {
    await using venue = await bidding()
    await venue.standing.put(1, three())
    const [first] = three().bundles
    await venue.writer.take([first!], [], venue.desk.door.forStanding)
    await venue.put({ kind: 'cut', cash: false })
    const { standing, beSilent } = restarted(venue)
    await standing.load()
    assert.equal(standing.view(1).state, 'ARMED')
    await beSilent(10)
    // The first one was, and the third follows on the second, which has no batch yet.
    assert.deepEqual([standing.view(1).state, standing.view(1).records.length], ['FIRED', 3])
    assert.deepEqual(await restingOf(venue), [0, 0])
  })

  it('stand on where they could not be taken back, as their trader is told', async () => {
    await using venue = await bidding()
    const { standing, faults } = forgetful(venue)
    await standing.put(1, three())
    await assert.rejects(standing.drop(1), { code: 'DATABASE_UNAVAILABLE' })
    assert.equal(standing.view(1).state, 'ARMED')
    faults.isGone = false
    assert.equal((await standing.drop(1)).state, 'NONE')
    const again = restarted(venue).standing
    await again.load()
    assert.equal(again.view(1).state, 'NONE')
  })

  it('let no time pass in which the venue itself stood still', async () => {
    await using venue = await bidding()
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
    await using venue = await bidding()
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
    await using venue = await bidding()
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
      await using venue = await bidding()
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
    await using venue = await bidding()
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
    await using venue = await bidding()
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

  it('are stored sealed, and opened under a key that was rotated', async () => {
    await using venue = await bidding()
    const bundle = signed(1, all(1, AHEAD))
    await (await venue.session(1)).leaveCancels(leave(bundle))
    const rows = await venue.database.query<{ body: Buffer }>('SELECT body FROM standing_cancels')
    assert.equal(rows.length, 1)
    for (const secret of Object.values(bundle.signature)) assert.ok(!rows[0]!.body.includes(`${secret}`))
    await rewrap(venue.database, testKeys(2))
    const sealer = await Sealer.open(venue.database, testKeys(2))
    const { standing } = restarted(venue, sealer)
    await standing.load()
    assert.equal(standing.view(1).state, 'ARMED')
    // Under another account's name they do not open.
    await venue.database.query('UPDATE standing_cancels SET account = 2')
    const swapped = restarted(venue, sealer).standing
    await swapped.load()
    assert.deepEqual(
      [swapped.view(2).state, venue.failures],
      ['NONE', ['the standing cancels of account 2 cannot be read']],
    )
  })

  it('are taken and given back by who leads alone: one who was followed tells no trader that they stand', async () => {
    await using venue = await bidding()
    await venue.standing.put(1, leave(signed(1, all(1, AHEAD))))
    const journal = await Journal.lead(venue.database, venue.sealer)
    const { standing } = restarted({ ...venue, journal })
    await standing.load()
    const lost = { code: 'LEADERSHIP_LOST' }
    await assert.rejects(venue.standing.put(1, leave(signed(1, all(1, AHEAD + 1n)))), lost)
    await assert.rejects(venue.standing.drop(1), lost)
    const stored = restarted({ ...venue, journal }).standing
    await stored.load()
    assert.deepEqual(stored.view(1).bundles, [{ market: 0, nonce: AHEAD }])
    await standing.put(1, leave(signed(1, all(1, AHEAD + 2n))))
    await standing.drop(1)
    assert.equal(standing.view(1).state, 'NONE')
    assert.deepEqual(await venue.database.query('SELECT account FROM standing_cancels'), [])
  })
})
