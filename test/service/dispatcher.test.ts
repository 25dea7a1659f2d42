import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { createProver } from '../../prover/index.ts'
import { serveDispatcher } from '../../service/dispatcher/dispatcher.ts'
import { WIRE_VERSION } from '../../service/dispatcher/wire.ts'
import { decodeInput } from '../../service/jobs/input.ts'
import { createToken, revokeToken, type Scope } from '../../service/tokens/tokens.ts'
import { writeProof } from '../../verifier/index.ts'
import { sealerOf } from '../support/service/test-keys.ts'
import { testServer } from '../support/service/test-server.ts'
import { type ToyCircuits, toyCircuits, toyVenue } from '../support/service/toy-venue.ts'
import { PRODUCT, productInstance } from '../support/toy-definitions.ts'

const ID = '0'.repeat(64)
/** Every route, with a body that it would take. */
const ROUTES: readonly (readonly [string, string, object?])[] = [
  ['GET', '/worker/token'],
  ['POST', '/worker/attestation/challenge', {}],
  ['POST', '/worker/attestation', { document: 'hEShATgi' }],
  ['POST', '/worker/lease', { version: WIRE_VERSION, circuits: [], memory: 0, waitMs: 0 }],
  ['POST', `/worker/jobs/${ID}/heartbeat`, { fence: '1' }],
  ['GET', `/worker/jobs/${ID}/input?fence=1`],
  ['POST', `/worker/jobs/${ID}/result`, { fence: '1', proof: {} }],
  ['POST', `/worker/jobs/${ID}/fail`, { fence: '1', reason: 'worker', code: 'X', message: '' }],
]

/** What is answered to a request for a target that is no path, as no client sends it. */
async function answerTo(url: string, target: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
  return Buffer.concat(await socket.toArray()).toString()
}

