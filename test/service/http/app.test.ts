import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { connect } from 'node:net'
import { it } from 'node:test'
import { createApp, listen } from '../../../service/http/app.ts'
import { certificatesOfThisMachine } from '../../support/tls/certificates.ts'

const { cert, key } = certificatesOfThisMachine()

for (const [what, options] of [
  ['holds a connection on which nothing was ever asked', {}],
  ['has begun TLS there and goes no further', { tls: { cert, key }, graceMs: 0 }],
] as const) {
  it(`a server ends although somebody ${what}`, async () => {
    const failures: unknown[] = []
    const app = createApp({ mostBytes: 1000, onFailure: (error) => failures.push(error), ...options })
    const { port } = new URL(await listen(app, '127.0.0.1', 0))
    const accepted = once(app.server, 'connection')
    const socket = connect(Number(port), '127.0.0.1')
    await accepted
    const closed = once(socket, 'close')
    await app.close()
    await closed
    assert.deepEqual(failures, [])
  })
}

it('a server at localhost has one address, where all its limits are', async (t) => {
  const all = [
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
  ]
  const lookup = (host: string, _: object, then: (error: null, addresses: readonly object[]) => void) =>
    then(null, host === 'localhost' ? all : [{ address: host, family: 4 }])
  t.mock.method(dns, 'lookup', lookup as never)
  const app = createApp({ mostBytes: 1000, connectionsAtOnce: 1, callers: {}, onFailure: () => undefined })
  app.get('/', async () => ({}))
  const { port } = new URL(await listen(app, 'localhost', 0))
  try {
    const socket = connect({ port: Number(port), host: '127.0.0.2' })
    const [error] = await once(socket, 'error')
    assert.equal(error.code, 'ECONNREFUSED')
    assert.equal((await fetch(`http://127.0.0.1:${port}`)).status, 200)
  } finally {
    await app.close()
  }
})
