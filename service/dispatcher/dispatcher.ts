import type { FastifyRequest } from 'fastify'
import { createApp, listen, requirePrivate, type Tls } from '../http/app.ts'
import { Gate } from '../http/gate.ts'
import { addPage, type Page } from '../http/page.ts'
import { Jobs, type JobsOptions } from '../jobs/jobs.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import { addOperatorRoutes, type OperatorOptions } from '../operator/routes.ts'
import type { Database } from '../postgres/database.ts'
import type { Sealer } from '../sealing/sealer.ts'
import { requireBearer } from '../tokens/require-bearer.ts'
import { type Bearer, isTokenGood, type Scope } from '../tokens/tokens.ts'
import { Announcements } from './announcements.ts'
import { Roster } from './roster.ts'
import { addWorkerRoutes } from './routes.ts'

export interface DispatcherOptions {
  readonly database: Database
  /** Opens the inputs of jobs. */
  readonly sealer: Sealer
  /** What is proved. */
  readonly circuits: readonly ServedCircuit[]
  readonly jobs?: JobsOptions | undefined
  /** Where it listens. Default 127.0.0.1; anything but loopback needs `tls`. */
  readonly host?: string | undefined
  /** Default 0: one that is free. */
  readonly port?: number | undefined
  readonly tls?: Tls | undefined
  /** How often leases are looked through for those that have run out, in milliseconds. Default 1,000. */
  readonly sweepMs?: number | undefined
  /** The side of operators, who come to the same place; undefined: there is none. */
  readonly operator?: OperatorOptions | undefined
  /** What operators look at, in a browser: its files need no token, and what it shows does. */
  readonly page?: Page | undefined
  /** Gets to know who works; default: nobody sees it. */
  readonly roster?: Roster | undefined
  /** Gets what failed here and no caller is told. */
  readonly onFailure?: ((error: unknown) => void) | undefined
}

export interface Dispatcher extends AsyncDisposable {
  readonly url: string
  readonly jobs: Jobs
  /** Every route that the server has, and whose it is. */
  readonly routes: readonly DispatcherRoute[]
}

export interface DispatcherRoute {
  readonly method: string
  /** With `:name` for what stands for itself. */
  readonly path: string
  /** Who may ask: anybody, or who bears a token of that scope. */
  readonly access: 'public' | Scope
}

/** Longest body: a proof is 2 kB. */
const MOST_BYTES = 64 << 10
/** Tokens that are looked up at once. */
const MOST_LOOKUPS = 64

/**
 * Gives out jobs to workers over HTTP. Every request bears a token with scope `worker`, and a proof is verified before it is
 * stored; those of operators, whose paths begin with /operator/, and of /metrics bear one of theirs; the files of the page bear none. Throws INPUT_INVALID where it cannot or may not listen, DATABASE_UNAVAILABLE.
 */
export async function serveDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { database, sealer, circuits, host = '127.0.0.1', port = 0, tls, sweepMs = 1_000 } = options
  const { roster = new Roster() } = options
  const onFailure = options.onFailure ?? (() => undefined)
  requirePrivate(host, tls)
  await using open = new AsyncDisposableStack()
  const jobs = new Jobs(database, sealer, options.jobs)
  const announcements = open.use(await Announcements.open(database))
  const closing = new AbortController()
  const app = open.adopt(createApp({ tls, mostBytes: MOST_BYTES, onFailure }), (app) => app.close())
  const bearers = new WeakMap<FastifyRequest, Bearer>()
  const lookups = new Gate(MOST_LOOKUPS)
  const routes: DispatcherRoute[] = []
  const isOperated = options.operator !== undefined
  app.addHook('onRoute', ({ method, url: path, config }) => {
    const access = config?.access === 'public' ? 'public' : scopeOf(path, isOperated)
    for (const one of [method].flat()) routes.push({ method: one, path, access })
  })
  app.addHook('onRequest', async (request) => {
    if (!request.is404 && request.routeOptions.config.access === 'public') return
    bearers.set(request, await lookups.pass(() => requireBearer(database, request, scopeOf(request.url, isOperated))))
  })
  const bearerOf = (request: FastifyRequest) => bearers.get(request)!
  addWorkerRoutes(app, {
    ...{ jobs, circuits, announcements, roster, closing: closing.signal },
    bearerOf,
  })
  if (options.page !== undefined) addPage(app, options.page)
  if (options.operator !== undefined)
    addOperatorRoutes(app, options.operator, bearerOf, (id) => isTokenGood(database, id))
  open.use(sweep(jobs, sweepMs, onFailure))
  open.defer(() => closing.abort())
  const url = await listen(app, host, port)
  const kept = open.move()
  return { url, jobs, routes, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** What a token has to be for. Where operators have no side, all is of workers. */
function scopeOf(url: string, isOperated: boolean): Scope {
  if (!isOperated) return 'worker'
  if (url.startsWith('/operator/')) return 'operator'
  return /^\/metrics(\?|$)/.test(url) ? 'metrics' : 'worker'
}

function sweep(jobs: Jobs, ms: number, onFailure: (error: unknown) => void): AsyncDisposable {
  let last: Promise<unknown> = Promise.resolve()
  let isSweeping = false
  const timer = setInterval(() => {
    if (isSweeping) return
    isSweeping = true
    last = jobs
      .expire()
      .catch(onFailure)
      .finally(() => {
        isSweeping = false
      })
  }, ms)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await last
    },
  }
}
