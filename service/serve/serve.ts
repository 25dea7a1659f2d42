import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { contractAt } from '../../settlement/contract-at.ts'
import { Alerts } from '../alerts/alerts.ts'
import { Webhook, type WebhookOptions } from '../alerts/webhook.ts'
import { Replica, requireSynchronous } from '../backup/replica.ts'
import { serveDispatcher } from '../dispatcher/dispatcher.ts'
import { ProofTimes } from '../dispatcher/proof-times.ts'
import { Roster } from '../dispatcher/roster.ts'
import { serveGateway } from '../gateway/gateway.ts'
import type { Tls } from '../http/app.ts'
import { builtPageFolder, readPage } from '../http/page.ts'
import { Journal } from '../journal/journal.ts'
import { Lease } from '../journal/lease.ts'
import type { KeyProvider } from '../keys/key-provider.ts'
import { KeySigner } from '../keys/key-signer.ts'
import { requireLogKey } from '../log/log-key.ts'
import { logOrigin, NoteSigner } from '../log/note-signer.ts'
import type { LogTree } from '../log/tree.ts'
import { VenueLog } from '../log/venue-log.ts'
import { Metrics } from '../metrics/metrics.ts'
import { databaseFolder } from '../postgres/borrow.ts'
import { Database } from '../postgres/database.ts'
import { migrate } from '../postgres/migrate.ts'
import { startPostgres } from '../postgres/server.ts'
import { hasClearData, sealClearData } from '../sealing/clear-data.ts'
import { rewrap } from '../sealing/rewrap.ts'
import { Sealer } from '../sealing/sealer.ts'
import { BATCH_CIRCUITS } from '../sequencer/batch-circuits.ts'
import type { Effect } from '../sequencer/effects.ts'
import type { SequencerRecord } from '../sequencer/record.ts'
import type { SealedBatch, SequencerState } from '../sequencer/state.ts'
import { Settler } from '../settler/settler.ts'
import { Transactions } from '../settler/transactions.ts'
import { isTokenGood } from '../tokens/tokens.ts'
import { TradersDesk } from '../traders/desk.ts'
import { ProvableStates } from '../traders/provable-states.ts'
import type { MarginFiles } from '../traders/proving-files.ts'
import type { DoorRules } from '../traders/rules.ts'
import { StandingCancelStore } from '../traders/standing-cancel-store.ts'
import { StandingCancels } from '../traders/standing-cancels.ts'
import { tradersSide } from '../traders/traders-side.ts'
import { AgreedReader } from '../watcher/agreed-reader.ts'
import { requireFresh } from '../watcher/confirmations.ts'
import { RootReader } from '../watcher/known-root.ts'
import { tellOtherKeys } from '../watcher/other-keys.ts'
import { ChainReader } from '../watcher/read-chain.ts'
import { type BatchCircuits, batchOfJob, rootOf } from '../writer/job-changes.ts'
import { recover } from '../writer/recover.ts'
import { type ReducedStep, Writer } from '../writer/writer.ts'
import { beginVenue } from './begin.ts'
import { sequencerConfig } from './config.ts'
import { guarded } from './guarded.ts'
import { Health } from './health.ts'
import { Loop } from './loop.ts'
import { lostJobs } from './proofs.ts'
import { Stages } from './stages.ts'
import { Venue } from './venue.ts'
import { Workers } from './workers.ts'

