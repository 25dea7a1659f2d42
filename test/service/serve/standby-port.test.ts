import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { it } from 'node:test'
import { serveStandbyPort } from '../../../service/serve/standby-port.ts'

const HOST = '127.0.0.1'
const serve = (connectionsAtOnce?: number) =>
  serveStandbyPort({ host: HOST, port: 0, tls: undefined, connectionsAtOnce, status: () => ({ standby: true }) })

/** Connections to that URL, once they were made. */
async function connections(url: string, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(Number(new URL(url).port), HOST))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  // Who is cut off may be told so.
  for (const socket of sockets) socket.on('error', () => undefined)
  return sockets
}

it('the connections of an address at a standby have a limit', async () => {
  await using port = await serve(2)
  const held = await connections(port.url, 2)
  const [beyond] = await connections(port.url, 1)
  await once(beyond!, 'close')
  assert.ok(held.every(({ closed }) => !closed))
})

it('a standby waits for nobody when it leaves its port to the venue that it becomes', async (t) => {
  const port = await serve()
  const [silent, half] = await connections(port.url, 2)
  half!.write('POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n1')
  const closed = [silent!, half!].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
  // Whoever waits for some time waits for ever.
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await port[Symbol.asyncDispose]()
  t.mock.timers.reset()
  await using next = await serveStandbyPort({
    ...{ host: HOST, port: Number(new URL(port.url).port), tls: undefined },
    status: () => ({ standby: false }),
  })
  assert.deepEqual(await (await fetch(`${next.url}/v1/status`)).json(), { standby: false })
  await Promise.all(closed)
})
