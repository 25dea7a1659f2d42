import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { fastify } from 'fastify'
import type { AccountEvent, StreamWord } from '../../../client/index.ts'
import { AccountLog } from '../../../service/traders/account-log.ts'
import { STREAM_LIMITS, Streams } from '../../../service/traders/streams.ts'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, type TradingVenue, tradingVenue } from '../../support/service/trading-venue.ts'

type Line = AccountEvent | StreamWord

/** Lines up to the first of which that is true, without those that say that nothing happened. */
async function until<T extends object>(lines: AsyncGenerator<T>, isLast: (line: T) => boolean): Promise<T[]> {
  const found: T[] = []
  for (;;) {
    const { value, done } = await lines.next()
    if (done) return found
    if (!('kind' in value) || value.kind !== 'beat') found.push(value)
    if (isLast(value)) return found
  }
}

const kinds = (lines: readonly Line[]) => lines.map(({ kind }) => kind)

describe('the stream of an account', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  async function trade(venue: TradingVenue, nonce = 1n) {
    await venue.client.send([{ ...signed(1, orderOf(1, nonce, { side: 'sell' })), clientOrderId: `offer-${nonce}` }])
    await venue.client.send([signed(2, orderOf(2, nonce))])
    await venue.put({ kind: 'cut', cash: false })
  }

  it('tells what happens to it, each event with the number of the one before', async () => {
    await using venue = await tradingVenue(server)
    const ended = new AbortController()
    const lines = (await venue.session(1)).follow({ signal: ended.signal })
    assert.equal((await lines.next()).value.kind, 'begin')
    await trade(venue)
    const told = await until(lines, ({ kind }) => kind === 'filled')
    assert.deepEqual(kinds(told), ['accepted', 'executed', 'order', 'filled'])
    const events = told as AccountEvent[]
    assert.equal(events[0]!.kind === 'accepted' && events[0]!.clientOrderId, 'offer-1')
    for (const [i, { previous }] of events.slice(1).entries()) assert.equal(previous, events[i]!.number)
    ended.abort()
  })

  it('goes on after the event at which it broke off', async () => {
    await using venue = await tradingVenue(server)
    const session = await venue.session(1)
    const { event: begin } = await session.read()
    await trade(venue)
    const isLast = ({ kind }: Line) => kind === 'filled'
    const whole = (await until(session.follow({ after: begin }), isLast)).slice(1) as AccountEvent[]
    const rest = (await until(session.follow({ after: whole[1]!.number }), isLast)).slice(1)
    assert.deepEqual(rest, whole.slice(2))
    assert.ok((await session.read()).event >= whole.at(-1)!.number)
  })

  it('says that there is a gap after a number that it never gave', async () => {
    await using venue = await tradingVenue(server)
    const session = await venue.session(1)
    assert.equal((await session.follow({ after: Number.MAX_SAFE_INTEGER }).next()).value.kind, 'gap')
  })

  it('says so too where what was missed is more than may wait, and goes on from there', async () => {
    await using venue = await tradingVenue(server)
    const session = await venue.session(1)
    const { event: after } = await session.read()
    const { log } = venue.desk.feeds
    const told = { kind: 'view-key-refused', reason: 'x'.repeat(1000) } as const
    for (let number = after + 1; number <= after + 1100; number++) log.add({ account: 1, number, told })
    const lines = session.follow({ after })
    assert.deepEqual((await lines.next()).value, { kind: 'gap', number: after + 1100 })
    await lines.return(undefined)
    const rest = await until(
      session.follow({ after: after + 700 }),
      (line) => 'previous' in line && line.number === after + 1100,
    )
    assert.equal(rest.length, 401)
  })

  it('ends with the token', async () => {
    await using venue = await tradingVenue(server)
    const session = await venue.session(1)
    const lines = session.follow()
    await lines.next()
    await (await venue.session(1)).logout({ everywhere: true })
    const told = await until(lines, ({ kind }) => kind === 'end')
    assert.deepEqual(told.at(-1), { kind: 'end', reason: 'TOKEN' })
  })

  it('is given to so many readers of an account, and no more', async () => {
    await using venue = await tradingVenue(server)
    const session = await venue.session(1)
    const readers = Array.from({ length: 8 }, () => session.follow())
    for (const reader of readers) await reader.next()
    await assert.rejects(session.follow().next(), { code: 'VENUE_REFUSED' })
    for (const reader of readers) await reader.return(undefined)
  })

  it('keeps little for who does not read, and cuts him off', async () => {
    await using venue = await tradingVenue(server)
    const token = await venue.login(1)
    const { hostname, port } = new URL(venue.gateway.url)
    const socket = connect(Number(port), hostname)
    socket.pause()
    socket.write(`GET /v1/account/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`)
    const { accounts } = venue.desk.feeds
    while (accounts.count === 0) await new Promise((resolve) => setImmediate(resolve))
    const line = { kind: 'beat', padding: 'x'.repeat(60_000) }
    let sent = 0
    for (; sent < 1000 && accounts.count > 0; sent++) {
      accounts.tell(1, line)
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(sent < 1000, 'a reader who does not read is never cut off')
    socket.destroy()
  })
})

