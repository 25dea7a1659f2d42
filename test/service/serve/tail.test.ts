import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { ZkclearError } from '../../../protocol/errors.ts'
import { Journal, readJournal } from '../../../service/journal/journal.ts'
import { claimLease, Lease } from '../../../service/journal/lease.ts'
import type { Queryable } from '../../../service/postgres/database.ts'
import { decodeRecord } from '../../../service/sequencer/record.ts'
import { encodeSnapshot } from '../../../service/sequencer/snapshot.ts'
import type { SequencerState } from '../../../service/sequencer/state.ts'
import { serveStandbyPort } from '../../../service/serve/standby-port.ts'
import { Tail } from '../../../service/serve/tail.ts'
import type { Feeds } from '../../../service/traders/feeds.ts'
import { Writer } from '../../../service/writer/writer.ts'
import { storeSnapshot } from '../../support/service/store-snapshot.ts'
import { sealerOf } from '../../support/service/test-keys.ts'
import { testServer } from '../../support/service/test-server.ts'
import { CIRCUITS, orderOf, signed, tradingVenue } from '../../support/service/trading-venue.ts'

const documentOf = (state: SequencerState) => JSON.parse(new TextDecoder().decode(encodeSnapshot(state)))
/** All that an account was told; account 0 is told nothing, so that its last number is where the log begins. */
const told = ({ log }: Feeds, account: number) =>
  log.after(account, log.last(0))!.map(({ number, kind }) => [number, kind] as const)
const fail = (error: unknown) => assert.fail(`${error}`)

