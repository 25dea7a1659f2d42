import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { it } from 'node:test'
import { createApp, listen } from '../../../service/http/app.ts'

it('a server ends although somebody holds a connection on which nothing was ever asked', async () => {
  const failures: unknown[] = []
  const app = createApp({ mostBytes: 1000, onFailure: (error) => failures.push(error) })
  const { port } = new URL(await listen(app, '127.0.0.1', 0))
  const accepted = once(app.server, 'connection')
  const socket = connect(Number(port), '127.0.0.1')
  await accepted
  const closed = once(socket, 'close')
  await app.close()
  await closed
  assert.deepEqual(failures, [])
})