describe('the stream of a book', () => {
  it('leads from change to change to the book that the venue has', async () => {
    await using server = await testServer()
    await using venue = await tradingVenue(server)
    const ended = new AbortController()
    const books = venue.client.followBook(0, { signal: ended.signal })
    assert.deepEqual((await books.next()).value.bids, [])
    await venue.client.send([signed(1, orderOf(1, 1n, { price: 990n }))])
    await venue.put({ kind: 'cut', cash: false })
    assert.deepEqual((await books.next()).value.bids, [[990n, 10n]])
    await venue.client.send([signed(2, orderOf(2, 1n, { side: 'sell', price: 990n, size: 4n }))])
    await venue.put({ kind: 'cut', cash: false })
    const now = (await books.next()).value
    const { bids, asks, number } = await venue.client.book(0)
    assert.deepEqual([now.bids, now.asks], [bids, asks])
    assert.ok(now.number <= number)
    ended.abort()
  })
})

it('streams are limited in all, which is not told as a limit of the reader', async () => {
  const { promise: refused, resolve } = Promise.withResolvers<Error>()
  using streams = new Streams<number>({ ...STREAM_LIMITS, inAll: 1 })
  const app = fastify()
  app.get('/:reader', (request, reply) => {
    const { reader } = request.params as { reader: string }
    try {
      streams.open(reply, { reader, topic: 1, mayRead: async () => true }).tell({ kind: 'begin', number: 0 })
    } catch (error) {
      resolve(error as Error)
      reply.send('refused')
    }
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const first = await fetch(`${url}/one`)
  await (await fetch(`${url}/other`)).text()
  assert.deepEqual(
    [(await refused).message.startsWith('all 1 streams of the venue are in use'), streams.count],
    [true, 1],
  )
  await first.body!.cancel()
  app.server.closeAllConnections()
  await app.close()
})

it('who has the most streams makes room, where all are in use, for who has fewer', async () => {
  using streams = new Streams<number>({ ...STREAM_LIMITS, inAll: 8 })
  const app = fastify()
  app.get('/:reader', (request, reply) => {
    const { reader } = request.params as { reader: string }
    try {
      streams.open(reply, { reader, topic: 1, mayRead: async () => true }).tell({ kind: 'begin', number: 0 })
    } catch {
      reply.send('refused')
    }
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const open = async (reader: string) => {
    const lines = (await fetch(`${url}/${reader}`)).body!.pipeThrough(new TextDecoderStream()).getReader()
    return { lines, first: (await lines.read()).value }
  }
  const all = []
  for (const reader of 'aaaaabbb') all.push(await open(reader))
  const begins = '{"kind":"begin","number":0}\n'
  assert.equal((await open('c')).first, begins)
  assert.equal((await all[4]!.lines.read()).value, '{"kind":"end","reason":"CROWDED"}\n')
  assert.equal((await open('c')).first, begins)
  assert.equal((await all[3]!.lines.read()).value, '{"kind":"end","reason":"CROWDED"}\n')
  // Each has three or two now.
  assert.deepEqual([(await open('c')).first, streams.count], ['refused', 8])
  app.server.closeAllConnections()
  await app.close()
})

describe('a place of a stream', () => {
  /** Streams, one for each request, and what they said to who was refused. */
  async function served(mayRead = async () => true) {
    const refused: string[] = []
    const streams = new Streams<number>({ ...STREAM_LIMITS, beatMs: 1 << 30 })
    const app = fastify()
    app.get('/', (_, reply) => {
      streams.open(reply, { reader: 'one', topic: 1, mayRead }).tell({ kind: 'begin', number: 0 })
    })
    app.get('/late', async ({ raw: { socket } }, reply) => {
      socket.destroy()
      await once(socket, 'close')
      try {
        streams.open(reply, { reader: 'one', topic: 1, mayRead })
      } catch (error) {
        refused.push((error as { code: string }).code)
      }
      app.server.emit('tried')
      reply.hijack()
    })
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
    return {
      ...{ app, streams, refused, url: `http://127.0.0.1:${port}` },
      async [Symbol.asyncDispose]() {
        streams[Symbol.dispose]()
        app.server.closeAllConnections()
        await app.close()
      },
    }
  }
  const turns = async (isDone: () => boolean) => {
    while (!isDone()) await new Promise((resolve) => setImmediate(resolve))
  }

  it('is not given to who went away while his token was looked up', async () => {
    await using here = await served()
    const tried = once(here.app.server, 'tried')
    await assert.rejects(fetch(`${here.url}/late`))
    await tried
    assert.deepEqual([here.refused, here.streams.count], [['REQUEST_INVALID'], 0])
  })

  it('is free again where a request waited behind another of its connection, and that went away', async () => {
    await using here = await served()
    const socket = connect(Number(new URL(here.url).port), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(8))
    await turns(() => here.streams.count === 8)
    socket.destroy()
    await turns(() => here.streams.count < 8)
    const next = await fetch(here.url)
    assert.deepEqual([next.status, here.streams.count], [200, 1])
    await next.body!.cancel()
  })

  it('is kept where it cannot be found out whether the token is good', async () => {
    let isGood: boolean | undefined
    await using here = await served(async () => {
      if (isGood === undefined) throw new Error('no database')
      return isGood
    })
    const { body } = await fetch(here.url)
    await here.streams.check()
    isGood = false
    here.streams.tell(1, { kind: 'beat' })
    await here.streams.check()
    const told = await new Response(body).text()
    assert.deepEqual(
      told
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).kind),
      ['begin', 'beat', 'end'],
    )
  })
})

describe('the log of accounts', () => {
  it('forgets the oldest events of all accounts first, and knows from where on it is whole', () => {
    const log = new AccountLog(100, 3)
    const add = (account: number, number: number) =>
      log.add({ account, number, told: { kind: 'view-key-refused', reason: 'x' } })
    add(1, 101)
    add(2, 102)
    add(1, 103)
    assert.deepEqual(
      log.after(1, 100)?.map(({ number, previous }) => [number, previous]),
      [
        [101, 100],
        [103, 101],
      ],
    )
    add(2, 104)
    assert.equal(log.after(1, 100), undefined)
    assert.deepEqual(
      log.after(1, 101)?.map(({ number }) => number),
      [103],
    )
    assert.deepEqual(log.after(2, 100)?.length, 2)
    for (let number = 105; number < 120; number++) add(1, number)
    assert.equal(log.after(1, 116)?.length, 3)
    assert.equal(log.after(2, 102), undefined)
    assert.deepEqual(log.after(2, 104), [])
  })
})
