import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { messagesRequest } from '../../client/wire/messages.ts'
import { Random } from '../../protocol/random.ts'
import { serveDispatcher } from '../../service/dispatcher/dispatcher.ts'
import { WIRE_VERSION } from '../../service/dispatcher/wire.ts'
import { changeJobs } from '../../service/jobs/change-jobs.ts'
import { readJournal } from '../../service/journal/journal.ts'
import { decodeRecord } from '../../service/sequencer/record.ts'
import { createToken, type Scope } from '../../service/tokens/tokens.ts'
import { messageId } from '../../service/writer/message-id.ts'
import { toJson } from '../../venue/files/schema.ts'
import { exampleRequests, type OpenApi } from '../support/service/example-requests.ts'
import { mutate, type RawRequest } from '../support/service/mutations.ts'
import { PLAIN, plainJob } from '../support/service/plain-job.ts'
import { testServer } from '../support/service/test-server.ts'
import {
  orderOf,
  secretOf,
  signed,
  type TradingVenue,
  tradingVenue,
  withdrawal,
} from '../support/service/trading-venue.ts'

const REQUESTS = 100_000
const AT_ONCE = 16
const SEED = 20_260_101n
/** Requests of which the heap is looked at before and after: bytes that each may leave behind. */
const BYTES_EACH = 100

let server: Awaited<ReturnType<typeof testServer>>
let venue: TradingVenue
let open: AsyncDisposableStack
let dispatcher: Awaited<ReturnType<typeof serveDispatcher>>
let examples: readonly (readonly [base: string, request: RawRequest])[]
const acts: unknown[] = []
const failures: unknown[] = []
const job = plainJob(1)
/** Bundles and withdrawals that their accounts signed: what may be accepted. */
const valid = Array.from({ length: 20 }, (_, i) => [
  signed(1, orderOf(1, BigInt(2 * i + 1), { side: i % 2 === 0 ? 'buy' : 'sell' })),
  withdrawal(2, BigInt(2 * i + 1), 5n),
]).flat()
/** Of these as they are read: their fields are in another order then. */
const ids = new Set(messagesRequest.parse(toJson(valid)).map(messageId))

before(async () => {
  const unlimited = { requestsPerSecond: 1e9, requestsAtOnce: 1e9, messagesPerSecond: 1e9, messagesAtOnce: 1e9 }
  server = await testServer()
  open = new AsyncDisposableStack()
  venue = open.use(await tradingVenue(server, { rules: unlimited }))
  const { database, sealer } = venue
  const operations = {
    line: async () => ({}),
    state: async () => ({}) as never,
    metrics: async () => '',
    stopped: () => undefined,
    resume: () => void acts.push(['resume']),
    retry: async (batch: number) => void acts.push(['retry', batch]),
    omit: (records: readonly number[]) => void acts.push(['omit', ...records]),
  }
  dispatcher = open.use(
    await serveDispatcher({
      ...{
        database,
        sealer,
        circuits: [],
        operator: { operations, twoPersons: false, note: async () => undefined, log: () => undefined },
      },
      onFailure: (error) => failures.push(error),
    }),
  )
  await changeJobs(database, sealer, [{ enqueue: job }])
  const token = await venue.login(1)
  const document = (await venue.get('/v1/openapi.json')).body as OpenApi
  const here = exampleRequests(document, token).map((each) => [venue.gateway.url, each] as const)
  examples = [
    ...here,
    ...(await validRequests(token)).map((each) => [venue.gateway.url, each] as const),
    ...(await ofDispatcher()),
  ]
})

after(async () => {
  await open.disposeAsync()
  await server[Symbol.asyncDispose]()
})

it(`${REQUESTS} mutated requests: each a typed answer, nothing taken that nobody signed, and no memory kept`, async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const random = new Random(SEED)
  const seen = new Map<string, number>()
  let sent = 0
  const worker = async (until: number) => {
    while (sent < until) {
      const number = sent++
      const [base, example] = random.pick(examples)
      const changed = mutate(random, example)
      const told = `request ${number}: ${changed.method} ${changed.path.slice(0, 200)} ${`${changed.body}`.slice(0, 500)}`
      const status = await ask(base, changed, agent, told)
      seen.set(`${status}`, (seen.get(`${status}`) ?? 0) + 1)
    }
  }
  const round = async (until: number) => {
    await Promise.all(Array.from({ length: AT_ONCE }, () => worker(until)))
    return heap()
  }
  await round(REQUESTS / 4)
  const half = await round(REQUESTS / 2)
  const end = await round(REQUESTS)
  agent.destroy()
  assert.deepEqual([failures, venue.failures], [[], []])
  assert.ok(end - half < (BYTES_EACH * REQUESTS) / 2, `${end - half} bytes more after half of the requests`)
  await requireNothingForged()
  for (const status of ['200', '400', '401', '404']) assert.ok((seen.get(status) ?? 0) > 100, `rarely ${status}`)
})