export interface ServeOptions {
  /** Folder of the embedded database, and of the tokens of workers; made where it is missing. */
  readonly directory: string
  /** A PostgreSQL in place of the embedded one. */
  readonly databaseUrl?: string | undefined
  readonly provider: Provider
  /** Another node, which has to tell the same as the first. */
  readonly otherProvider?: Provider | undefined
  /** The operator's, and what the data is sealed under. */
  readonly keys: KeyProvider
  /** Seals what the database holds in clear; without it such a database is refused. */
  readonly sealsClearData?: boolean | undefined
  readonly settlement: string
  /** The block of the contract's deployment. */
  readonly fromBlock: number
  /** Blocks that have to come after one before its entries and tables count. */
  readonly confirmations: number
  /** Most wei for a unit of gas while nothing is urgent. */
  readonly feeCap: bigint
  readonly profile: ProfileName
  readonly circuits: BatchCircuits
  /** What traders prove margin with in a browser; undefined where it is not built. */
  readonly marginFiles: MarginFiles | undefined
  readonly host: string
  /** Of traders, and of workers. */
  readonly port: number
  readonly workerPort: number
  readonly tls?: Tls | undefined
  readonly workers: number
  /** What the door asks of those who come. Default: the usual. */
  readonly rules?: DoorRules | undefined
  /** Whether what an operator does needs a second one. */
  readonly twoPersons: boolean
  /** What is waited for before anything is answered or settled: that a backup has it, or, by the database itself, another database. Default: nothing. */
  readonly replica?: 'backup' | 'database' | undefined
  /** Arguments of node for a worker, given the address of this venue and the file with its token. */
  workerArguments(url: string, tokenFile: string): readonly string[]
  readonly log: (facts: object, message: string) => void
  /** What an operator did. */
  readonly note: (facts: object, message: string) => void
  readonly warn: (message: string) => void
  /** Gets each alert that begins and ends; undefined: nobody does. */
  readonly webhook?: Pick<WebhookOptions, 'url' | 'secret'> | undefined
  /** Gives up waiting for the database. */
  readonly signal: AbortSignal
}

export interface ServedVenue extends AsyncDisposable {
  readonly url: string
  readonly workerUrl: string
  /** Rejects with what this process cannot go on after: it has to begin again from what is stored. */
  readonly lost: Promise<never>
}

