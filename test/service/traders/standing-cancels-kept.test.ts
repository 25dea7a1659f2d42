import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ZkclearError } from '../../../protocol/errors.ts'
import { Journal } from '../../../service/journal/journal.ts'
import { rewrap } from '../../../service/sealing/rewrap.ts'
import { Sealer } from '../../../service/sealing/sealer.ts'
import { type Kept, StandingCancelStore } from '../../../service/traders/standing-cancel-store.ts'
import { StandingCancels } from '../../../service/traders/standing-cancels.ts'
import { AHEAD, all, bidding, leave, restingOf, three } from '../../support/service/standing-orders.ts'
import { testKeys } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, type TradingVenue } from '../../support/service/trading-venue.ts'

describe('cancels that stand are kept', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

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

  it('are stored as they stand, in the order in which they were left and taken back, however long each takes to store', async () => {
    await using venue = await bidding(server)
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
      begin: (...given: Parameters<StandingCancelStore['begin']>) => stored.begin(...given),
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
    await using venue = await bidding(server)
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
    const faults = { isGone: true, isReadOnly: false }
    let now = 0
    const standing = new StandingCancels({
      store: {
        put: (...given) => stored.put(...given),
        async begin(...given) {
          if (faults.isReadOnly) throw new ZkclearError('DATABASE_UNAVAILABLE', 'the database is gone')
          await stored.begin(...given)
        },
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

  it('come once, also where the process ends before it can forget them', async () => {
    await using venue = await bidding(server)
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
    await using venue = await bidding(server)
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
    await using venue = await bidding(server)
    await venue.standing.put(1, three())
    const [first] = three().bundles
    const store = new StandingCancelStore(venue.database, venue.journal, venue.sealer)
    const [{ stored }] = (await store.all(() => assert.fail())) as [Kept]
    await store.begin(1, stored)
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
    await using venue = await bidding(server)
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

  it('are stored sealed, and opened under a key that was rotated', async () => {
    await using venue = await bidding(server)
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
    await using venue = await bidding(server)
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

  it('know nothing of what their trader handed in himself: the others stand on after a restart', async () => {
    await using venue = await bidding(server)
    await venue.standing.put(1, three())
    const before = venue.standing.view(1)
    const [first, second] = three().bundles
    for (const own of [first!, second!]) {
      assert.equal((await venue.client.send([own]))[0]!.verdict, 'ACCEPTED')
      await venue.put({ kind: 'cut', cash: false })
    }
    const { standing } = restarted(venue)
    await standing.load()
    const { state, bundles, records } = standing.view(1)
    assert.deepEqual([state, bundles, records], ['ARMED', before.bundles.slice(2), []])
  })

  it('are not handed in before the store says that they are', async () => {
    await using venue = await bidding(server)
    const { standing, faults, beSilent } = forgetful(venue)
    await standing.put(1, three())
    faults.isReadOnly = true
    const { records } = venue.writer.state
    await beSilent(10)
    assert.deepEqual([standing.view(1).state, venue.writer.state.records], ['ARMED', records])
    faults.isReadOnly = false
    await beSilent(1)
    assert.equal(standing.view(1).state, 'FIRED')
  })
})
