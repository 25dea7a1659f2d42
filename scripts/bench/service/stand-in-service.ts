import { mkdir } from 'node:fs/promises'
import { requireCircuit } from '../../../circuits/registry.ts'
import { Alerts } from '../../../service/alerts/alerts.ts'
import { ProofTimes } from '../../../service/dispatcher/proof-times.ts'
import { Roster } from '../../../service/dispatcher/roster.ts'
import { serveGateway } from '../../../service/gateway/gateway.ts'
import { SignatureChecker } from '../../../service/intake/signature-checker.ts'
import { Journal } from '../../../service/journal/journal.ts'
import { logOrigin, NoteSigner } from '../../../service/log/note-signer.ts'
import { VenueLog } from '../../../service/log/venue-log.ts'
import { Metrics } from '../../../service/metrics/metrics.ts'
import { databaseFolder } from '../../../service/postgres/borrow.ts'
import { Database } from '../../../service/postgres/database.ts'
import { migrate } from '../../../service/postgres/migrate.ts'
import { startPostgres } from '../../../service/postgres/server.ts'
import { Sealer } from '../../../service/sealing/sealer.ts'
import { BATCH_CIRCUITS } from '../../../service/sequencer/batch-circuits.ts'
import { type SequencerConfig, startSequencer } from '../../../service/sequencer/state.ts'
import type { Health } from '../../../service/serve/health.ts'
import { Loop } from '../../../service/serve/loop.ts'
import { Stages } from '../../../service/serve/stages.ts'
import { tellFailures } from '../../../service/serve/tell-failures.ts'
import { Venue } from '../../../service/serve/venue.ts'
import { TradersDesk } from '../../../service/traders/desk.ts'
import { ProvableStates } from '../../../service/traders/provable-states.ts'
import { StandingCancelStore } from '../../../service/traders/standing-cancel-store.ts'
import { StandingCancels } from '../../../service/traders/standing-cancels.ts'
import { tradersSide } from '../../../service/traders/traders-side.ts'
import type { BatchCircuits } from '../../../service/writer/job-changes.ts'
import { ThreadedJobMaker } from '../../../service/writer/job-maker.ts'
import { recover } from '../../../service/writer/recover.ts'
import { Writer } from '../../../service/writer/writer.ts'
import { DOMAIN, type LoadedVenue, loadedConfig, PROFILE, SHAPE } from './flow.ts'
import { LOAD_KEYS } from './load-keys.ts'
import { proveNothing, standInChain } from './stand-in-chain.ts'

/** As `zkclear serve` has them; what stands for workers looks more often. Milliseconds. */
const CHAIN_MS = 300
const PACE_MS = 100
const PROVE_MS = 50
/** Definitions without keys: nothing is proved. */
const CIRCUITS = Object.fromEntries(
  BATCH_CIRCUITS.map((name) => {
    const digest = name.padEnd(64, '0')
    const definition = requireCircuit(name)
    return [name, { definition, profile: PROFILE, digest, keyDigest: digest, memory: 1, vkey: {} }]
  }),
) as unknown as BatchCircuits
/** Nothing is looked at that the venue stands on. */
const NO_HEALTH = { facts: {} } as Health
const ADDRESS = `0x${'00'.repeat(20)}`

/**
 * A venue as `zkclear serve` makes it, over an embedded database in the folder: writer, journal, log, jobs and gateway. What stands for
 * chain and workers is made up. `onFault` gets what ends it.
 */
