import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { suite, test } from 'node:test'
import { makeReport, signedBy } from '../../lab/instances/reports.ts'
import { type ServeReportsOptions, serveReports } from '../../oracle/index.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { SignedReport } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { decodeReport, encodeReport } from '../../venue/index.ts'

const SHAPE = venueShape('small')
const reportAt = (timestamp: bigint) => signedBy(0, makeReport(SHAPE, { timestamp }), SHAPE)
const FAR = 1n << 39n
const serve = (sign: ServeReportsOptions['sign'], rest: Partial<ServeReportsOptions> = {}) =>
  serveReports({ sign, profile: 'small', ...rest })
const gone = () => Promise.reject(new ZkclearError('SOURCE_UNAVAILABLE', '/secret/path is gone'))

suite('serveReports', () => {
  test('answers GET /report with a report file, on this machine alone', async () => {
    const signed = reportAt(5n)
    await using server = await serve(async () => signed)
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/report$/)
    const response = await fetch(server.url)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.deepEqual(decodeReport(await response.json(), 'small'), signed)
    const head = await fetch(`${server.url}?now`, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
  })

  test('knows no other path and no other method', async () => {
    await using server = await serve(async () => reportAt(5n))
    assert.equal((await fetch(new URL('/', server.url))).status, 404)
    assert.equal((await fetch(`${server.url}s`)).status, 404)
    const response = await fetch(server.url, { method: 'POST', body: '{}' })
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD'])
  })

  test('never goes back in time, and signs once for all who ask in one second', async () => {
    const times = [7n, 6n, 8n]
    const signed: bigint[] = []
    let asked = 0
    await using server = await serve(async () => reportAt(times[asked++]!), {
      onSigned: ({ report }) => signed.push(report.timestamp),
    })
    const ask = async () => decodeReport(await (await fetch(server.url)).json(), 'small').report.timestamp
    assert.deepEqual([await ask(), await ask(), await ask()], [7n, 7n, 8n])
    assert.deepEqual([asked, signed], [3, [7n, 8n]])
    await using later = await serve(async () => reportAt(FAR + BigInt(asked++)))
    const all = await Promise.all([1, 2, 3, 4].map(() => fetch(later.url)))
    await Promise.all(all.map((response) => response.text()))
    assert.equal((await fetch(later.url)).status, 200)
    assert.equal(asked, 4)
  })

  test('says 503 while no report can be made, and why only to its owner', async () => {
    let isGone = true
    const failures: string[] = []
    const signed = reportAt(5n)
    await using server = await serve(() => (isGone ? gone() : Promise.resolve(signed)), {
      onFailure: ({ message }) => failures.push(message),
    })
    const response = await fetch(server.url)
    assert.equal(response.status, 503)
    assert.doesNotMatch(await response.text(), /secret/)
    assert.deepEqual(failures, ['/secret/path is gone'])
    isGone = false
    assert.deepEqual(await (await fetch(server.url)).json(), encodeReport(signed, 'small'))
    isGone = true
    assert.equal((await fetch(server.url)).status, 503)
  })

  test('at an interval makes reports unasked, and serves the last one', async () => {
    let asked = 0
    const second = Promise.withResolvers<void>()
    const sign = async () => {
      asked++
      if (asked === 2) second.resolve()
      if (asked > 2) return gone()
      return reportAt(BigInt(asked))
    }
    const failed = Promise.withResolvers<void>()
    await using server = await serve(sign, { every: 0.05, onFailure: () => failed.resolve() })
    assert.ok(asked >= 1)
    await second.promise
    await failed.promise
    assert.equal((await fetch(server.url)).status, 503)
  })

  test('ends what it waits for when it is closed, and answers who asked before', async () => {
    const begun = Promise.withResolvers<void>()
    const sign = (signal: AbortSignal) => {
      begun.resolve()
      return new Promise<SignedReport>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    let asking: Promise<Response> | undefined
    {
      await using server = await serve(sign)
      asking = fetch(server.url)
      await begun.promise
    }
    assert.equal((await asking).status, 503)
  })

  test('closes although somebody keeps a connection open without a word', async () => {
    const server = await serve(async () => reportAt(5n))
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write('GET /report HTTP/1.1\r\n')
    await server[Symbol.asyncDispose]()
    await assert.rejects(fetch(server.url))
    socket.destroy()
  })

  test('keeps 256 connections open, and closes what is more', async () => {
    await using server = await serve(async () => reportAt(5n))
    const open = async () => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }
    const sockets = await Promise.all(Array.from({ length: 256 }, open))
    const refused = await open()
    refused.resume()
    await once(refused, 'close')
    assert.ok(sockets.every((socket) => socket.readyState === 'open'))
    for (const socket of sockets) socket.destroy()
  })

  test('says where it cannot listen', async () => {
    await using first = await serve(async () => reportAt(5n))
    const port = Number(new URL(first.url).port)
    const refused = { code: 'INPUT_INVALID', path: 'port', message: /EADDRINUSE/ }
    await assert.rejects(
      serve(async () => reportAt(5n), { port }),
      refused,
    )
  })

  test('tells of a failure that nobody expected', async () => {
    await using server = await serve(async () => {
      throw new TypeError('a bug')
    })
    assert.equal((await fetch(server.url)).status, 503)
    await assert.rejects(server.failed, { message: 'a bug' })
  })
})
