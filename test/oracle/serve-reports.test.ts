import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, mock, suite, test } from 'node:test'
import { makeReport, ORACLE_KEYS, signedBy } from '../../lab/instances/reports.ts'
import { jsonPrices, type ServeReportsOptions, serveReports, signPrices } from '../../oracle/index.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import type { SignedReport } from '../../protocol/risk/report.ts'
import { venueShape } from '../../protocol/shape.ts'
import { decodeReport, encodePrices, encodeReport } from '../../venue/index.ts'

const SHAPE = venueShape('small')
const reportAt = (timestamp: bigint) => signedBy(0, makeReport(SHAPE, { timestamp }), SHAPE)
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

  test('never goes back in time, and signs once for all who ask in one second', async (t) => {
    const times = [7n, 6n, 8n]
    const signed: bigint[] = []
    let asked = 0
    await using server = await serve(async () => reportAt(times[asked++]!), {
      onSigned: ({ report }) => signed.push(report.timestamp),
    })
    const ask = async () => decodeReport(await (await fetch(server.url)).json(), 'small').report.timestamp
    assert.deepEqual([await ask(), await ask(), await ask()], [7n, 7n, 8n])
    assert.deepEqual([asked, signed], [3, [7n, 8n]])
    mock.timers.enable({ apis: ['Date'], now: 9_000 })
    t.after(() => mock.timers.reset())
    await using later = await serve(async () => reportAt(6n + BigInt(asked++)))
    const all = await Promise.all([1, 2, 3, 4].map(() => fetch(later.url)))
    await Promise.all(all.map((response) => response.text()))
    assert.equal((await fetch(later.url)).status, 200)
    assert.equal(asked, 4)
  })

  suite('with signPrices', () => {
    const START = 1_700_000_000n
    const setClock = (second: bigint) => mock.timers.setTime(1000 * Number(second))
    beforeEach(() => mock.timers.enable({ apis: ['Date'], now: 1000 * Number(START) }))
    afterEach(() => mock.timers.reset())

    async function open(told: (n: number) => bigint | undefined) {
      const { indices, forwards, volatilities } = makeReport(SHAPE)
      const counts = { read: 0, signed: 0 }
      const read = async () =>
        encodePrices({ timestamp: told(counts.read++), indices, forwards, volatilities }, 'small')
      const source = jsonPrices({ name: 'the test', read }, 'small')
      const signing = { source, feedSet: 1n, shape: SHAPE, privateKey: ORACLE_KEYS[0]!, maxAge: 30n }
      const sign: ServeReportsOptions['sign'] = async (signal, newest) => {
        const made = await signPrices({ ...signing, signal, newest })
        if (made !== newest) counts.signed++
        return made
      }
      const failures: string[] = []
      const server = await serve(sign, { onFailure: ({ code, message }) => failures.push(`${code} ${message}`) })
      const ask = async () => {
        const response = await fetch(server.url)
        const document = await response.json()
        return response.status === 200 ? decodeReport(document, 'small').report.timestamp : response.status
      }
      return { server, ask, counts, failures }
    }

    test('signs once for the second that prices name, and for none before', async () => {
      const times = [START - 5n, START - 5n, START - 6n, START - 4n, START + 3n, START + 2n]
      const { server, ask, counts } = await open((n) => times[n])
      await using _ = server
      const asked: unknown[] = []
      for (let i = 0; i < times.length; i++) asked.push(await ask())
      assert.deepEqual(asked, [START - 5n, START - 5n, START - 5n, START - 4n, START + 3n, START + 3n])
      assert.deepEqual(counts, { read: 6, signed: 3 })
    })

    test('has no report while its newest is of a future beyond maxAge, as the clock was ahead', async () => {
      const { server, ask, counts, failures } = await open(() => undefined)
      await using _ = server
      setClock(START + 3600n)
      assert.equal(await ask(), START + 3600n)
      setClock(START)
      assert.deepEqual([await ask(), await ask()], [503, 503])
      const message = `SOURCE_UNAVAILABLE the newest report is of second ${START + 3600n}, more than 30 s ahead of this machine's clock; start again if the clock is right now`
      assert.deepEqual(failures, [message, message])
      setClock(START + 3570n)
      assert.equal(await ask(), START + 3600n)
      setClock(START + 3601n)
      assert.equal(await ask(), START + 3601n)
      assert.equal(counts.signed, 2)
    })
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
