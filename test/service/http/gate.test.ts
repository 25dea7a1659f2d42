import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Gate } from '../../../service/http/gate.ts'
import { Refusal } from '../../../service/http/refusal.ts'

it('a gate lets in as many as it has room for, and turns away the others at once', async () => {
  const gate = new Gate(2)
  const held = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  const inside = held.map(({ promise }) => gate.pass(() => promise))
  await assert.rejects(
    gate.pass(async () => 'third'),
    (error: unknown) => error instanceof Refusal && error.status === 503 && error.retryAfter === 1,
  )
  held[0]!.resolve('first')
  assert.equal(await inside[0], 'first')
  assert.equal(await gate.pass(async () => 'fourth'), 'fourth')
  held[1]!.reject(new TypeError('a fault'))
  await assert.rejects(inside[1]!, TypeError)
  await Promise.all(['a', 'b'].map((word) => gate.pass(async () => word)))
})