export async function serveStandIn(directory: string, loaded: LoadedVenue, onFault: (error: unknown) => void) {
  await using open = new AsyncDisposableStack()
  await mkdir(directory, { recursive: true, mode: 0o711 })
  const { connection } = open.use(await startPostgres({ directory: databaseFolder(directory) }))
  const database = open.use(new Database({ connection }))
  await migrate(database)
  const forReaders = open.use(new Database({ connection, connections: 5 }))
  const sealer = await Sealer.open(database, LOAD_KEYS)
  const journal = await Journal.lead(database, sealer, { onWritten: (leaves) => log.append(leaves) })
  const warn = (message: string) => console.error(message)
  const tellFailure = tellFailures(warn)
  const config: SequencerConfig = loadedConfig()
  const begin = async () =>
    startSequencer({ config, state: loaded.state, vault: new Array<bigint>(SHAPE.collaterals).fill(0n) })
  const { state, tree } = await recover({ database, sealer, journal, config, begin, warn })
  const desk = open.use(new TradersDesk(state, { credit: () => venue.credit }))
  const metrics = new Metrics()
  const stages = new Stages(state.batches, (batch, stage) => metrics.stage(batch, stage))
  const maker = open.use(new ThreadedJobMaker(onFault))
  const signatures = open.use(new SignatureChecker({ domain: config.domain, onLost: onFault }))
  const writer = new Writer({
    ...{ journal, state, circuits: CIRCUITS, maker, door: desk.door, onJobsLost: onFault },
    onReduced(steps) {
      stages.hear(steps)
      metrics.records(steps)
      desk.feeds.hear(steps)
    },
  })
  open.defer(() => writer.jobsWritten())
  const origin = logOrigin({ chainId: 0n, settlement: ADDRESS, epoch: journal.epoch })
  const signs = { signer: new NoteSigner(LOAD_KEYS.log, origin), clock: () => writer.state.clock }
  const log = await VenueLog.open(database, journal, signs, { readers: forReaders, tree })
  if (state.bookSecret === undefined) {
    await writer.put([
      { kind: 'book-salt', secret: 7n },
      ...BATCH_CIRCUITS.map((circuit) => ({ kind: 'circuit' as const, circuit, digest: `0x${'00'.repeat(32)}` })),
    ])
  }
  const { epoch, term } = journal
  const about = { settlement: ADDRESS, chainId: 0n, profile: PROFILE, epoch, term, startedAt: Date.now() } as const
  const provable = new ProvableStates()
  const venue = new Venue({
    ...{
      database,
      sealer,
      journal,
      writer,
      signatures,
      known: desk.known,
      circuits: CIRCUITS,
      provable,
      log,
      ...standInChain(loaded.riskTable),
    },
    roots: { knownRoot: async () => undefined, relistingOf: async () => undefined },
    // What stands for workers is heard of by nobody.
    alerts: new Alerts(({ kind, alert }) => {
      if (kind === 'raised' && alert.code !== 'WORKERS_MISSING') warn(`${alert.code}: ${alert.cause}`)
    }),
    sight: { about, stages, roster: new Roster(), times: new ProofTimes(), health: NO_HEALTH, metrics },
    ...{ operator: ADDRESS, feeCap: 0n },
  })
  await venue.chainTurn()
  const turns = [
    [CHAIN_MS, () => venue.chainTurn()],
    [PACE_MS, () => venue.paceTurn()],
    [PROVE_MS, () => proveNothing(database)],
  ] as const
  for (const [ms, turn] of turns) open.use(new Loop(ms, () => turn().catch(onFault)))
  const standing = new StandingCancels({
    store: new StandingCancelStore(forReaders, journal, sealer),
    state: () => writer.written,
    take: (bundles) => venue.take(bundles, { door: desk.door.forStanding }),
    recordOf: (bundle) => desk.door.same(bundle),
    read: () => new Set(),
    warn,
  })
  const gateway = open.use(
    await serveGateway({
      ...{ database: forReaders, onFailure: (error) => (writer.isLost ? onFault(error) : tellFailure(error)) },
      ...tradersSide({
        ...{ database: forReaders, venue, desk, standing, sealer, log, domain: DOMAIN, marginFiles: undefined },
        provable: () => provable.best,
        exits: { of: () => Promise.reject(new Error('it lives')) },
        state: () => writer.written,
      }),
    }),
  )
  const kept = open.move()
  return {
    ...{ url: gateway.url, writer, journal, database, sealer },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
