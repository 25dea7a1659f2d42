import type { FastifyRequest } from 'fastify'
import { Attestations, type AttestationsOptions } from '../attestation/attestations.ts'
import { addAttestationRoutes } from '../attestation/routes.ts'
import { createApp, listen, requirePrivate, type Tls } from '../http/app.ts'
import { callerOf } from '../http/caller.ts'
import { Gate } from '../http/gate.ts'
import { addPage, type Page } from '../http/page.ts'
import { KnownCallers } from '../intake/known-callers.ts'
import { Jobs, type JobsOptions } from '../jobs/jobs.ts'
import type { ServedCircuit } from '../jobs/served-circuit.ts'
import { Approvals } from '../operator/approvals.ts'
import { listActs } from '../operator/list-acts.ts'
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
  /** Where tokens are looked up: of what strangers ask, nothing that is written waits there. Default: the same. */
  readonly forReaders?: Database | undefined
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
  /** Which enclaves get work; undefined: every worker with a good token does. */
  readonly attest?: AttestationsOptions | undefined
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
/** Tokens of strangers that are looked up at once, and as many of addresses from which a good one came. */
const MOST_LOOKUPS = 64
/** Connections of one address: those of many workers. */
const MOST_CONNECTIONS = 1024

/**
 * Gives out jobs to workers over HTTP, and lets operators in. Every request bears a token of the scope that its route names, but for the
 * files of the page, and a proof is verified before it is stored. Throws INPUT_INVALID where it cannot or may not listen, DATABASE_UNAVAILABLE.
 */
export async function serveDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { database, sealer, circuits, host = '127.0.0.1', port = 0, tls, sweepMs = 1_000 } = options
  const { roster = new Roster(), forReaders = database } = options
  const onFailure = options.onFailure ?? (() => undefined)
  requirePrivate(host, tls)
  await using open = new AsyncDisposableStack()
  const jobs = new Jobs(database, sealer, options.jobs)
  const announcements = open.use(await Announcements.open(database))
  const closing = new AbortController()
  const known = new KnownCallers<string>()
  const callers = { isKnown: (caller: string) => known.has(caller) }
  const app = open.adopt(
    createApp({ tls, mostBytes: MOST_BYTES, connectionsAtOnce: MOST_CONNECTIONS, callers, onFailure }),
    (app) => app.close(),
  )
  const bearers = new WeakMap<FastifyRequest, Bearer>()
  const lookups = new Gate(MOST_LOOKUPS)
  const routes: DispatcherRoute[] = []
  app.addHook('onRoute', ({ method, url: path, config }) => {
    const access = config?.access
    if (access === undefined) throw new TypeError(`the route ${path} does not say who may ask for it`)
    for (const one of [method].flat()) routes.push({ method: one, path, access })
  })
  app.addHook('onRequest', async (request) => {
    // What has no route is of workers.
    const { access = 'worker' } = request.routeOptions.config
    if (access === 'public') return
    const caller = callerOf(request.ip)
    const side = known.has(caller) ? 'known' : 'strangers'
    const bearer = await lookups.pass(() => requireBearer(forReaders, request, access), side)
    known.note(bearer.id, caller)
    bearers.set(request, bearer)
  })
  const bearerOf = (request: FastifyRequest) => bearers.get(request)!
  const attestations = options.attest && new Attestations(options.attest)
  addWorkerRoutes(app, {
    ...{ jobs, circuits, announcements, roster, attestations, closing: closing.signal },
    bearerOf,
  })
  addAttestationRoutes(app, attestations, bearerOf)
  if (options.page !== undefined) addPage(app, options.page)
  if (options.operator !== undefined)
    addOperatorRoutes(app, options.operator, {
      ...{ approvals: new Approvals(database), acts: (before) => listActs(forReaders, before), bearerOf },
      isGood: (id) => isTokenGood(forReaders, id),
    })
  open.use(sweep(jobs, sweepMs, onFailure))
  open.defer(() => closing.abort())
  const url = await listen(app, host, port, 'workerPort')
  const kept = open.move()
  return { url, jobs, routes, [Symbol.asyncDispose]: () => kept.disposeAsync() }
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
