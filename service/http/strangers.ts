import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { bodyBytes } from './bodies.ts'
import { callerOf } from './caller.ts'
import type { ChunkSenders } from './chunk-senders.ts'
import { Refusal, refusalOf } from './refusal.ts'
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
/** Bytes of a body that are read yet once its request was answered: with longer ones the connection ends. */
const MOST_UNREAD = 1 << 16
/** For how long nothing is read of a stranger's connection on which a request was turned away. */
const REST_MS = 1_000

/**
 * Lets strangers wait for their {@link Turns}: with a request when its head has come, and again when its body has, before that is parsed.
 * Whoever is turned away here costs no more than that, and a stranger is not heard for a second on that connection. A body has to say how long
 * it is: in chunks of a byte each, a megabyte takes seconds to read and hundreds of megabytes to keep. To be called before anything else
 * listens to the server's requests.
 */
export function lineUpStrangers(
  app: FastifyInstance,
  { isKnown = () => false, admit }: Callers,
  {
    mostBytes,
    restMs = REST_MS,
    chunks,
  }: { readonly mostBytes: number; readonly restMs?: number | undefined; readonly chunks?: ChunkSenders | undefined },
): void {
  const turns = new Turns()
  const { server } = app
  const [handle] = server.listeners('request') as [RequestListener]
  server.removeListener('request', handle)
  server.on('request', (request, response) => {
    const { socket, headers } = request
    const { remoteAddress } = socket
    // Reset by its peer, though it sent something before: whose that is nobody can tell any more, and nobody waits for an answer.
    if (remoteAddress === undefined) {
      socket.destroy()
      return
    }
    const caller = callerOf(remoteAddress)
    const bytes = bodyBytes({ headers }, mostBytes)
    // Else all of it would be read, to be thrown away.
    const isTooMuch = () => bytes >= Math.min(MOST_UNREAD, mostBytes) && (isInChunks(headers) || !isKnown(caller))
    response.once('finish', () => {
      if (isTooMuch() && !request.complete) socket.destroy()
    })
    const turnAway = (error: unknown) => {
      const isStranger = !isKnown(caller)
      if (isTooMuch()) response.setHeader('connection', 'close')
      response.once('finish', () => {
        if (!isStranger || !request.complete || socket.destroyed) return
        socket.pause()
        setTimeout(() => socket.resume(), restMs).unref()
      })
      tell(response, refusalOf(error))
    }
    try {
      if (isInChunks(headers)) {
        chunks?.note(caller)
        throw lengthRequired()
      }
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

function isInChunks(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined
}

function lengthRequired(): Refusal {
  return new Refusal(411, 'REQUEST_INVALID', 'the body does not say how long it is: send content-length, and no chunks')
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