const PACE_MS = 100
const CHAIN_MS = 300
const HEALTH_MS = 10_000
const STANDING_MS = 250
const READER_CONNECTIONS = 5

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
    else log({ alert: code }, 'alert cleared')
  })
  // A fault in a request ends nothing but that, or strangers could end the process, unless the journal does not have what the state in
  // memory has. A database that is gone is the loops' to notice.
  const onFailure = (error: unknown) => {
    if (writer.isLost) reject(error)
    else warn(`a request failed: ${(error as Error).message}`)
  }
  const { reader, operator, wallet, at, config } = warm?.chain ?? (await openChain(options))
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
  const writer = new Writer({ journal, state: recovered, circuits, onEffects, onReduced: onWritten, door: desk.door })
  const signer = new NoteSigner(keys.log, origin)
  const signs = { signer, clock: () => writer.state.clock }
  const venueLog = await VenueLog.open(database, journal, signs, { readers: forReaders, tree })
  await writer.put(firstRecords(recovered, circuits, await lostJobs(database, recovered, circuits)))
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
    ...{ database, at, keys, directory, operator, sender: wallet.address },
    state: () => writer.written,
    cover: () => reader.cover(),
  })
  const { epoch, term } = journal
  const about = { settlement: address, chainId, profile: config.profile, epoch, term, startedAt }
  const sight = { about, stages, roster, times, health, metrics }
  const provable = new ProvableStates()
  const roots = new RootReader({ provider: options.provider, at: reader.settlement, fromBlock: options.fromBlock })
  const venue = new Venue({
    ...{ database, sealer, journal, writer, circuits, reader, settler, alerts, sight, provable, roots },
    log: venueLog,
    ...{ operator, feeCap: options.feeCap },
  })
  // Whoever leads now writes his own.
  open.defer(async () => (isLost ? undefined : await venue.snapshot()))
  const dispatcher = open.use(
    await serveDispatcher({
      database,
      sealer,
      circuits: Object.values(circuits),
      host,
      port: options.workerPort,
      tls,
      page: await readDashboard(warn),
      operator: { operations: venue.operations, twoPersons: options.twoPersons, log: options.note },
      onFailure,
      roster,
    }),
  )
  const argumentsFor = (file: string) => options.workerArguments(dispatcher.url, file)
  open.use(await Workers.start({ database, count: options.workers, directory, argumentsFor, warn }))
  const guard = { alerts, onFatal: reject }
  const [chainTurn, paceTurn] = [() => venue.chainTurn(), () => venue.paceTurn()]
  open.use(new Loop(CHAIN_MS, guarded(guard, 'CHAIN_FAILING', chainTurn)))
  open.use(new Loop(PACE_MS, guarded(guard, 'PACE_FAILING', paceTurn)))
  open.use(new Loop(HEALTH_MS, async () => alerts.setAll(await health.look())))
  open.use(new Loop(HEALTH_MS, () => forgetEnded(database, roster).catch(() => undefined)))
  const standing = new StandingCancels({
    store: new StandingCancelStore(forReaders, sealer),
    state: () => writer.written,
    take: (bundles) => venue.take(bundles, desk.door.forStanding),
    read: () => desk.feeds.accounts.topics,
    warn,
  })
  await standing.load()
  await warm?.leavePort()
  const gateway = open.use(
    await serveGateway({
      ...{ host, port: options.port, tls, database: forReaders, onFailure },
      page: await readTradersPage(warn),
      ...tradersSide({
        database: forReaders,
        venue,
        desk,
        standing,
        domain: config.domain,
        sealer,
        log: venueLog,
        provable: () => provable.best,
        marginFiles: options.marginFiles,
        state: () => writer.written,
      }),
    }),
  )
  // Before all else, or what waits for the copy would hold up the end.
  open.defer(() => replica?.[Symbol.asyncDispose]())
  open.use(new Loop(STANDING_MS, () => standing.turn().catch(reject)))
  const kept = open.move()
  return { url: gateway.url, workerUrl: dispatcher.url, lost, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

const UNBUILT = 'its files are not built; "npm run build" in a clone builds them'

/** undefined in a clone whose pages were not built. */
async function readDashboard(warn: ServeOptions['warn']) {
  const page = await readPage(builtPageFolder('dashboard'), '/')
  if (page === undefined) warn(`there is no dashboard: ${UNBUILT}`)
  return page
}

/** The same of the page of traders, which proves. */
async function readTradersPage(warn: ServeOptions['warn']) {
  const page = await readPage(builtPageFolder('me'), '/me/', { wasm: true })
  if (page === undefined) warn(`there is no page of traders: ${UNBUILT}`)
  return page
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

export type ServedChain = Awaited<ReturnType<typeof openChain>>

/** The venue's contract, as its operator sees it. Throws as {@link serveVenue}. */
export async function openChain(options: ServeOptions) {
  const { provider, otherProvider, keys, settlement, profile, fromBlock, confirmations, circuits } = options
  const shape = venueShape(profile)
  const readerOf = (provider: Provider) => ChainReader.open({ provider, settlement, shape, fromBlock, confirmations })
  const one = await readerOf(provider)
  const reader = otherProvider === undefined ? one : new AgreedReader(one, await readerOf(otherProvider))
  const named = await reader.operator()
  const operator = keys.operators.find((address) => address.toLowerCase() === named)
  if (operator === undefined) {
    const message = `has the operator ${named}, and the key store holds the key of ${keys.operators.join(' and ')}; give the operator's ("zkclear keys operator" adds it)`
    throw new ZkclearError('INPUT_INVALID', message, { path: 'settlement' })
  }
  const others = await reader.otherKeys(circuits)
  if (others.length > 0) throw new ZkclearError('INPUT_INVALID', tellOtherKeys(others), { path: 'settlement' })
  const wallet = new KeySigner(keys, keys.gas.at(-1) ?? operator, provider)
  const at = await contractAt('Settlement', settlement, wallet, 'settlement')
  await requireFresh(options)
  return { reader, operator, wallet, at, config: await sequencerConfig(at, profile) }
}

/** The database thrice: connections of readers and of the lease are their own, so that however many come, neither they nor the writer wait for one. */
async function openDatabase(
  { directory, databaseUrl, signal }: ServeOptions,
  open: AsyncDisposableStack,
  onLost: (error: unknown) => void,
): Promise<{ readonly database: Database; readonly forReaders: Database; readonly forLease: Database }> {
  await mkdir(directory, { recursive: true, mode: 0o711 })
  let connection: ConstructorParameters<typeof Database>[0]['connection']
  if (databaseUrl === undefined) {
    const server = open.use(await startPostgres({ directory: databaseFolder(directory), signal }))
    server.lost.then(onLost)
    connection = server.connection
  } else connection = databaseUrl
  const database = open.use(new Database({ connection }))
  await migrate(database)
  return {
    database,
    forReaders: open.use(new Database({ connection, connections: READER_CONNECTIONS })),
    forLease: open.use(new Database({ connection, connections: 1 })),
  }
}

const NO_REPLICA =
  'what is answered and settled is in one database alone until a backup has it: --replica waits for a second copy'

async function openReplica(
  database: Database,
  { epoch }: Journal,
  { replica, signal }: ServeOptions,
  alerts: Alerts,
): Promise<Replica | undefined> {
  if (replica !== 'backup') return undefined
  const onLate = (cause: string | undefined) => alerts.set('REPLICA_LATE', cause === undefined ? undefined : { cause })
  return await Replica.open(database, { epoch, onLate, signal })
}

const BEGINNING =
  'this venue begins: all that it stores is sealed under the keys of its key store. Keep a copy of that somewhere else; without it the journal is lost, and with the journal the venue'

/** What seals and opens in a venue's database. Throws INPUT_INVALID for the keys of another database, and for one that holds anything in clear unless that is to be sealed. */
export async function openSealer(
  database: Database,
  { keys, sealsClearData: seals = false }: ServeOptions,
): Promise<Sealer> {
  const sealer = await Sealer.open(database, keys)
  if (seals || !(await hasClearData(database))) return sealer
  const message =
    'holds data in clear, as a release wrote it that sealed nothing; if that is what it is, start once with --seal'
  throw new ZkclearError('INPUT_INVALID', message, { path: 'database' })
}

/** Leads already. Seals what is in clear, and brings data keys under the newest sealing key. */
async function tendKeys(
  database: Database,
  sealer: Sealer,
  { keys, sealsClearData: seals = false, log }: ServeOptions,
): Promise<void> {
  // Also where nothing is in clear any more: a start that ended between sealing and writing the tables anew left it in their files.
  if (seals) await sealClearData(database, sealer)
  const count = await rewrap(database, keys)
  if (count > 0) log({ keys: count, version: keys.version }, 'data keys wrapped anew')
}

/** A worker whose token was revoked, or is over, is nobody's loss. */
async function forgetEnded(database: Database, roster: Roster): Promise<void> {
  for (const { id } of roster.list) if (!(await isTokenGood(database, id))) roster.forget(id)
}

/**
 * What a venue's journal needs before anything else: the secret of the books' salts, the keys that its batches are proved with, and jobs for
 * batches whose jobs are lost.
 */
function firstRecords(state: SequencerState, circuits: BatchCircuits, lost: readonly SealedBatch[]): SequencerRecord[] {
  const records: SequencerRecord[] = []
  if (state.bookSecret === undefined) records.push({ kind: 'book-salt', secret: randomSecret() })
  for (const circuit of BATCH_CIRCUITS) {
    const digest = `0x${circuits[circuit].keyDigest}`
    if (state.circuits.get(circuit) !== digest) records.push({ kind: 'circuit', circuit, digest })
  }
  for (const batch of lost) records.push({ kind: 'unproved', index: batch.index, root: rootOf(batch) })
  return records
}

/** Below the order of the field, and as good as uniform for what is only hashed. */
function randomSecret(): bigint {
  return BigInt(`0x${randomBytes(31).toString('hex')}`)
}

/** Numbers and names alone. */
function logEffects(effects: readonly Effect[], log: ServeOptions['log']): void {
  for (const effect of effects) {
    if (effect.kind === 'sealed' || effect.kind === 'reproved') {
      log({ batch: effect.batch.index, circuit: effect.batch.work.circuit }, effect.kind)
    } else if (effect.kind === 'finality') log({ batch: effect.index, state: effect.state }, 'finality')
    else if (effect.kind === 'rewound') log({ to: effect.to, cause: effect.cause }, 'rewound')
    else if (effect.kind === 'operation-refused') log({ record: effect.record, reason: effect.reason }, 'refused')
    else if (effect.kind === 'stalled') log({ entry: `${effect.entry}`, reason: effect.reason }, 'stalled')
  }
}
