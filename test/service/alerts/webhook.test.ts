import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import type { AlertChange } from '../../../service/alerts/alerts.ts'
import { signatureOf, Webhook, type WebhookOptions } from '../../../service/alerts/webhook.ts'

const change = (kind: AlertChange['kind'], code: AlertChange['alert']['code'] = 'GAS_LOW'): AlertChange => {
  return { kind, alert: { code, severity: 'page', cause: 'little', since: 5n, runbook: 'docs/operations.md#gas-low' } }
}

interface Received {
  readonly body: string
  readonly headers: IncomingMessage['headers']
}

/** A server that answers each request with the next status, and the last one from then on. */
async function receiver(...statuses: number[]) {
  const received: Received[] = []
  let hear: () => void = () => undefined
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const text of request.setEncoding('utf8')) body += text
    received.push({ body, headers: request.headers })
    response.writeHead(statuses.length > 1 ? statuses.shift()! : statuses[0]!).end('thanks')
    hear()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/secret-path`
  return {
    ...{ url, received },
    /** Resolves once there were so many requests. */
    async until(count: number) {
      while (received.length < count) await new Promise<void>((resolve) => (hear = resolve))
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function webhookTo(url: string, changes: Partial<WebhookOptions> = {}) {
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  return { warnings, webhook: new Webhook({ url, settlement: '0x5e', warn, retryMs: 1, ...changes }) }
}

it('alerts that begin and end are posted in their order, each with an id, and signed', async () => {
  await using hook = await receiver(200)
  const { webhook, warnings } = webhookTo(hook.url, { secret: 'shared' })
  const countdown = { to: 'FREEZE', at: BigInt(Math.floor(Date.now() / 1000)) + 90n } as const
  webhook.send({ kind: 'raised', alert: { ...change('raised').alert, countdown } })
  webhook.send(change('cleared'))
  await hook.until(2)
  await webhook[Symbol.asyncDispose]()
  const [first, second] = hook.received.map(({ body }) => JSON.parse(body))
  assert.deepEqual([first.version, first.settlement, first.kind, second.kind], [1, '0x5e', 'raised', 'cleared'])
  assert.deepEqual(first.alert, {
    ...{ code: 'GAS_LOW', severity: 'page', cause: 'little', since: '5', runbook: 'docs/operations.md#gas-low' },
    countdown: { to: 'FREEZE', at: `${countdown.at}` },
  })
  assert.ok(first.secondsLeft <= 90 && first.secondsLeft > 0)
  assert.ok(!('secondsLeft' in second))
  assert.notEqual(first.id, second.id)
  for (const { body, headers } of hook.received) {
    const signature = headers['x-zkclear-signature'] as string
    const [, seconds] = /^t=(\d+),v1=[0-9a-f]{64}$/.exec(signature)!
    assert.equal(signature, signatureOf(body, 'shared', Number(seconds)))
    assert.notEqual(signature, signatureOf(`${body} `, 'shared', Number(seconds)))
    assert.equal(headers['content-type'], 'application/json')
  }
  assert.deepEqual(warnings, [])
})

it('what is not taken now is tried again as it was', async () => {
  await using hook = await receiver(503, 429, 204, 200)
  const { webhook, warnings } = webhookTo(hook.url)
  webhook.send(change('raised'))
  webhook.send(change('raised', 'DISK_LOW'))
  await hook.until(4)
  await webhook[Symbol.asyncDispose]()
  const told = hook.received.map(({ body }) => JSON.parse(body))
  assert.deepEqual(
    told.map(({ alert }) => alert.code),
    ['GAS_LOW', 'GAS_LOW', 'GAS_LOW', 'DISK_LOW'],
  )
  assert.equal(new Set(told.map(({ id }) => id)).size, 2)
  assert.equal(hook.received[0]!.headers['x-zkclear-signature'], undefined)
  assert.deepEqual(warnings, [])
})

it('a page goes before what can wait, and no alert that comes and goes keeps another back', async () => {
  await using hook = await receiver(...Array<number>(5).fill(429), 200)
  const { webhook } = webhookTo(hook.url)
  const warn = ({ kind, alert }: AlertChange): AlertChange => ({ kind, alert: { ...alert, severity: 'warn' } })
  for (let i = 0; i < 300; i++) webhook.send(warn(change(i % 2 === 0 ? 'raised' : 'cleared', 'DISK_LOW')))
  webhook.send(change('raised', 'SOLVENCY_DRIFT'))
  for (let i = 0; i < 300; i++) webhook.send(change(i % 2 === 0 ? 'raised' : 'cleared', 'CHAIN_FAILING'))
  await hook.until(8)
  await webhook[Symbol.asyncDispose]()
  const told = hook.received.slice(5).map(({ body }) => JSON.parse(body))
  assert.deepEqual(
    told.map(({ kind, alert }) => [kind, alert.code]),
    [
      ['raised', 'SOLVENCY_DRIFT'],
      ['cleared', 'CHAIN_FAILING'],
      ['cleared', 'DISK_LOW'],
    ],
  )
})

it('a server that fails is asked until it takes the alert, and what it refuses is left out, each with a warning without the path', async () => {
  await using hook = await receiver(...Array<number>(9).fill(500), 404, 200)
  const { webhook, warnings } = webhookTo(hook.url)
  for (const code of ['GAS_LOW', 'DISK_LOW'] as const) webhook.send(change('raised', code))
  await hook.until(11)
  await webhook[Symbol.asyncDispose]()
  assert.equal(warnings.length, 2)
  assert.match(warnings[0]!, /nobody takes alerts .* as that of GAS_LOW/)
  assert.match(warnings[1]!, /does not want to be told that GAS_LOW was raised/)
  for (const warning of warnings) assert.doesNotMatch(warning, /secret-path/)
})

it('the end does not wait for a server that is not there, and says what was not told', async () => {
  let gone: string
  {
    await using hook = await receiver(200)
    gone = hook.url
  }
  const { webhook, warnings } = webhookTo(gone)
  webhook.send(change('raised'))
  await webhook[Symbol.asyncDispose]()
  assert.match(warnings.at(-1)!, /was not told that GAS_LOW was raised/)
})

it('alerts go in clear to this machine alone', () => {
  for (const url of ['http://venue.example/x', 'ftp://127.0.0.1', 'hook', 'http://127.0.0.1.example']) {
    assert.throws(() => webhookTo(url), { code: 'INPUT_INVALID' }, url)
  }
  webhookTo('https://venue.example/x')
})
