import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { serveGateway } from '../../../service/gateway/gateway.ts'
import { traderRoute } from '../../../service/gateway/route.ts'
import { type AppOptions, createApp, listen } from '../../../service/http/app.ts'
import { AtOnce } from '../../../service/http/at-once.ts'
import { addPage } from '../../../service/http/page.ts'
import { Streams } from '../../../service/traders/streams.ts'

/** More than the kernel keeps for both ends of a connection. */
const LARGE = 96 << 20

/** Content, and how much of it was taken. */
function counted(size: number) {
  const content = Buffer.alloc(size)
  const taken = { bytes: 0, most: 0 }
  content.subarray = (start = 0, end = size) => {
    taken.bytes += end - start
    taken.most = Math.max(taken.most, end - start)
    return Buffer.prototype.subarray.call(content, start, end) as Buffer<ArrayBuffer>
  }
  return { content, taken }
}

async function served(
  options: Partial<AppOptions>,
  add: (app: ReturnType<typeof createApp>) => void,
): Promise<{ url: string; app: ReturnType<typeof createApp>; failures: unknown[] } & AsyncDisposable> {
  const failures: unknown[] = []
  const app = createApp({ mostBytes: 1000, onFailure: (error) => failures.push(error), ...options })
  add(app)
  const url = await listen(app, '127.0.0.1', 0)
  return { url, app, failures, [Symbol.asyncDispose]: () => app.close() }
}

