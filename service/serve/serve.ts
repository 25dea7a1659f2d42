import { ZkclearError } from '../../protocol/errors.ts'
import { readExit } from '../../settlement/index.ts'
import { Alerts } from '../alerts/alerts.ts'
import { Webhook } from '../alerts/webhook.ts'
import { requireSynchronous } from '../backup/replica.ts'
import { serveDispatcher } from '../dispatcher/dispatcher.ts'
import { ProofTimes } from '../dispatcher/proof-times.ts'
import { Roster } from '../dispatcher/roster.ts'
import { Exits } from '../exits/exits.ts'
import { tablesInJournal } from '../exits/journal-tables.ts'
import { serveGateway } from '../gateway/gateway.ts'
import { SignatureChecker } from '../intake/signature-checker.ts'
import { Journal } from '../journal/journal.ts'
import { Lease } from '../journal/lease.ts'
import { KeySigner } from '../keys/key-signer.ts'
import { requireLogKey } from '../log/log-key.ts'
import { logOrigin, NoteSigner } from '../log/note-signer.ts'
import type { LogTree } from '../log/tree.ts'
import { VenueLog } from '../log/venue-log.ts'
import { Metrics } from '../metrics/metrics.ts'
import { Acts } from '../operator/acts.ts'
import { setTwoPersons } from '../operator/administration.ts'
import type { Database } from '../postgres/database.ts'
import type { Effect } from '../sequencer/effects.ts'
import type { SequencerState } from '../sequencer/state.ts'
import { Settler } from '../settler/settler.ts'
import { Transactions } from '../settler/transactions.ts'
import { isTokenGood } from '../tokens/tokens.ts'
import { TradersDesk } from '../traders/desk.ts'
import { ProvableStates } from '../traders/provable-states.ts'
import { StandingCancelStore } from '../traders/standing-cancel-store.ts'
import { StandingCancels } from '../traders/standing-cancels.ts'
import { tradersSide } from '../traders/traders-side.ts'
import { RootReader } from '../watcher/known-root.ts'
import { batchOfJob } from '../writer/job-changes.ts'
import { ThreadedJobMaker } from '../writer/job-maker.ts'
import { recover } from '../writer/recover.ts'
import { type ReducedStep, Writer } from '../writer/writer.ts'
import { beginVenue } from './begin.ts'
import { SharedClock } from './clock.ts'
import { firstRecords } from './first-records.ts'
import { guarded } from './guarded.ts'
import { Health } from './health.ts'
import { logEffects } from './log-effects.ts'
import { Loop } from './loop.ts'
import {
  openChain,
  openDatabase,
  openReplica,
  openSealer,
  readDashboard,
  readTradersPage,
  type ServedChain,
  tendKeys,
} from './open.ts'
import type { ServeOptions } from './options.ts'
import { lostJobs } from './proofs.ts'
import { Stages } from './stages.ts'
import { tellFailures } from './tell-failures.ts'
import { Venue } from './venue.ts'
import { Workers } from './workers.ts'

export interface ServedVenue extends AsyncDisposable {
  readonly url: string
  readonly workerUrl: string
  /** Where the pages of traders and of operators are; undefined where their files are not built. */
  readonly tradersPage: string | undefined
  readonly dashboard: string | undefined
  /** Rejects with what this process cannot go on after: it has to begin again from what is stored. */
  readonly lost: Promise<never>
}

const PACE_MS = 100
const CHAIN_MS = 300
const HEALTH_MS = 10_000
const STANDING_MS = 250

/**
 * Runs a venue on this machine, from where its journal ends. Disposing it takes no messages any more, writes what was accepted,
 * ends the workers and closes the database. Throws INPUT_INVALID for a Settlement that is not the operator's, is another's, has verifiers
 * of other keys or has batches that the journal lacks, and for more confirmations than a table lives; DATABASE_UNAVAILABLE,
 * DATABASE_REFUSED; CHAIN_UNREACHABLE.
 */
