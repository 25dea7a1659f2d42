import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { fastify } from 'fastify'
import { createApp, listen } from '../../../service/http/app.ts'
import { Refusal } from '../../../service/http/refusal.ts'
import { type Callers, lineUpStrangers } from '../../../service/http/strangers.ts'

const KNOWN = '127.0.0.1'

async function connected(url: string, localAddress: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Sends a request, and resolves with its whole answer once that has come. */
async function ask(socket: Socket, { path = '/', body }: { readonly path?: string; readonly body?: string } = {}) {
  const answer = once(socket, 'data')
  const head = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`
  socket.write(`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nhost: x\r\n${head}\r\n${body ?? ''}`)
  const [text] = await answer
  const [, status] = /^HTTP\/1.1 (\d+)/.exec(`${text}`)!
  return { status: Number(status), text: `${text}` }
}

/** Sends a request and resets the connection, while the server's thread waits for that. */
const RESETS = `
  const { connect } = require('node:net')
  const { workerData: { port, isReset } } = require('node:worker_threads')
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\\r\\nhost: x\\r\\ncontent-type: application/json\\r\\ncontent-length: 2\\r\\n\\r\\n{}', () => {
    socket.resetAndDestroy()
    socket.once('close', () => {
      Atomics.store(isReset, 0, 1)
      Atomics.notify(isReset, 0)
    })
  })