async function requireNothingForged(): Promise<void> {
  const { database, sealer, journal } = venue
  const taken: string[] = []
  for await (const { record } of readJournal(database, sealer, { epoch: journal.epoch })) {
    const decoded = decodeRecord(record)
    if (decoded.kind === 'message') taken.push(messageId(decoded.bundle))
    if (decoded.kind === 'cash-message') taken.push(messageId(decoded.signed))
  }
  assert.ok(taken.length > 0)
  assert.equal(new Set(taken).size, taken.length, 'a message is in the journal twice')
  for (const id of taken) assert.ok(ids.has(id), 'a message that nobody signed is in the journal')
  const [found] = await database.query<{ state: string; fence: string }>('SELECT state, fence FROM job WHERE id = $1', [
    job.id,
  ])
  assert.deepEqual(found, { state: 'ready', fence: '0' })
  const holders = await database.query<{ account: number }>(
    'SELECT DISTINCT account FROM token WHERE account IS NOT NULL',
  )
  assert.deepEqual(holders, [{ account: 1 }])
  for (const [act, ...numbers] of acts as [string, ...number[]][]) {
    assert.ok(
      numbers.every((each) => Number.isSafeInteger(each) && each >= 0),
      `${act} of ${numbers}`,
    )
  }
}

/** The status, of an answer that is well formed; of a stream only that it begins. */
async function ask(
  base: string,
  { method, path, headers, body }: RawRequest,
  agent: Agent,
  told: string,
): Promise<number> {
  const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` }
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const sending = request(
    base,
    { ...parts(path), method, agent, headers: { ...headers, ...length } },
    async (response) => {
      try {
        const { statusCode: status = 0, headers: given } = response
        if (given['content-type'] === 'application/x-ndjson') {
          response.destroy()
          return resolve(status)
        }
        const answer = await text(response)
        // A venue that has settled nothing yet says so.
        assert.ok(status < 500 || answer.includes('"NOT_OPEN"'), `${told}\n${status}: ${answer}`)
        if (status >= 400 && method !== 'HEAD') requireTyped(answer, `${told}\n${status}: ${answer.slice(0, 1000)}`)
        resolve(status)
      } catch (error) {
        reject(error)
      }
    },
  )
  sending.on('error', reject)
  sending.end(body)
  return await promise
}

function requireTyped(answer: string, told: string): void {
  assert.notEqual(answer, '', told)
  const { error, ...more } = JSON.parse(answer) as { error: { code: string; message: string } }
  assert.deepEqual([Object.keys(more), Object.keys(error)], [[], ['code', 'message']], told)
  assert.match(error.code, /^[A-Z][A-Z_]+$/, told)
  assert.ok(error.message.length > 0 && error.message.length < 2000, told)
  assert.doesNotMatch(error.message, /\bat .*\.[jt]s|node_modules|select |insert /i, told)
}

/** As node's client takes a path: all that it refuses to send is sent as it would be by a browser. */
function parts(path: string): { path: string } {
  return { path: path.replaceAll(/[^\x21-\x7e]/g, (one) => encodeURIComponent(one.toWellFormed())) }
}

function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let i = 0; i < 4; i++) collect()
  return process.memoryUsage().heapUsed
}

/** Requests that do something. */
async function validRequests(token: string): Promise<RawRequest[]> {
  const headers = { 'content-type': 'application/json' }
  const post = (path: string, body: unknown, more = {}) => {
    return { method: 'POST', path, headers: { ...headers, ...more }, body: JSON.stringify(toJson(body)) }
  }
  const logins = await Promise.all(
    [1, 2, 3, 4].map(async () => venue.answerTo(1, await venue.challenge(1), secretOf(1))),
  )
  return [
    ...valid.map((message) => post('/v1/messages', [message])),
    post('/v1/messages', valid.slice(0, 10)),
    ...logins.map((login) => post('/v1/login', login)),
    post('/v1/login/challenge', { account: 2 }),
    post('/v1/view-keys', { account: 1, viewKey: 901n }),
    ...['/v1/account', '/v1/account/messages/4', '/v1/account/messages?nonce=1'].map((path) => ({
      ...{ method: 'GET', path, body: undefined, headers: { authorization: `Bearer ${token}` } },
    })),
  ]
}

/** A request to each route of workers and of operators. */
async function ofDispatcher() {
  const { database } = venue
  const token = async (scope: Scope) => (await createToken(database, { name: scope, scope, seconds: 3600 })).text
  const tokens: Partial<Record<string, string>> = {}
  for (const scope of ['worker', 'operator', 'metrics'] as const) tokens[scope] = await token(scope)
  const proof = {
    pi_a: ['1', '2', '1'],
    pi_b: [
      ['1', '2'],
      ['3', '4'],
      ['1', '0'],
    ],
    pi_c: ['1', '2', '1'],
    protocol: 'groth16',
    curve: 'bn128',
  }
  const bodies: Readonly<Record<string, object>> = {
    '/worker/lease': {
      ...{
        version: WIRE_VERSION,
        circuits: [{ circuit: 'plain', profile: 'small', digest: PLAIN }],
        memory: 1e9,
        waitMs: 0,
      },
    },
    '/worker/attestation': { document: 'hEShATgi' },
    '/worker/jobs/:id/heartbeat': { fence: '1' },
    '/worker/jobs/:id/result': { fence: '1', proof },
    '/worker/jobs/:id/fail': { fence: '1', reason: 'worker', code: 'X', message: 'x' },
    '/operator/retry': { batch: 1 },
    '/operator/omit': { records: [1, 2] },
  }
  return dispatcher.routes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, path, access }) => {
      const place = path.replace(':id', job.id.toString('hex')) + (path.endsWith('/input') ? '?fence=1' : '')
      const head = { authorization: `Bearer ${tokens[access]}` }
      const body = method === 'POST' ? JSON.stringify(bodies[path] ?? {}) : undefined
      const headers = body === undefined ? head : { ...head, 'content-type': 'application/json' }
      return [dispatcher.url, { method, path: place, headers, body } satisfies RawRequest] as const
    })
}