export async function serveVenue(options: ServeOptions, warm?: Warm): Promise<ServedVenue> {
  const { directory, keys, circuits, host, tls, warn, log } = options
  await using open = new AsyncDisposableStack()
  const { promise: lost, reject: lose } = Promise.withResolvers<never>()
  lost.catch(() => undefined)
  const startedAt = Date.now()
  let isLost = false
  const reject = (error: unknown) => {
    isLost = true
    lose(error)
  }
  const { webhook: given, settlement } = options
  const webhook = given && open.use(new Webhook({ ...given, settlement, warn }))
  const alerts = new Alerts((change) => {
    const { kind, alert } = change
    const { code, severity, cause } = alert
    webhook?.send(change)
    if (kind === 'raised') warn(`ALERT ${code} (${severity}): ${cause}`)
    else options.note({ alert: code }, `ALERT ${code} is over`)
  })
  // A fault in a request ends nothing but that, or strangers could end the process, unless the journal does not have what the state in
  // memory has, or another process leads. A database that is gone is the loops' to notice.
  const tellFailure = tellFailures(warn)
  const onFailure = (error: unknown) => {
    if (writer.isLost || hasLostTheLead(error)) reject(error)
    else tellFailure(error)
  }
  if (warm === undefined) options.onStage?.('read the contract')
  const { reader, operator, wallet, at, config } = warm?.chain ?? (await openChain(options))
  options.onStage?.('start the database')
  const { database, forReaders, forLease } = await openDatabase(options, open, reject)
  const sealer = await openSealer(database, options)
  await requireLogKey(database, keys.log)
  if (options.replica === 'database') await requireSynchronous(database)
  if (options.replica === undefined) warn(NO_REPLICA)
  const journal = await Journal.lead(database, sealer, {
    async onWritten(leaves) {
      await replica?.reaches(BigInt(venueLog.head.size + leaves.length))
      await venueLog.append(leaves)
    },
  })
  open.use(await Lease.keep(forLease, journal.term, reject))
  const replica = await openReplica(database, journal, options, alerts)
  if (replica !== undefined) open.use(replica)
  // What an earlier process wrote, and maybe answered nobody: the head that is signed has it.
  await replica?.reaches(journal.next)
  const ready = warm?.ready(journal.epoch)
  await tendKeys(database, sealer, options)
  options.onStage?.('read the journal')
  const { address, chainId } = at
  const origin = logOrigin({ chainId, settlement: address, epoch: journal.epoch })
  const begin = async () => {
    const state = await beginVenue(at, config)
    warn(BEGINNING)
    return state
  }
  const desks: TradersDesk[] = []
  const deskFrom = (state: SequencerState) => {
    const credit = () => venue.credit
    desks[0] ??= open.use(ready?.deskWith(credit) ?? new TradersDesk(state, { credit, rules: options.rules }))
    return desks[0]
  }
  const onReduced = (steps: readonly ReducedStep[]) => {
    try {
      deskFrom(steps[0]!.before).feeds.hear(steps)
    } catch (error) {
      // What is only told holds up nothing.
      warn(`what traders are told is incomplete from record ${steps[0]!.before.records} on (${(error as Error).name})`)
    }
  }
  const { state: recovered, tree } = await recover({
    database,
    sealer,
    journal,
    config,
    begin,
    warn,
    onReading: (count) => options.note({ records: count }, `reads the ${count} records since the last snapshot`),
    onReduced,
    from: ready,
  })
  const desk = deskFrom(recovered)
  const times = new ProofTimes()
  const metrics = new Metrics()
  const stages = new Stages(recovered.batches, (batch, stage) => metrics.stage(batch, stage))
  const roster = new Roster({
    onProof(proof) {
      times.add(proof)
      metrics.proof(proof)
    },
    onWitness: (job) => stages.witnessed(batchOfJob(writer.written, job, circuits)),
  })
  const onWritten = (steps: readonly ReducedStep[]) => {
    stages.hear(steps)
    metrics.records(steps)
    onReduced(steps)
  }
  const onEffects = (effects: readonly Effect[]) => logEffects(effects, log)
  const maker = open.use(new ThreadedJobMaker(reject))
  const signatures = open.use(new SignatureChecker({ domain: config.domain, onLost: reject }))
  const writer = new Writer({
    ...{ journal, state: recovered, circuits, maker, door: desk.door },
    ...{ onEffects, onReduced: onWritten, onJobsLost: reject },
  })
  // Before what makes them ends. Those that are missing the next start makes.
  open.defer(() => writer.jobsWritten().catch(() => undefined))
  const signer = new NoteSigner(keys.log, origin)
  const signs = { signer, clock: () => writer.state.clock }
  const venueLog = await VenueLog.open(database, journal, signs, { readers: forReaders, tree })
  await writer.put(firstRecords(recovered, circuits, await lostJobs(database, recovered, circuits)))
  const acts = new Acts(database, (records) => writer.put(records))
  await setTwoPersons(database, options.twoPersons)
  await acts.record()
  log({ epoch: `${journal.epoch}`, term: `${journal.term}`, records: writer.state.records }, 'journal')
  const transactions = new Transactions(database, journal, { chainId, sender: wallet.address, settlement: at.address })
  const settler = new Settler({
    transactions,
    wallet,
    at,
    operator: wallet.address === operator ? undefined : new KeySigner(keys, operator, options.provider),
    fromBlock: options.fromBlock,
    otherProvider: options.otherProvider,
    anchor: () => venueLog.anchor(),
  })
  const health = new Health({
    ...{ database, at, keys, directory, tls, operator, sender: wallet.address },
    state: () => writer.written,
    cover: () => reader.cover(),
  })
  const { epoch, term } = journal
  const about = { settlement: address, chainId, profile: config.profile, epoch, term, startedAt }
  const sight = { about, stages, roster, times, health, metrics }
  const provable = new ProvableStates()
  const roots = new RootReader({ provider: options.provider, at: reader.settlement, fromBlock: options.fromBlock })
  const venue = new Venue({
    ...{ database, sealer, journal, writer, signatures, circuits, reader, settler, alerts, sight, provable, roots },
    ...{ log: venueLog, known: desk.known, operator, feeCap: options.feeCap },
  })
  // Whoever leads now writes his own.
  open.defer(async () => (isLost ? undefined : await venue.snapshot()))
  const dashboard = await readDashboard(warn)
  const dispatcher = open.use(
    await serveDispatcher({
      database,
      forReaders,
      sealer,
      circuits: Object.values(circuits),
      host,
      port: options.workerPort,
      tls,
      page: dashboard,
      attest: attestationOf(options, database),
      operator: {
        ...{ operations: venue.operations, twoPersons: options.twoPersons, log: options.note },
        note: (act) => acts.note(act),
      },
      onFailure,
      roster,
    }),
  )
  const guard = { alerts, onFatal: reject }
  const [chainTurn, paceTurn] = [() => venue.chainTurn(), () => venue.paceTurn()]
  open.use(new Loop(CHAIN_MS, guarded(guard, 'CHAIN_FAILING', chainTurn)))
  open.use(new Loop(PACE_MS, guarded(guard, 'PACE_FAILING', paceTurn)))
  open.use(new Loop(HEALTH_MS, async () => alerts.setAll(await health.look())))
  // Of commands that act on the database beside this process.
  open.use(new Loop(HEALTH_MS, () => acts.record().catch(onFailure)))
  open.use(new Loop(HEALTH_MS, () => forgetEnded(database, roster).catch(() => undefined)))
  const standing = new StandingCancels({
    store: new StandingCancelStore(forReaders, journal, sealer),
    state: () => writer.written,
    take: (bundles) => venue.take(bundles, { door: desk.door.forStanding }),
    recordOf: (bundle) => desk.door.same(bundle),
    read: () => desk.feeds.accounts.topics,
    warn,
  })
  await standing.load()
  const exits = new Exits({
    isFrozen: () => venue.isFrozen,
    roots: () => readExit({ provider: options.provider, settlement: at.address }),
    state: () => writer.written,
    tables: () => tablesInJournal(forReaders, sealer, journal.epoch),
  })
  await warm?.leavePort()
  const tradersPage = await readTradersPage(warn)
  const gateway = open.use(
    await serveGateway({
      ...{ host, port: options.port, tls, database: forReaders, onFailure },
      page: tradersPage,
      ...tradersSide({
        database: forReaders,
        venue,
        desk,
        standing,
        domain: config.domain,
        sealer,
        log: venueLog,
        provable: () => provable.best,
        exits,
        marginFiles: options.marginFiles,
        state: () => writer.written,
      }),
    }),
  )
  const argumentsFor = (file: string) => options.workerArguments(dispatcher.url, file)
  // Last: whoever finds a port taken has no workers to end.
  open.use(await Workers.start({ database, count: options.workers, directory, argumentsFor, warn }))
  // Before all else, or what waits for the copy would hold up the end.
  open.defer(() => replica?.[Symbol.asyncDispose]())
  open.use(new Loop(STANDING_MS, () => standing.turn().catch(reject)))
  const kept = open.move()
  const [url, workerUrl] = [gateway.url, dispatcher.url]
  return {
    ...{ url, workerUrl, lost },
    tradersPage: tradersPage && `${url}/me/`,
    dashboard: dashboard && `${workerUrl}/`,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** What a standby has ready for the venue that it goes on with. */
export interface Warm {
  readonly chain: ServedChain
  /** undefined where it knows nothing of that epoch. */
  ready(epoch: bigint): Ready | undefined
  /** Gives the port of traders free. */
  leavePort(): Promise<void>
}

export interface Ready {
  readonly state: SequencerState
  /** Of the log; with as many leaves as there are records in the state. */
  readonly tree: LogTree
  /** What traders are told, as it has heard all records up to the state; with what may be taken from now on. */
  deskWith(credit: () => bigint): TradersDesk
}

const NO_REPLICA =
  'what is answered and settled is in one database alone until a backup has it: --replica waits for a second copy'

const BEGINNING =
  'this venue begins: all that it stores is sealed under the keys of its key store. Keep a copy of that somewhere else; without it the journal is lost, and with the journal the venue'

function attestationOf({ attest: policy, note }: ServeOptions, database: Database) {
  if (policy === undefined) return undefined
  const clock = new SharedClock(database)
  return {
    ...{ policy, clock: () => clock.read() },
    onDocument: (facts: object) => note(facts, 'attestation'),
  }
}

function hasLostTheLead(error: unknown): boolean {
  return error instanceof ZkclearError && error.code === 'LEADERSHIP_LOST'
}

/** A worker whose token was revoked, or is over, is nobody's loss. */
async function forgetEnded(database: Database, roster: Roster): Promise<void> {
  for (const { id } of roster.list) if (!(await isTokenGood(database, id))) roster.forget(id)
}
