import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connectVenue, type RequestOptions } from '../../client/index.ts'
import { fetchMarginFiles } from '../../client/margin/index.ts'
import { signBid } from '../../protocol/takeover/bid.ts'

/** A venue that takes every request, and answers none. */
const silent = connectVenue({
  url: 'http://venue',
  fetch: (_, { signal } = {}) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
})
const session = silent.session(7, 'token')
const credentials = { account: 7, privateKey: new Uint8Array(32).fill(9), domain: 77n }
const bid = signBid(
  { victim: 4, held: 99n, price: -5n, nonce: 9n, expiry: 1_700_000_600n, bidder: 7 },
  77n,
  credentials.privateKey,
)

const ASKED: Readonly<Record<string, (options: RequestOptions) => Promise<unknown>>> = {
  send: (options) => silent.send([], options),
  sendBid: (options) => silent.sendBid(bid, 77n, options),
  shareViewKey: (options) => silent.shareViewKey({ account: 7, viewKey: 1n }, options),
  status: (options) => silent.status(options),
  markets: (options) => silent.markets(options),
  limits: (options) => silent.limits(options),
  batches: (options) => silent.batches(options),
  book: (options) => silent.book(0, 5, options),
  trades: (options) => silent.trades(0, { ...options, limit: 5 }),
  login: (options) => silent.login(credentials, options),
  read: (options) => session.read(options),
  opening: (options) => session.opening(options),
  exit: (options) => session.exit(options),
  message: (options) => session.message({ record: 4 }, options),
  leaveCancels: (options) => session.leaveCancels({ bundles: [], seconds: 15, watch: 'heartbeat' }, options),
  heartbeat: (options) => session.heartbeat(options),
  standingCancels: (options) => session.standingCancels(options),
  dropCancels: (options) => session.dropCancels(options),
  logout: (options) => session.logout({ ...options, everywhere: true }),
}

describe('a client of a venue that takes a request and says nothing', () => {
  for (const [name, ask] of Object.entries(ASKED)) {
    it(`is called off in ${name}, or gives up`, async () => {
      const calledOff = new AbortController()
      const asked = ask({ signal: calledOff.signal })
      calledOff.abort()
      await assert.rejects(asked, { code: 'ABORTED', message: 'the request was called off' })
      const late = { code: 'VENUE_UNREACHABLE', message: 'http://venue cannot be reached: no answer in time' }
      await assert.rejects(ask({ timeoutMs: 1 }), late)
    })
  }

  it('gives up in the middle of an answer, too', async () => {
    const body = (signal: AbortSignal) =>
      new ReadableStream({ start: (stream) => signal.addEventListener('abort', () => stream.error(signal.reason)) })
    const halting = connectVenue({
      url: 'http://venue',
      fetch: async (_, { signal } = {}) => new Response(body(signal!)),
    })
    await assert.rejects(halting.markets({ timeoutMs: 1 }), {
      code: 'VENUE_UNREACHABLE',
      message: /no answer in time$/,
    })
  })

  it('is called off in the middle of a file to prove with', async () => {
    const off = new AbortController()
    const file = { sha256: '00'.repeat(32), bytes: 5 }
    const listed = { profile: 'small', wasm: file, zkey: file, vkey: {} }
    const halting: typeof fetch = async (url, { signal } = {}) => {
      if (!`${url}`.includes('/files/')) return Response.json(listed)
      const body = new ReadableStream({
        start(stream) {
          stream.enqueue(new Uint8Array(2))
          signal!.addEventListener('abort', () => stream.error(signal!.reason))
        },
      })
      return new Response(body)
    }
    const files = fetchMarginFiles(
      { url: 'http://venue', fetch: halting },
      { token: 'token', signal: off.signal, onProgress: () => off.abort() },
    )
    await assert.rejects(files, { code: 'ABORTED' })
  })
})