describe('a standby', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  it('has state, log and what traders are told ready, as far as they were written, and leads with them', async () => {
    await using venue = await tradingVenue(server)
    const { database, sealer, writer, log } = venue
    await storeSnapshot(database, sealer, { epoch: 0n, state: writer.written })
    const { config } = writer.state
    using tail = new Tail({ database, sealer, config, warn: (message) => assert.fail(message) })
    await tail.turn()
    assert.deepEqual(documentOf(tail.state!), documentOf(writer.written))
    await venue.send(signed(1, orderOf(1, 1n, { side: 'sell' })), signed(2, orderOf(2, 1n)))
    await tail.turn()
    await venue.wait(2_000n)
    await tail.turn()
    await tail.turn()
    assert.equal(tail.ready(1n), undefined)
    const ready = tail.ready(0n)!
    assert.deepEqual(documentOf(ready.state), documentOf(writer.written))
    assert.deepEqual(ready.tree.root(), log.head.root)
    const desk = ready.deskWith(() => 7n)
    const sent: number[] = []
    for await (const { sequence, record } of readJournal(database, sealer, { epoch: 0n })) {
      const step = decodeRecord(record)
      if (step.kind !== 'message') continue
      assert.equal(desk.door.same(step.bundle), Number(sequence))
      sent.push(Number(sequence))
    }
    assert.equal(sent.length, 2)
    const journal = await Journal.lead(database, sealer)
    const successor = new Writer({ journal, state: ready.state, circuits: CIRCUITS, door: desk.door })
    await successor.put([{ kind: 'tick', clock: ready.state.clock + 1n }])
    await assert.rejects(venue.wait(1n), { code: 'LEADERSHIP_LOST' })
  })

  it('hears every record once, though the database goes away between two pages of them', async () => {
    await using venue = await tradingVenue(server)
    const { database, sealer, writer } = venue
    const { config, clock } = writer.state
    await storeSnapshot(database, sealer, { epoch: 0n, state: writer.written })
    let isGone = false
    const flaky: Queryable = {
      async query<Row extends object>(text: string, values: readonly unknown[] = []) {
        const rows = await database.query<Row>(text, values)
        // A page that is not the first one of its turn.
        if (isGone && text.includes('LIMIT') && Number(values[1]) > 1_000)
          throw new ZkclearError('DATABASE_UNAVAILABLE', 'gone')
        return rows
      },
    }
    const options = { database: flaky, sealer, config, warn: fail }
    using tail = new Tail(options)
    using late = new Tail(options)
    await tail.turn()
    await venue.send(signed(1, orderOf(1, 1n, { side: 'sell' })), signed(2, orderOf(2, 1n)))
    await venue.put(
      ...Array.from({ length: 1_001 }, (_, i) => ({ kind: 'tick', clock: clock + BigInt(i + 1) }) as const),
    )
    isGone = true
    for (const one of [tail, late]) await assert.rejects(one.turn(), { code: 'DATABASE_UNAVAILABLE' })
    isGone = false
    for (const one of [tail, late]) {
      await one.turn()
      assert.deepEqual(documentOf(one.state!), documentOf(writer.written))
      const { feeds } = one.ready(0n)!.deskWith(() => 7n)
      for (const account of [1, 2]) {
        assert.ok(told(venue.desk.feeds, account).some(([, kind]) => kind === 'filled'))
        assert.deepEqual(told(feeds, account), told(venue.desk.feeds, account))
      }
    }
  })

  it('begins with what there is when another epoch is written', async () => {
    await using venue = await tradingVenue(server)
    const { database, sealer, writer } = venue
    await storeSnapshot(database, sealer, { epoch: 0n, state: writer.written })
    using tail = new Tail({ database, sealer, config: writer.state.config, warn: fail })
    await tail.turn()
    await database.query('UPDATE leadership SET epoch = 9')
    await tail.turn()
    assert.deepEqual([tail.state, tail.ready(0n)], [undefined, undefined])
  })

  it('claims no lease that is kept, and one that was given back at once; of several one claims it', async () => {
    await using database = await server.fresh()
    assert.equal(await claimLease(database), true)
    assert.equal(await claimLease(database), false)
    const journal = await Journal.lead(database, await sealerOf(database))
    {
      await using _ = await Lease.keep(database, journal.term, fail)
      assert.equal(await claimLease(database), false)
    }
    const claims = await Promise.all(Array.from({ length: 4 }, () => claimLease(database)))
    assert.deepEqual(claims.toSorted(), [false, false, false, true])
  })

  it('leaves no lease to a term that another followed', async () => {
    await using database = await server.fresh()
    const lost = Promise.withResolvers<unknown>()
    await using _ = await Lease.keep(database, 1n, lost.resolve)
    await using next = await Lease.keep(database, 2n, fail)
    await assert.rejects(Lease.keep(database, 1n, fail), { code: 'LEADERSHIP_LOST' })
    assert.equal(((await lost.promise) as { code: string }).code, 'LEADERSHIP_LOST')
    assert.ok(next)
  })

  it('is no longer led before by who hears nothing of the database: it may be led by another then', async () => {
    await using database = await server.fresh()
    const lost = Promise.withResolvers<unknown>()
    const silence = Promise.withResolvers<never>()
    let asked = 0
    const falling: Queryable = {
      query: (text, values) => (asked++ === 0 ? database.query(text, values) : silence.promise),
    }
    await Lease.keep(falling, 1n, lost.resolve, { looks: 1 })
    assert.equal(((await lost.promise) as ZkclearError).code, 'DATABASE_UNAVAILABLE')
  })

  it('is named, by a leader whom it followed and who does not know it yet, to everybody who hands in something', async () => {
    await using venue = await tradingVenue(server)
    const token = await venue.login(1)
    await Journal.lead(venue.database, venue.sealer)
    const all = signed(1, { kind: 'cancel-all', market: 0, account: 1, side: 'both', nonce: 1_000n })
    for (const [path, body] of [
      ['/v1/account/standing-cancels', { bundles: [all], seconds: 10, watch: 'heartbeat' }],
      ['/v1/messages', [signed(1, orderOf(1, 1n))]],
    ] as const) {
      const answer = await venue.post(path, body, token)
      assert.deepEqual([answer.status, answer.body.error.code], [503, 'STANDBY'])
    }
    assert.deepEqual(
      venue.failures.map((error) => (error as ZkclearError).code),
      ['LEADERSHIP_LOST', 'LEADERSHIP_LOST'],
    )
  })

  it('says that it stands by, and nothing else, whatever it is asked', async () => {
    await using standing = await serveStandbyPort({
      ...{ host: '127.0.0.1', port: 0, tls: undefined },
      status: () => ({ standby: true }),
    })
    const ask = async (path: string, init?: RequestInit) => {
      const response = await fetch(standing.url + path, init)
      return [response.status, response.headers.get('retry-after'), await response.json()]
    }
    assert.deepEqual(await ask('/v1/status'), [200, null, { standby: true }])
    const message = 'this process stands by, and another one leads: ask that'
    const refusal = [503, '2', { error: { code: 'STANDBY', message } }]
    assert.deepEqual(await ask('/v1/markets'), refusal)
    assert.deepEqual(await ask('/nothing'), refusal)
    assert.deepEqual(await ask('/v1/messages', { method: 'POST', body: 'x'.repeat(5_000) }), refusal)
  })

  it('has a share of its port for each who asks, as the venue has', async () => {
    await using standing = await serveStandbyPort({
      ...{ host: '127.0.0.1', port: 0, tls: undefined },
      status: () => ({ standby: true }),
    })
    const port = Number(new URL(standing.url).port)
    const sockets = Array.from({ length: 300 }, () => connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }))
    const closed = Promise.withResolvers<void>()
    let left = 300
    for (const socket of sockets) {
      socket.on('error', () => undefined)
      socket.resume().on('close', () => {
        if (--left === 256) closed.resolve()
      })
    }
    try {
      await closed.promise
      assert.equal((await fetch(`${standing.url}/v1/status`)).status, 200)
      assert.equal(left, 256)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })
})