describe('the dispatcher', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  let toys: ToyCircuits
  before(async () => {
    server = await testServer()
    toys = await toyCircuits()
  })
  after(async () => {
    await toys[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  /** Asks as a worker would, and says what came back. */
  function caller(url: string, token?: string) {
    return async (method: string, path: string, body?: unknown) => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      if (body !== undefined) headers['content-type'] = 'application/json'
      const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
      const response = await fetch(url + path, { method, headers, ...content })
      const bytes = new Uint8Array(await response.arrayBuffer())
      const json = () => JSON.parse(Buffer.from(bytes).toString())
      return { status: response.status, bytes, json, error: () => json().error as { code: string; message: string } }
    }
  }

  const circuitOf = ({ definition: { name: circuit }, profile, digest }: ToyCircuits['product']) => ({
    ...{ circuit, profile, digest },
  })
  const offer = (changes: object = {}) => ({
    version: WIRE_VERSION,
    circuits: [circuitOf(toys.product)],
    memory: 1e12,
    waitMs: 0,
    ...changes,
  })

  async function proofOf(left: bigint, right: bigint): Promise<object> {
    await using prover = await createProver({ ...toys.selection, profile: 'small', definitions: { product: PRODUCT } })
    const { statement, witness } = productInstance(left, right)
    return writeProof((await prover.prove('product', statement, witness)).proof)
  }

  it('answers on every route only who bears a token for workers that is good', async () => {
    await using venue = await toyVenue(server, toys)
    const { database, url } = venue
    const token = async (scope: string, seconds: number) =>
      await createToken(database, { name: 'x', scope: scope as Scope, seconds })
    const revoked = await token('worker', 60)
    assert.equal(await revokeToken(database, revoked.id), true)
    assert.equal(await revokeToken(database, revoked.id), false)
    const changed = `${venue.token.slice(0, -2)}${venue.token.endsWith('AA') ? 'EA' : 'AA'}`
    const refused: Record<string, [string | undefined, number]> = {
      none: [undefined, 401],
      nonsense: ['x', 401],
      unknown: [changed, 401],
      expired: [(await token('worker', 0)).text, 401],
      revoked: [revoked.text, 401],
      'of another scope': [(await token('operator', 60)).text, 403],
    }
    for (const [name, [text, status]] of Object.entries(refused)) {
      for (const [method, path, body] of ROUTES) {
        const answer = await caller(url, text)(method, path, body)
        assert.equal(answer.status, status, `${name}: ${path}`)
        assert.equal(answer.error().code, 'TOKEN_REFUSED')
      }
    }
    for (const [method, path, body] of ROUTES) {
      assert.ok(![401, 403].includes((await caller(url, venue.token)(method, path, body)).status), path)
    }
    for (const path of ['/nothing', '/%ff', '/worker/jobs/%ff/input', '/unreadable']) {
      assert.equal((await caller(url)('GET', path)).status, 401, path)
      assert.equal((await caller(url, venue.token)('GET', path)).status, 404, path)
    }
    for (const target of ['/worker/token;%ff', 'ws://x/worker/token', '*']) {
      assert.match(await answerTo(url, target), /^HTTP\/1\.1 401 .*"TOKEN_REFUSED"/s, target)
    }
  })

  it('keeps of a token its hash alone', async () => {
    await using venue = await toyVenue(server, toys)
    const [row] = await venue.database.query<{ all: string }>('SELECT row_to_json(token)::text AS all FROM token')
    // The secret may have underscores of its own.
    assert.ok(!row!.all.includes(venue.token.split('_').slice(2).join('_')))
  })

  it('gives a job with its input, and stores the proof of its statement', async () => {
    await using venue = await toyVenue(server, toys)
    const { id } = await venue.enqueueProduct(3n, 5n)
    const ask = caller(venue.url, venue.token)
    const leased = await ask('POST', '/worker/lease', offer())
    assert.equal(leased.status, 200)
    const { fence, ...job } = leased.json()
    assert.deepEqual(job, {
      ...{ id: id.toString('hex'), circuit: 'product', profile: 'small', leaseMs: 15_000 },
      statement: { product: '15', square: '100', offset: '7' },
    })
    const path = `/worker/jobs/${job.id}`
    const { bytes } = await ask('GET', `${path}/input?fence=${fence}`)
    const { statement, witness } = productInstance(3n, 5n)
    assert.deepEqual(decodeInput(PRODUCT, 'small', bytes), { ...statement, ...witness })
    assert.equal((await ask('POST', `${path}/heartbeat`, { fence })).status, 204)
    const proof = await proofOf(3n, 5n)
    assert.equal((await ask('POST', `${path}/result`, { fence, proof })).status, 204)
    assert.deepEqual((await venue.jobs.find(id))!.proof, proof)
    const again = await ask('POST', `${path}/result`, { fence, proof })
    assert.equal(again.status, 409)
    assert.equal(again.error().code, 'LEASE_LOST')
    assert.equal((await ask('GET', `${path}/input?fence=${fence}`)).status, 409)
    assert.equal((await ask('POST', '/worker/lease', offer())).status, 204)
  })

  it('does not store what proves another statement, or nothing', async () => {
    await using venue = await toyVenue(server, toys, { jobs: { retryMs: 0 } })
    const { id } = await venue.enqueueProduct(3n, 5n)
    const ask = caller(venue.url, venue.token)
    for (const proof of [await proofOf(3n, 4n), {}, null, 'x', { protocol: 'groth16', pi_a: ['1', '2', '1'] }]) {
      const { fence } = (await ask('POST', '/worker/lease', offer())).json()
      const answer = await ask('POST', `/worker/jobs/${id.toString('hex')}/result`, { fence, proof })
      assert.equal(answer.status, 422)
      assert.equal(answer.error().code, 'PROOF_INVALID')
    }
    const { state, error, proof } = (await venue.jobs.find(id))!
    assert.deepEqual({ state, code: error?.code, proof }, { state: 'dead', code: 'PROOF_INVALID', proof: undefined })
  })

  it('stores no proof of which only a half came before the connection broke, and takes the whole one then', async () => {
    const failures: unknown[] = []
    await using venue = await toyVenue(server, toys, { onFailure: (error) => failures.push(error) })
    const { id } = await venue.enqueueProduct(3n, 5n)
    const ask = caller(venue.url, venue.token)
    const { fence } = (await ask('POST', '/worker/lease', offer())).json()
    const path = `/worker/jobs/${id.toString('hex')}/result`
    const body = JSON.stringify({ fence, proof: await proofOf(3n, 5n) })
    const { hostname, port } = new URL(venue.url)
    const head = [`authorization: Bearer ${venue.token}`, 'content-type: application/json', 'host: x']
    for (const part of [body.length - 1, body.length / 2, 1]) {
      const socket = connect(Number(port), hostname)
      const length = `content-length: ${body.length}`
      socket.write(`POST ${path} HTTP/1.1\r\n${[...head, length].join('\r\n')}\r\n\r\n${body.slice(0, part)}`)
      socket.end()
      await once(socket.resume(), 'close')
      const { state, proof, attempts } = (await venue.jobs.find(id))!
      assert.deepEqual([state, proof, attempts], ['leased', undefined, 1])
    }
    assert.equal((await ask('POST', path, body)).status, 204)
    assert.equal((await venue.jobs.find(id))!.state, 'proved')
    assert.deepEqual(failures, [])
  })

  it('gives nobody the job of a worker with another token', async () => {
    await using venue = await toyVenue(server, toys)
    const { id } = await venue.enqueueProduct(3n, 5n)
    const { fence } = (await caller(venue.url, venue.token)('POST', '/worker/lease', offer())).json()
    const { text } = await createToken(venue.database, { name: 'other', scope: 'worker', seconds: 60 })
    for (const [method, path, body] of ROUTES.filter(([, path]) => path.includes(ID))) {
      const own = path.replace(ID, id.toString('hex')).replace('fence=1', `fence=${fence}`)
      const answer = await caller(venue.url, text)(method, own, body && { ...body, fence })
      assert.equal(answer.status, 409, own)
    }
    assert.equal((await venue.jobs.find(id))!.state, 'leased')
  })

  it('refuses with a clear word a worker of another release, or with other circuits', async () => {
    await using venue = await toyVenue(server, toys)
    await venue.enqueueProduct(3n, 5n)
    const ask = caller(venue.url, venue.token)
    const product = circuitOf(toys.product)
    const refused: [object, RegExp][] = [
      [
        { version: WIRE_VERSION + 1 },
        new RegExp(
          `speaks version ${WIRE_VERSION + 1} .*, and this venue version ${WIRE_VERSION}; run the same release`,
        ),
      ],
      [{ version: 'one', more: 1 }, /speaks no version of the protocol/],
      [
        offer({ circuits: [{ ...product, digest: ID }] }),
        /worker's product \(small\) is 000000000000, and this venue .*"zkclear build"/,
      ],
      [
        offer({ circuits: [{ ...product, circuit: 'powers' }] }),
        /none of the circuits of this venue, which are product \(small\), slow \(small\)/,
      ],
    ]
    for (const [body, message] of refused) {
      const answer = await ask('POST', '/worker/lease', body)
      assert.equal(answer.status, 409)
      assert.equal(answer.error().code, 'WORKER_REFUSED')
      assert.match(answer.error().message, message)
    }
  })

  it('gives no more than fits into the memory of a worker', async () => {
    await using venue = await toyVenue(server, toys)
    await venue.enqueueProduct(3n, 5n)
    const ask = caller(venue.url, venue.token)
    assert.equal((await ask('POST', '/worker/lease', offer({ memory: toys.product.memory - 1 }))).status, 204)
    assert.equal((await ask('POST', '/worker/lease', offer({ memory: toys.product.memory }))).status, 200)
  })

  it('wakes a worker that waits when there is a job', async () => {
    await using venue = await toyVenue(server, toys)
    const waiting = caller(venue.url, venue.token)('POST', '/worker/lease', offer({ waitMs: 20_000 }))
    const { id } = await venue.enqueueProduct(3n, 5n)
    assert.equal((await waiting).json().id, id.toString('hex'))
  })

  it('answers those who wait when it closes', async () => {
    const venue = await toyVenue(server, toys)
    const waiting = caller(venue.url, venue.token)('POST', '/worker/lease', offer({ waitMs: 20_000 }))
    // It is being answered once its token was looked up.
    while (
      (
        await venue.database.query(
          `SELECT FROM pg_stat_activity WHERE query LIKE '%circuit_digest = ANY%' AND application_name = 'zkclear ' || $1`,
          [process.pid],
        )
      ).length < 2
    );
    await venue[Symbol.asyncDispose]()
    assert.equal((await waiting).status, 204)
  })

  it('lets a worker say that an input cannot be proved, that it could not, or that it gives a job back', async () => {
    await using venue = await toyVenue(server, toys, { jobs: { retryMs: 0 } })
    const { id } = await venue.enqueueProduct(3n, 5n)
    const ask = caller(venue.url, venue.token)
    const states: string[] = []
    for (const reason of ['returned', 'worker', 'input']) {
      const { fence } = (await ask('POST', '/worker/lease', offer())).json()
      const body = { fence, reason, code: 'WITNESS_FAILED', message: 'no\n' }
      const zero = { ...body, message: 'no\0' }
      assert.equal((await ask('POST', `/worker/jobs/${id.toString('hex')}/fail`, zero)).status, 400)
      assert.equal((await ask('POST', `/worker/jobs/${id.toString('hex')}/fail`, body)).status, 204)
      states.push((await venue.jobs.find(id))!.state)
    }
    assert.deepEqual(states, ['ready', 'ready', 'failed'])
    assert.equal((await venue.jobs.find(id))!.attempts, 2)
  })

  it('takes back the job of a worker that is silent', async () => {
    await using venue = await toyVenue(server, toys, { sweepMs: 5, jobs: { leaseMs: 1, retryMs: 0 } })
    const { id } = await venue.enqueueProduct(3n, 5n)
    const ask = caller(venue.url, venue.token)
    const { fence } = (await ask('POST', '/worker/lease', offer())).json()
    await venue.until(id, 'ready')
    assert.equal((await ask('POST', `/worker/jobs/${id.toString('hex')}/heartbeat`, { fence })).status, 409)
  })

  it('refuses what is no request of its own with a status below 500, and says no stack', async () => {
    const failures: unknown[] = []
    await using venue = await toyVenue(server, toys, { onFailure: (error) => failures.push(error) })
    const ask = caller(venue.url, venue.token)
    const bodies: unknown[] = [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{"__proto__":1}',
      { fence: 1 },
      { fence: '-1' },
      { fence: '9'.repeat(30) },
    ]
    bodies.push(
      offer({ waitMs: 1e9 }),
      offer({ memory: -1 }),
      offer({ circuits: Array(65).fill(circuitOf(toys.product)) }),
    )
    bodies.push({ fence: '9223372036854775808', proof: {} }, { filling: 'x'.repeat(100_000) })
    const ids = [ID, 'x', '..%2f..%2f', `${ID}0`, ID.toUpperCase().replace('0', 'A')]
    for (const body of bodies) {
      for (const [method, path] of ROUTES.filter(([method]) => method === 'POST')) {
        for (const id of ids) {
          const { status, bytes } = await ask(method, path.replace(ID, id), body)
          const text = Buffer.from(bytes).toString()
          assert.ok(status >= 400 && status < 500, `${status} ${path} ${JSON.stringify(body)?.slice(0, 80)}: ${text}`)
          assert.doesNotMatch(text, /\n\s+at |node_modules|service\//)
        }
      }
    }
    assert.deepEqual(failures, [])
  })

  it('listens beyond this machine only with a certificate', async () => {
    await using database = await server.fresh()
    const sealer = await sealerOf(database)
    for (const host of ['0.0.0.0', '::', '10.1.2.3', 'venue.example']) {
      await assert.rejects(serveDispatcher({ database, sealer, circuits: [], host }), {
        code: 'INPUT_INVALID',
        message: /give a certificate and its key, or listen at 127.0.0.1/,
      })
    }
  })

  it('names the port that is taken as that of workers', async () => {
    await using database = await server.fresh()
    const sealer = await sealerOf(database)
    await using taken = await serveDispatcher({ database, sealer, circuits: [] })
    const port = Number(new URL(taken.url).port)
    await assert.rejects(serveDispatcher({ database, sealer, circuits: [], port }), {
      code: 'INPUT_INVALID',
      path: 'workerPort',
      message: /EADDRINUSE/,
    })
  })
})
