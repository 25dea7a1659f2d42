import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { serveGateway } from '../../../service/gateway/gateway.ts'
import { traderRoute } from '../../../service/gateway/route.ts'
import { createApp, listen } from '../../../service/http/app.ts'

const MOST = 10_000

/** Whom a request asks whose body does not come. */
const HELD = 'held'

/** A connection from an address of this machine, on which all but the body of a request was sent, which is the longest. */
async function begin(url: string, localAddress = '127.0.0.1'): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const headers = [`host: ${HELD}`, 'content-type: application/json', `content-length: ${MOST}`]
  socket.write(`POST /body HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  return socket
}

async function send(url: string, bytes: number): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  const { status } = await fetch(`${url}/body`, {
    method: 'POST',
    headers,
    body: JSON.stringify('x'.repeat(bytes - 2)),
  })
  return status
}

describe('who leaves while his token is looked up', () => {
  it('holds nothing of what bodies may take', async () => {
    const app = createApp({ mostBytes: MOST, connectionsAtOnce: 100, onFailure: () => undefined })
    let begun = 0
    let ended = 0
    app.addHook('onRequest', async ({ headers, raw: { socket } }) => {
      if (headers.host !== HELD) return
      begun++
      await new Promise((resolve) => socket.once('close', resolve))
      ended++
    })
    app.post('/body', async () => ({}))
    const url = await listen(app, '127.0.0.1', 0)
    try {
      const sockets = await Promise.all(Array.from({ length: 17 }, () => begin(url)))
      while (begun < 17) await setImmediate()
      for (const socket of sockets) socket.resetAndDestroy()
      while (ended < 17) await setImmediate()
      assert.equal(await send(url, MOST), 200)
    } finally {
      await app.close()
    }
  })

  it('loads no file any more', async () => {
    const token = `zkclear_${'1'.repeat(12)}_${'A'.repeat(43)}`
    const headers = { authorization: `Bearer ${token}` }
    const lookups: PromiseWithResolvers<void>[] = []
    let isHeld = true
    await using gateway = await serveGateway({
      database: {
        async query() {
          const lookup = Promise.withResolvers<void>()
          lookups.push(lookup)
          if (isHeld) await lookup.promise
          return [{ id: 'a', name: 'login', scope: 'trader', account: 1, key: 'k' }]
        },
      } as never,
      routes: [
        traderRoute({
          ...{ method: 'GET', path: '/file', answer: z.unknown(), form: 'bytes', summary: 'A file' },
          handle: async () => Buffer.alloc(10),
        }),
      ],
      isCurrent: () => true,
      connectionsAtOnce: 100,
      onFailure: (error) => assert.fail(error as Error),
    })
    const { hostname, port } = new URL(gateway.url)
    const sockets = Array.from({ length: 4 }, () => connect(Number(port), hostname))
    for (const socket of sockets) {
      socket.on('error', () => undefined)
      socket.write(`GET /file HTTP/1.1\r\nhost: x\r\nauthorization: ${headers.authorization}\r\n\r\n`)
    }
    while (lookups.length < 4) await setImmediate()
    for (const socket of sockets) socket.resetAndDestroy()
    // What came before this was heard of when it is answered.
    for (let i = 0; i < 3; i++) assert.equal((await fetch(`${gateway.url}/unknown`)).status, 404)
    isHeld = false
    for (const { resolve } of lookups) resolve()
    assert.equal((await fetch(`${gateway.url}/file`, { headers })).status, 200)
  })
})

describe('a stranger with many addresses', () => {
  it('who holds back so much that nothing is left for another one leaves theirs to those who are known', async () => {
    const callers = { isKnown: (caller: string) => caller === '127.0.0.1' }
    const app = createApp({ mostBytes: MOST, callers, onFailure: () => undefined })
    let begun = 0
    let refused = 0
    app.addHook('preParsing', async (_request, _reply, payload) => {
      begun++
      return payload
    })
    app.addHook('onError', async () => {
      refused++
    })
    app.post('/body', async () => ({}))
    const url = await listen(app, '127.0.0.1', 0)
    const sockets: Socket[] = []
    try {
      for (let i = 0; refused === 0; i++) {
        sockets.push(await begin(url, `127.0.${1 + (i >> 7)}.${1 + (i & 127)}`))
        while (begun + refused === i) await setImmediate()
      }
      assert.equal(await send(url, MOST), 200)
    } finally {
      for (const socket of sockets) socket.destroy()
      await app.close()
    }
  })

  it('who holds back what he sends leaves room for another', async () => {
    const app = createApp({ mostBytes: MOST, onFailure: () => undefined })
    let begun = 0
    app.addHook('preParsing', async (_request, _reply, payload) => {
      begun++
      return payload
    })
    app.addHook('onError', async () => {
      begun++
    })
    app.post('/body', async () => ({}))
    const url = await listen(app, '127.0.0.1', 0)
    const sockets: Socket[] = []
    try {
      for (let address = 2; address < 40; address++) {
        for (let i = 0; i < 16; i++) sockets.push(await begin(url, `127.0.0.${address}`))
      }
      while (begun < sockets.length) await setImmediate()
      assert.equal(await send(url, MOST), 200)
    } finally {
      for (const socket of sockets) socket.destroy()
      await app.close()
    }
  })
})
