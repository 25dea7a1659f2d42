import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toJson } from '../../venue/files/schema.ts'
import { createApp, listen, requirePrivate, type Tls } from '../http/app.ts'
import { AtOnce } from '../http/at-once.ts'
import { callerOf } from '../http/caller.ts'
import { Gate } from '../http/gate.ts'
import { whenOver } from '../http/over.ts'
import { addPage, type Page } from '../http/page.ts'
import { sendInPieces } from '../http/pieces.ts'
import { Refusal } from '../http/refusal.ts'
import type { Callers } from '../http/strangers.ts'
import type { Database } from '../postgres/database.ts'
import { requireBearer } from '../tokens/require-bearer.ts'
import type { Holder } from '../tokens/tokens.ts'
import type { AskedBy, Route } from './route.ts'

export interface GatewayOptions {
  /** Default 127.0.0.1; anything but loopback needs `tls`. */
  readonly host?: string | undefined
  /** Default 0: one that is free. */
  readonly port?: number | undefined
  readonly tls?: Tls | undefined
  /** Where tokens are; what strangers ask of it must not hold up the journal, so that this is no pool that the writer uses. */
  readonly database: Database
  readonly routes: readonly Route[]
  /** What traders look at, in a browser: its files are anybody's. undefined: there is none. */
  readonly page?: Page | undefined
  /** Whether what a token was given for still holds. */
  isCurrent(holder: Holder): boolean
  /** Who asks too often, and who brought an account's word before. Default: nobody. */
  readonly callers?: Callers | undefined
  /** Connections of an address at once. Default: any number. */
  readonly connectionsAtOnce?: number | undefined
  /** Ends what goes on without end, before the server does. */
  onClosing?(): void
  readonly onFailure: (error: unknown) => void
}

export interface Gateway extends AsyncDisposable {
  readonly url: string
  /** Every route that the server has, and who may ask. */
  readonly routes: readonly ServedRoute[]
}

/** A route of the server, as it has it. */
export interface ServedRoute extends Pick<Route, 'path' | 'access'> {
  readonly method: string
}

/** Longest body: 256 bundles of eight messages. */
const MOST_BYTES = 1 << 20
/** Tokens that are looked up at once, and requests that are answered: of strangers, and of others as many again. */
const MOST_LOOKUPS = 64
const MOST_ANSWERS = 256
/** Files that an account loads at once. */
const MOST_DOWNLOADS = 4
/** Of a file that never changes. */
const KEPT = 'private, max-age=31536000, immutable'

/**
 * Where traders hand in what they signed, and read what is theirs and what is everybody's. A route that does not say who may ask for
 * it does not get into the server. Throws INPUT_INVALID where it cannot or may not listen.
 */
export async function serveGateway(options: GatewayOptions): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0, tls, connectionsAtOnce, callers = {}, onFailure } = options
  requirePrivate(host, tls)
  const app = createApp({ tls, mostBytes: MOST_BYTES, connectionsAtOnce, callers, onFailure })
  const routes = watchRoutes(app)
  const by = new WeakMap<FastifyRequest, AskedBy>()
  const lookups = new Gate(MOST_LOOKUPS)
  const answers = new Gate(MOST_ANSWERS)
  const sideOf = (caller: string) => (callers.isKnown?.(caller) ? 'known' : 'strangers')
  const downloads = new AtOnce<number | string>(MOST_DOWNLOADS)
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    const { access } = request.routeOptions.config
    if (access === 'public') return
    by.set(request, await lookups.pass(() => requireTrader(options, request), sideOf(callerOf(request.ip))))
  })
  for (const { method, path: url, access, form, handle, isBounded } of options.routes) {
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const asked = by.get(request)
      const side = asked === undefined ? sideOf(callerOf(request.ip)) : 'known'
      const go = () => handle(request, reply, asked)
      const answer = await (isBounded ? go() : answers.pass(go, side))
      if (form !== 'bytes') return toJson(answer)
      const giveBack = downloads.take(by.get(request)?.account ?? callerOf(request.ip))
      if (giveBack === undefined) throw tooMany()
      whenOver(reply, giveBack)
      // For whoever asked: who may ask is looked at again for another.
      reply.headers({ 'content-type': 'application/octet-stream', 'cache-control': KEPT })
      return await sendInPieces(reply, answer as Buffer)
    }
    app.route({ method, url, config: { access }, handler, exposeHeadRoute: false })
  }
  if (options.page !== undefined) addPage(app, options.page)
  app.addHook('preClose', async () => options.onClosing?.())
  const url = await listen(app, host, port)
  return { url, routes, [Symbol.asyncDispose]: () => app.close() }
}

function tooMany(): Refusal {
  const message = `${MOST_DOWNLOADS} files are being loaded already; ask again when one of them has ended`
  return new Refusal(429, 'REQUESTS_LIMITED', message, 5)
}

async function requireTrader({ database, isCurrent }: GatewayOptions, request: FastifyRequest): Promise<AskedBy> {
  const bearer = await requireBearer(database, request, 'trader')
  if (bearer.holder !== undefined && isCurrent(bearer.holder)) return { account: bearer.holder.account, bearer }
  throw new Refusal(401, 'TOKEN_REFUSED', 'the trading key of the account is another one now; log in with it')
}

/** The routes of a server, as they come in. */
function watchRoutes(app: FastifyInstance): ServedRoute[] {
  const routes: ServedRoute[] = []
  app.addHook('onRoute', ({ method, url: path, config }) => {
    const access = config?.access
    if (access !== 'public' && access !== 'trader')
      throw new TypeError(`the route ${path} does not say who may ask for it`)
    for (const one of [method].flat()) routes.push({ method: one, path, access })
  })
  return routes
}
