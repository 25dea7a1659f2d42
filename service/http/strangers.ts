import type { RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { bodyBytes } from './bodies.ts'
import { callerOf } from './caller.ts'
import { type Refusal, refusalOf } from './refusal.ts'
import { Turns } from './turns.ts'

export interface Callers {
  /** Whether a caller's word was good before: then no crowd of strangers holds him up. Default: nobody's was. */
  isKnown?(caller: string): boolean
  /** Throws a Refusal for a caller who asks too often, a long body counting as several requests; before anything else is done for him. */
  admit?(caller: string, requests: number): void
}

/** Bytes of a body that count as another request. */
const BYTES_OF_REQUEST = 1 << 13
/** Bytes of a body that take about a millisecond, parsed and handled. */
const BYTES_OF_MS = 1 << 14
/** Bytes of a body that are read yet of a stranger who was turned away: with longer ones his connection ends. */
const MOST_UNREAD = 1 << 16
/** For how long nothing is read of a stranger's connection on which a request was turned away. */
const REST_MS = 1_000

/**
 * Lets strangers wait for their {@link Turns}: with a request when its head has come, and again when its body has, before that is parsed.
 * Whoever is turned away here costs no more than that, and a stranger is not heard for a second on that connection. To be called before
 * anything else listens to the server's requests.
 */
export function lineUpStrangers(
  app: FastifyInstance,
  { isKnown = () => false, admit }: Callers,
  { mostBytes, restMs = REST_MS }: { readonly mostBytes: number; readonly restMs?: number | undefined },
): void {
  const turns = new Turns()
  const { server } = app
  const [handle] = server.listeners('request') as [RequestListener]
  server.removeListener('request', handle)
  server.on('request', (request, response) => {
    const { socket, headers } = request
    const caller = callerOf(socket.remoteAddress ?? '')
    const bytes = bodyBytes({ headers }, mostBytes)
    const turnAway = (error: unknown) => {
      const isStranger = !isKnown(caller)
      // Else all of it would be read, to be thrown away.
      if (isStranger && bytes > MOST_UNREAD) response.setHeader('connection', 'close')
      response.once('finish', () => {
        if (!isStranger || !request.complete || socket.destroyed) return
        socket.pause()
        setTimeout(() => socket.resume(), restMs).unref()
      })
      tell(response, refusalOf(error))
    }
    try {
      admit?.(caller, 1 + Math.floor(bytes / BYTES_OF_REQUEST))
    } catch (error) {
      turnAway(error)
      return
    }
    const go = () => handle.call(server, request, response)
    if (isKnown(caller)) go()
    else turns.take(caller, () => response.destroyed || socket.destroyed).then(go, turnAway)
  })
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const caller = callerOf(request.ip)
    const go = () => parse(request, body, done)
    if (isKnown(caller)) go()
    else turns.take(caller, () => request.raw.socket.destroyed, body.length / BYTES_OF_MS).then(go, done)
  })
}

function tell(response: ServerResponse, { status, code, message, retryAfter }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } })
  response
    .writeHead(status, {
      ...{ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
      'content-length': Buffer.byteLength(body),
    })
    .end(body)
}
