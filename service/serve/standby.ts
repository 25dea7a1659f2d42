import { setTimeout } from 'node:timers/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import { certificateEnding } from '../alerts/machine-rules.ts'
import { claimLease } from '../journal/lease.ts'
import { Database } from '../postgres/database.ts'
import { migrate } from '../postgres/migrate.ts'
import { Loop } from './loop.ts'
import { openChain, openSealer } from './open.ts'
import type { ServeOptions } from './options.ts'
import { serveVenue } from './serve.ts'
import { serveStandbyPort } from './standby-port.ts'
import { Tail } from './tail.ts'

export interface StandbyOptions extends ServeOptions {
  readonly databaseUrl: string
}

export interface Standby extends AsyncDisposable {
  readonly url: string
  /** Rejects with what this process cannot go on after, whether it stands by or leads. */
  readonly lost: Promise<never>
}

/** Between two looks at the journal and the lease. */
const LOOK_MS = 200
/** Between two looks at the chain: what of it cannot have changed is known then when this leads. */
const CHAIN_MS = 5_000

/**
 * Follows the journal that another process writes, and leads from when that one's lease ends: then it is the venue, at the same port.
 * Disposing it ends what it is by then. Throws as `serveVenue`.
 */
export async function serveStandby(options: StandbyOptions): Promise<Standby> {
  const { databaseUrl, host, port, tls, profile, settlement, rules, warn, log } = options
  await using open = new AsyncDisposableStack()
  const { promise: lost, reject } = Promise.withResolvers<never>()
  lost.catch(() => undefined)
  options.onStage?.('read the contract')
  const chain = await openChain(options)
  const ending = certificateEnding(tls?.cert, Date.now())
  // Once it leads that is an alert.
  if (ending !== undefined) warn(ending.cause)
  options.onStage?.('start the database')
  const standing = new AsyncDisposableStack()
  open.use(standing)
  const database = standing.use(new Database({ connection: databaseUrl, connections: 2 }))
  await migrate(database)
  const tail = standing.use(
    new Tail({
      database,
      sealer: await openSealer(database, options),
      config: chain.config,
      warn,
      rules,
    }),
  )
  const status = () => ({
    standby: true,
    settlement,
    profile,
    epoch: `${tail.epoch}`,
    records: tail.state?.records ?? 0,
  })
  const server = standing.use(
    await serveStandbyPort({ host, port, tls, status, connectionsAtOnce: rules?.connectionsAtOnce }),
  )
  const look = async () => {
    // A node that cannot be had is the leader's to tell of.
    if (tail.state !== undefined) await chain.reader.read(tail.state).catch(() => undefined)
  }
  const looks = new Loop(CHAIN_MS, look)
  const ended = new AbortController()
  const lead = async () => {
    warn('the leader says nothing any more: this process takes the lead')
    void looks[Symbol.asyncDispose]()
    const warm = {
      // The look that is under way may never end.
      chain: { ...chain, reader: chain.reader.again() },
      ready: (epoch: bigint) => tail.ready(epoch),
      leavePort: () => server[Symbol.asyncDispose](),
    }
    const venue = kept.use(
      await serveVenue({ ...options, port: port || Number(new URL(server.url).port), onStage: undefined }, warm),
    )
    await standing.disposeAsync()
    venue.lost.catch(reject)
    log({ url: venue.url, workerUrl: venue.workerUrl }, 'leads')
  }
  const kept = open.move()
  const running = stand({ database, tail, signal: ended.signal, warn })
    .then((isLeading) => (isLeading ? lead() : undefined))
    .catch(reject)
  return {
    ...{ url: server.url, lost },
    async [Symbol.asyncDispose]() {
      ended.abort()
      await running
      await kept.disposeAsync()
    },
  }
}

interface StandOptions {
  readonly database: Database
  readonly tail: Tail
  readonly signal: AbortSignal
  readonly warn: (message: string) => void
}

/** Follows until the lease is this process's, or the signal aborts; whether it is. A database that is gone is waited for. */
async function stand({ database, tail, signal, warn }: StandOptions): Promise<boolean> {
  let isGone = false
  while (!signal.aborted) {
    try {
      await tail.turn()
      if (await claimLease(database)) return true
      isGone = false
    } catch (error) {
      if (!(error instanceof ZkclearError) || error.code !== 'DATABASE_UNAVAILABLE') throw error
      if (!isGone) warn(`nothing is followed until the database is there again: ${error.message}`)
      isGone = true
    }
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
  return false
}
