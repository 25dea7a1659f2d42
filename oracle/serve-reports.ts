import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { ZkclearError } from '../protocol/errors.ts'
import type { SignedReport } from '../protocol/risk/report.ts'
import type { ProfileName } from '../protocol/shape.ts'
import { encodeReport } from '../venue/files/report-file.ts'
import { type MakeReport, reportKeeper } from './report-keeper.ts'

export interface ServeReportsOptions {
  /** {@link signPrices}. Is asked once at a time, and not within the second of the newest report. */
  readonly sign: MakeReport
  readonly profile: ProfileName
  /** Where it listens. Default 127.0.0.1: reports are public, but who may ask for them is for a proxy to say. */
  readonly host?: string | undefined
  /** Default 0: one that is free. */
  readonly port?: number | undefined
  /** Seconds from one report to the next. Default: a report is made when one is asked for. */
  readonly every?: number | undefined
  readonly onSigned?: (signed: SignedReport) => void
  /** Why no report could be made. Whoever asked is told that there is none, not why. */
  readonly onFailure?: (error: ZkclearError) => void
}

export interface ReportServer extends AsyncDisposable {
  /** Address of the report. */
  readonly url: string
  /** Rejects if something fails that nobody expected; else it stays open. */
  readonly failed: Promise<never>
}

/** How many connections may be open at once: less than the descriptors of a process, as making a report takes some. More are closed. */
const MAX_CONNECTIONS = 256
/** How long requests that are being answered keep the server from closing. */
const GRACE_MS = 1_000

/**
 * Serves signed reports: GET /report answers with a report file as JSON, or with status 503 when none can be made now. Disposing
 * it ends what is being made, answers what was asked, and closes. At most 256 connections are open at once. Throws INPUT_INVALID where it cannot listen.
 *
 * @example
 * const source = jsonPrices(jsonFile('prices.json'), 'small')
 * const shape = venueShape('small')
 * await using server = await serveReports({
 *   sign: (signal, newest) => signPrices({ source, feedSet: 1n, shape, privateKey, signal, newest }),
 *   profile: 'small',
 *   port: 9477,
 * })
 */
export async function serveReports(options: ServeReportsOptions): Promise<ReportServer> {
  const { profile, host = '127.0.0.1', port = 0, every, onFailure } = options
  const stopped = new AbortController()
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => undefined)
  const keeper = reportKeeper(options.sign, stopped.signal, options.onSigned)
  const renew = async () => {
    try {
      return await keeper.renew()
    } catch (error) {
      if (stopped.signal.aborted) return undefined
      if (error instanceof ZkclearError) onFailure?.(error)
      else fail(error)
      return undefined
    }
  }
  let latest: SignedReport | undefined
  const current = async () => (every === undefined ? renew() : latest)
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response, current, profile, stopped.signal).catch(fail)
  })
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, host, port)
  if (every !== undefined) {
    latest = await renew()
    repeat(every, stopped.signal, async () => {
      latest = await renew()
    }).catch(fail)
  }
  const { address, family, port: bound } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}/report`,
    failed,
    async [Symbol.asyncDispose]() {
      stopped.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const cut = new AbortController()
      setTimeout(GRACE_MS, undefined, { signal: cut.signal }).then(
        () => server.closeAllConnections(),
        () => undefined,
      )
      await closed
      cut.abort()
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `${host}:${port} cannot be listened at (${code}); choose another host or port`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'port', cause })
  }
}

async function repeat(seconds: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await setTimeout(1000 * seconds, undefined, { signal })
    } catch {
      return
    }
    await work()
  }
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  current: () => Promise<SignedReport | undefined>,
  profile: ProfileName,
  stopped: AbortSignal,
): Promise<void> {
  const send = (status: number, document: unknown) => {
    // a connection that is kept would keep a server from closing
    if (stopped.aborted) response.shouldKeepAlive = false
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
    response.writeHead(status, headers).end(`${JSON.stringify(document)}\n`)
  }
  const refuse = (status: number, message: string) => send(status, { error: { message } })
  if (url?.split('?')[0] !== '/report') return refuse(404, 'there is nothing but /report')
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return refuse(405, 'reports are asked for with GET')
  }
  const signed = await current()
  if (signed === undefined) refuse(503, 'there is no report now; ask again later')
  else send(200, encodeReport(signed, profile))
}
