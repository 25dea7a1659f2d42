import Fastify, { type FastifyInstance } from 'fastify'
import { ZkclearError } from '../../protocol/errors.ts'
import { isLoopback } from '../loopback.ts'
import { limitBodies } from './bodies.ts'
import { ChunkSenders } from './chunk-senders.ts'
import { limitConnections } from './connections.ts'
import { endConnections } from './ending.ts'
import { endUnread, limitBehind } from './hold.ts'
import { Refusal, refusalOf } from './refusal.ts'
import { type Callers, lineUpStrangers } from './strangers.ts'
import { answerExpectation, answerUnreadable } from './unreadable.ts'

/** Certificate chain and key, PEM. */
export interface Tls {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** Calls with each pair that takes the place of the one before, until what it gives is disposed. Default: none ever does. */
  onRenewed?(show: (next: Pick<Tls, 'cert' | 'key'>) => void): Disposable
}

export interface AppOptions {
  readonly tls?: Tls | undefined
  /** Longest body, in bytes. */
  readonly mostBytes: number
  /** Connections of an address at once; those of strangers together have limits then too. Default: any number. */
  readonly connectionsAtOnce?: number | undefined
  /** Who is known and who asks too often. Default: nobody waits for his turn. */
  readonly callers?: Callers | undefined
  /** Milliseconds that an answer may wait without anything of it being read. Default: a minute. */
  readonly unreadMs?: number | undefined
  /** Milliseconds that what is being answered may still take when the server ends. Default: three seconds. */
  readonly graceMs?: number | undefined
  /** Gets what failed here and no caller is told. */
  readonly onFailure: (error: unknown) => void
}

const REQUEST_MS = 30_000
const UNREAD_MS = 60_000
/** Connections that wait to be taken; where there are more, some try again after seconds only. The system may allow fewer. */
const BACKLOG = 4_096
/** At all addresses of that name other servers would listen, which know none of the limits of this one. */
const LOCALHOST = '127.0.0.1'
const GRACE_MS = 3_000

/** What stands for a path that cannot be decoded, or is of no HTTP: it is no route, as any other that is not there. */
const UNKNOWN = '/unreadable'

function isReadable(url: string): boolean {
  try {
    return /^(\/|https?:\/\/)/i.test(decodeURI(url.replace(/[?#].*$/, '')))
  } catch {
    return false
  }
}

/** A server of JSON whose errors are `{ error: { code, message } }`, without stacks. */
export function createApp(options: AppOptions): FastifyInstance {
  const { tls, mostBytes, connectionsAtOnce, callers, unreadMs = UNREAD_MS, graceMs = GRACE_MS, onFailure } = options
  const limits = {
    ...{ bodyLimit: mostBytes, requestTimeout: REQUEST_MS, connectionTimeout: unreadMs },
    ...{ forceCloseConnections: 'idle' as const },
    // Else it would be answered before anybody asked for a token.
    rewriteUrl: ({ url = '/' }: { url?: string | undefined }) => (isReadable(url) ? url : UNKNOWN),
    clientErrorHandler: answerUnreadable,
    // A stream would have no end for who asks for its head.
    exposeHeadRoutes: false,
    // Longer than any head: a route says itself what it takes.
    routerOptions: { maxParamLength: 1 << 16 },
  }
  const app = tls === undefined ? Fastify(limits) : secure(limits, tls)
  app.server.on('checkExpectation', answerExpectation)
  const chunks = new ChunkSenders()
  if (callers !== undefined) lineUpStrangers(app, callers, { mostBytes, chunks })
  if (connectionsAtOnce !== undefined) {
    limitConnections(app.server, {
      ...{ ofAddress: connectionsAtOnce, isTls: tls !== undefined, isKnown: callers?.isKnown },
      isRefused: (caller) => chunks.has(caller),
    })
  }
  limitBehind(app)
  endUnread(app)
  limitBodies(app, mostBytes, callers?.isKnown)
  app.setErrorHandler(async (error, _, reply) => {
    const { status, code, message, retryAfter } = refusalOf(error)
    if (status >= 500 && !(error instanceof Refusal)) onFailure(error)
    if (retryAfter !== undefined) reply.header('retry-after', `${retryAfter}`)
    return await reply.code(status).send({ error: { code, message } })
  })
  app.setNotFoundHandler(async () => {
    throw new Refusal(404, 'NOT_FOUND', 'there is no such route')
  })
  endConnections(app, graceMs)
  app.addHook('onSend', async (_, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  return app
}

/** Who connects is shown the certificate of then; connections that stand go on. */
function secure(limits: object, tls: Tls): FastifyInstance {
  const { cert, key } = tls
  const app = Fastify({ ...limits, https: { cert, key } })
  const renewals = tls.onRenewed?.((next) => app.server.setSecureContext(next))
  app.addHook('onClose', async () => renewals?.[Symbol.dispose]())
  return app as unknown as FastifyInstance
}

/** Throws INPUT_INVALID for a place beyond this machine at which everything would go in clear. */
export function requirePrivate(host: string, tls: Tls | undefined): void {
  if (tls !== undefined || isLoopback(host)) return
  const message = `is ${host}: give a certificate and its key, or listen at 127.0.0.1; tokens and witnesses would go in clear`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'host' })
}

/** The URL at which the server listens now. Throws INPUT_INVALID where it cannot, with the path that says which port that is. */
export async function listen(app: FastifyInstance, host: string, port: number, path = 'port'): Promise<string> {
  try {
    return await app.listen({ host: host === 'localhost' ? LOCALHOST : host, port, backlog: BACKLOG })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `${host}:${port} cannot be listened at (${code}); choose another host or port`
    throw new ZkclearError('INPUT_INVALID', message, { path, cause })
  }
}