/** A connection that asks, and reads nothing but what it is told to. */
function ask(url: string, path: string, headers = ''): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`)
  return socket.pause()
}

describe('a file that nobody reads', () => {
  const { content, taken } = counted(LARGE)
  const page = { files: [{ path: '/file', type: 'text/plain', bytes: content }], policy: "default-src 'none'" }

  it('is taken from memory in pieces, no more than are read, and its connection ends', async () => {
    await using here = await served({ unreadMs: 50 }, (app) => addPage(app, page))
    const accepted = once(here.app.server, 'connection') as Promise<[Socket]>
    const socket = ask(here.url, '/file')
    const [server] = await accepted
    await once(server, 'close')
    assert.ok(taken.bytes > 0 && taken.bytes < LARGE / 2, `${taken.bytes} bytes`)
    assert.equal(taken.most, 1 << 16)
    assert.deepEqual(here.failures, [])
    socket.destroy()
  })

  it('comes whole to who reads it', async () => {
    const bytes = randomBytes(1_000_001)
    const whole = { ...page, files: [{ ...page.files[0]!, bytes }] }
    await using here = await served({}, (app) => addPage(app, whole))
    const answer = await fetch(`${here.url}/file`)
    assert.equal(answer.headers.get('content-length'), '1000001')
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
  })
})

describe('what takes longer than an answer may lie unread', () => {
  /** Resolves once so long has passed; from the request on, as whoever connects may be slow to ask. */
  async function longer({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply): Promise<void> {
    const passed = once(raw, 'timeout')
    socket.setTimeout(1)
    await passed
    socket.setTimeout(0)
  }

  it('is an answer that is still being made', async () => {
    await using here = await served({}, (app) => {
      app.get('/', async (request, reply) => {
        await longer(request, reply)
        return { done: true }
      })
    })
    assert.deepEqual(await (await fetch(here.url)).json(), { done: true })
  })

  it('is a stream that is read', async () => {
    using streams = new Streams<number>({ bytes: 1000, perReader: 1, inAll: 1, beatMs: 60_000 })
    const began = Promise.withResolvers<void>()
    await using here = await served({}, (app) => {
      app.get('/', async (request, reply) => {
        streams.open(reply, { reader: 'a', topic: 1, mayRead: async () => true })
        streams.tell(1, { told: 1 })
        longer(request, reply).then(began.resolve)
      })
    })
    const reader = (await fetch(here.url)).body!.pipeThrough(new TextDecoderStream()).getReader()
    assert.equal((await reader.read()).value, '{"told":1}\n')
    await began.promise
    streams.tell(1, { told: 2 })
    assert.equal((await reader.read()).value, '{"told":2}\n')
    await reader.cancel()
  })
})

describe('requests of one connection', () => {
  const eight = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(8)
  const NEXT = 'GET /next HTTP/1.1\r\nhost: x\r\n'

  for (const [what, behind] of [
    ['a request', `${NEXT}\r\n`],
    ['what expects something', `${NEXT}expect: y\r\n\r\n`],
  ] as const) {
    it(`wait for an answer eight at most: ${what} more ends it`, async () => {
      let asked = 0
      const all = Promise.withResolvers<void>()
      await using here = await served({}, (app) => {
        app.get('/', async () => {
          if (++asked === 8) all.resolve()
          await new Promise(() => undefined)
        })
      })
      const accepted = once(here.app.server, 'connection') as Promise<[Socket]>
      const socket = connect(Number(new URL(here.url).port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(eight)
      const [server] = await accepted
      await all.promise
      assert.ok(!server.destroyed)
      const closed = once(server, 'close')
      socket.write(behind)
      await closed
      socket.destroy()
    })
  }

  it('may be any number where each answer is taken', async () => {
    await using here = await served({}, (app) => {
      app.get('/', async () => ({}))
    })
    const socket = connect(Number(new URL(here.url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (data) => {
      text += data
    })
    for (let round = 1; round <= 5; round++) {
      socket.write(eight)
      while (text.split('HTTP/1.1 200 OK').length <= 8 * round) await once(socket, 'data')
    }
    socket.destroy()
  })
})

describe('connections of an address', () => {
  it('are so many at once', async () => {
    await using here = await served({ connectionsAtOnce: 2 }, (app) => {
      app.get('/', async () => ({}))
    })
    const answers = async (socket: Socket) => {
      socket.resume()
      const [data] = await Promise.race([once(socket, 'data'), once(socket, 'close')])
      return Buffer.isBuffer(data)
    }
    const [first, second] = [ask(here.url, '/'), ask(here.url, '/')]
    assert.deepEqual([await answers(first), await answers(second)], [true, true])
    assert.equal(await answers(ask(here.url, '/')), false)
    first.destroy()
    let third = ask(here.url, '/')
    while (!(await answers(third))) third = ask(here.url, '/')
    second.destroy()
    third.destroy()
  })
})

describe('files of a trader', () => {
  it('are loaded by an account so many at once, over whichever connections, and by another all the same', async () => {
    const holders = new Map([1, 2].map((account) => [`zkclear_${`${account}`.repeat(12)}_${'A'.repeat(43)}`, account]))
    const [mine, others] = [...holders.keys()] as [string, string]
    let asked = 1
    const file = traderRoute({
      ...{ method: 'GET', path: '/file', answer: z.unknown(), form: 'bytes', summary: 'A file' },
      handle: async () => Buffer.alloc(LARGE),
    })
    const failures: unknown[] = []
    await using gateway = await serveGateway({
      database: {
        query: async () => [{ id: 'a', name: 'login', scope: 'trader', account: asked, key: 'k' }],
      } as never,
      routes: [file],
      isCurrent: () => true,
      onFailure: (error) => failures.push(error),
    })
    const bearing = (token: string) => ({ authorization: `Bearer ${token}` })
    const sockets: Socket[] = []
    for (let i = 0; i < 4; i++) {
      const socket = ask(gateway.url, '/file', `authorization: Bearer ${mine}\r\n`)
      await once(socket.resume(), 'data')
      sockets.push(socket.pause())
    }
    const status = async (token: string) => {
      asked = holders.get(token)!
      const answer = await fetch(`${gateway.url}/file`, { headers: bearing(token) })
      if (answer.status !== 200) return [answer.status, (await answer.json()).error.code]
      await answer.body!.cancel()
      return [200]
    }
    assert.deepEqual(await status(mine), [429, 'REQUESTS_LIMITED'])
    assert.deepEqual(await status(others), [200])
    for (const socket of sockets) socket.destroy()
    while ((await status(mine))[0] !== 200);
    assert.deepEqual(failures, [])
  })

  it('count once, however often one is given back', () => {
    const held = new AtOnce<string>(2)
    const giveBack = held.take('a')!
    held.take('a')
    giveBack()
    giveBack()
    assert.ok(held.take('a') !== undefined)
    assert.equal(held.take('a'), undefined)
  })
})

describe('bodies whose ends are held back', () => {
  const MOST = 10_000

  /** Sends all of a body but its last byte. */
  function holdBack(url: string, bytes: number): Socket {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    const head = `POST /body HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`
    socket.write(`${head}"${'x'.repeat(bytes - 2)}`)
    return socket
  }

  it('are as many as an address may have; short ones go on, and room that is given back is taken again', async () => {
    let begun = 0
    await using here = await served({ mostBytes: MOST }, (app) => {
      app.addHook('preParsing', async (_request, _reply, payload) => {
        begun++
        return payload
      })
      app.post('/body', async () => ({ ok: true }))
    })
    const send = (bytes: number) =>
      fetch(`${here.url}/body`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify('x'.repeat(bytes - 2)),
      })
    const sockets = Array.from({ length: 16 }, () => holdBack(here.url, MOST))
    try {
      while (begun < 16) await setImmediate()
      const refused = await send(MOST)
      assert.equal(refused.status, 503)
      assert.equal(((await refused.json()) as { error: { code: string } }).error.code, 'BUSY')
      assert.equal((await send(4_096)).status, 200)
      const answered = once(sockets[0]!, 'data')
      sockets[0]!.write('"')
      await answered
      assert.equal((await send(MOST)).status, 200)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })
})