`

describe('strangers in line', () => {
  const callers: Callers = { isKnown: (caller) => caller === KNOWN }

  it('wait for their turn, with the request and with its body, and who is known does not', async () => {
    const app = createApp({ mostBytes: 1000, callers, onFailure: (error) => assert.fail(error as Error) })
    const order: string[] = []
    app.server.prependListener('request', ({ socket }) => order.push(`${socket.remoteAddress} came`))
    app.addHook('onRequest', async ({ ip }) => void order.push(`${ip} begins`))
    app.post('/', async ({ ip, body }) => {
      order.push(`${ip} ${JSON.stringify(body)}`)
      return {}
    })
    const url = await listen(app, '127.0.0.1', 0)
    try {
      const sockets = await Promise.all(['127.0.0.2', '127.0.0.3', '127.0.0.4', KNOWN].map((at) => connected(url, at)))
      const answers = await Promise.all(sockets.map((socket) => ask(socket, { body: '{"a":1}' })))
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 200],
      )
      // At one go with what came before.
      const came = order.indexOf(`${KNOWN} came`)
      assert.equal(order[came + 1], `${KNOWN} begins`)
      for (const at of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) {
        assert.deepEqual(
          order.filter((one) => one.startsWith(at)),
          [`${at} came`, `${at} begins`, `${at} {"a":1}`],
        )
      }
      for (const socket of sockets) socket.destroy()
    } finally {
      await app.close()
    }
  })

  it('are told what JSON cannot be read, as who is known is', async () => {
    const app = createApp({ mostBytes: 1000, callers, onFailure: (error) => assert.fail(error as Error) })
    app.post('/', async () => ({}))
    const url = await listen(app, '127.0.0.1', 0)
    try {
      for (const body of ['', '{', '{"__proto__":1}', `"${'x'.repeat(2_000)}"`]) {
        const texts: string[] = []
        for (const at of ['127.0.0.2', KNOWN]) {
          const socket = await connected(url, at)
          const { status, text } = await ask(socket, { body })
          assert.ok(status === 400 || status === 413, text)
          texts.push(text.replace(/^date: .*$/im, ''))
          socket.destroy()
        }
        assert.equal(texts[0], texts[1])
      }
    } finally {
      await app.close()
    }
  })

  it('who ask too often are told at once, and on that connection are not heard for a while', async () => {
    const app = fastify()
    const spent = new Map<string, number>()
    const admit = (caller: string, requests: number) => {
      const count = (spent.get(caller) ?? 0) + requests
      spent.set(caller, count)
      if (count > 2) throw new Refusal(429, 'REQUESTS_LIMITED', 'too many', 7)
    }
    lineUpStrangers(app, { ...callers, admit }, { mostBytes: 1 << 20, restMs: 1e9 })
    let begun = 0
    app.addHook('onRequest', async () => {
      begun++
    })
    app.get('/', async () => ({}))
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const sockets: Socket[] = []
    try {
      for (const at of ['127.0.0.2', KNOWN]) {
        begun = 0
        const socket = await connected(url, at)
        sockets.push(socket)
        for (let i = 0; i < 2; i++) assert.equal((await ask(socket)).status, 200)
        const { status, text } = await ask(socket)
        assert.equal(status, 429)
        assert.match(text, /retry-after: 7\r\n/i)
        assert.match(text, /\r\n\r\n\{"error":\{"code":"REQUESTS_LIMITED","message":"too many"\}\}$/)
        assert.equal(begun, 2)
      }
      const [stranger, known] = sockets
      const before = spent.get('127.0.0.2')
      stranger!.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
      for (let i = 0; i < 5; i++) assert.equal((await ask(known!)).status, 429)
      assert.equal(spent.get('127.0.0.2'), before)
    } finally {
      for (const socket of sockets) socket.destroy()
      await app.close()
    }
  })

  it('who are turned away with a long body lose their connection, and nobody reads that', async () => {
    const app = fastify()
    const admit = () => {
      throw new Refusal(429, 'REQUESTS_LIMITED', 'too many', 7)
    }
    lineUpStrangers(app, { ...callers, admit }, { mostBytes: 1 << 20 })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    try {
      for (const [at, bytes, isKept] of [
        ['127.0.0.2', 1 << 17, false],
        ['127.0.0.2', 1 << 10, true],
        [KNOWN, 1 << 17, true],
      ] as const) {
        const socket = await connected(url, at)
        const answer = once(socket, 'data')
        socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`)
        assert.match(
          `${await answer}`,
          isKept ? /^HTTP\/1.1 429 (?!.*close)/ : /^HTTP\/1.1 429 [\s\S]*connection: close/i,
        )
        if (!isKept) await once(socket, 'close')
        socket.destroy()
      }
    } finally {
      await app.close()
    }
  })

  for (const mostBytes of [1 << 16, 1 << 20]) {
    it(`whose long body no route reads lose their connection with the answer, where ${mostBytes} bytes are the most`, async () => {
      const app = createApp({ mostBytes, callers, onFailure: (error) => assert.fail(error as Error) })
      app.get('/', async () => ({}))
      const url = await listen(app, '127.0.0.1', 0)
      try {
        for (const path of ['/', '/unknown']) {
          const socket = await connected(url, '127.0.0.2')
          const closed = once(socket.resume(), 'close')
          socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n`)
          await closed
        }
        const known = await connected(url, KNOWN)
        const answer = once(known, 'data')
        known.write(`GET / HTTP/1.1\r\nhost: x\r\ncontent-length: ${1 << 17}\r\n\r\n`)
        await answer
        known.write('x'.repeat(1 << 17))
        assert.equal((await ask(known)).status, 200)
        known.destroy()
      } finally {
        await app.close()
      }
    })
  }

  it('cannot send a body piece by piece, each of which would be kept by itself; nor can who is known', async () => {
    const app = createApp({ mostBytes: 1 << 20, callers, onFailure: (error) => assert.fail(error as Error) })
    app.post('/', async () => assert.fail('the body was read'))
    const url = await listen(app, '127.0.0.1', 0)
    try {
      for (const at of ['127.0.0.2', KNOWN]) {
        const socket = await connected(url, at)
        const [answer, closed] = [once(socket, 'data'), once(socket, 'close')]
        socket.write(
          'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n1\r\n',
        )
        assert.match(`${await answer}`, /^HTTP\/1.1 411 [\s\S]*"code":"REQUEST_INVALID"/)
        await closed
      }
    } finally {
      await app.close()
    }
  })

  it('who go on sending bodies in chunks get no connection any more, while who is known and other strangers do', async () => {
    const app = createApp({
      ...{ mostBytes: 1 << 20, connectionsAtOnce: 100, callers },
      onFailure: (error) => assert.fail(error as Error),
    })
    app.post('/', async () => assert.fail('the body was read'))
    const url = await listen(app, '127.0.0.1', 0)
    const told = async (at: string) => {
      const socket = await connected(url, at)
      const closed = once(socket, 'close')
      let answer = ''
      socket.on('data', (data) => {
        answer += data
      })
      socket.on('error', () => undefined)
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n1\r\n')
      await closed
      return answer.slice(9, 12)
    }
    try {
      for (let i = 0; i < 5; i++) assert.equal(await told('127.0.0.2'), '411')
      assert.equal(await told('127.0.0.2'), '')
      assert.equal(await told('127.0.0.3'), '411')
      for (let i = 0; i < 7; i++) assert.equal(await told(KNOWN), '411')
    } finally {
      await app.close()
    }
  })

  it('who expect something get no more from that connection: it waited for no turn', async () => {
    const app = createApp({ mostBytes: 1000, callers, onFailure: (error) => assert.fail(error as Error) })
    const url = await listen(app, '127.0.0.1', 0)
    let asked = 0
    app.server.prependListener('checkExpectation', () => asked++)
    try {
      const socket = await connected(url, '127.0.0.2')
      const [answer, closed] = [once(socket, 'data'), once(socket, 'close')]
      const text = 'GET / HTTP/1.1\r\nhost: x\r\nexpect: y\r\n\r\n'
      socket.write(text)
      assert.match(`${await answer}`, /^HTTP\/1.1 417 /)
      socket.write(text)
      await closed
      assert.equal(asked, 1)
    } finally {
      await app.close()
    }
  })

  it('who reset their connection once they asked are nobody, and nothing is done for them', async () => {
    const app = createApp({
      ...{ mostBytes: 1000, connectionsAtOnce: 100 },
      callers: { admit: (caller) => assert.fail(`asked as "${caller}"`) },
      onFailure: (error) => assert.fail(error as Error),
    })
    app.post('/', async () => assert.fail('the request was handled'))
    const url = await listen(app, '127.0.0.1', 0)
    try {
      const isReset = new Int32Array(new SharedArrayBuffer(4))
      const accepted = once(app.server, 'connection') as Promise<[Socket]>
      const stranger = new Worker(RESETS, { eval: true, workerData: { port: Number(new URL(url).port), isReset } })
      // Nothing is accepted meanwhile.
      Atomics.wait(isReset, 0, 0)
      const [socket] = await accepted
      assert.equal(socket.remoteAddress, undefined)
      if (!socket.destroyed) await once(socket, 'close')
      await stranger.terminate()
    } finally {
      await app.close()
    }
  })

  it('pay for a long body as for several requests, before it is read', async () => {
    const app = fastify()
    const asked: number[] = []
    lineUpStrangers(app, { admit: (_, requests) => asked.push(requests) }, { mostBytes: 1 << 20 })
    app.post('/', async () => ({}))
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    try {
      const socket = await connected(url, '127.0.0.2')
      for (const bytes of [2, 1 << 13, 20_000]) {
        await ask(socket, { body: `"${'x'.repeat(bytes - 2)}"` })
      }
      socket.destroy()
      assert.deepEqual(asked, [1, 2, 3])
    } finally {
      await app.close()
    }
  })
})
