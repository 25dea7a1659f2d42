import { mkdir } from 'node:fs/promises'
import type { Provider } from 'ethers'
import { ZkclearError } from '../../protocol/errors.ts'
import { venueShape } from '../../protocol/shape.ts'
import { contractAt } from '../../settlement/contract-at.ts'
import type { Alerts } from '../alerts/alerts.ts'
import { Replica } from '../backup/replica.ts'
import { builtPageFolder, readPage } from '../http/page.ts'
import type { Journal } from '../journal/journal.ts'
import { KeySigner } from '../keys/key-signer.ts'
import { databaseFolder } from '../postgres/borrow.ts'
import { Database } from '../postgres/database.ts'
import { migrate } from '../postgres/migrate.ts'
import { startPostgres } from '../postgres/server.ts'
import { hasClearData, sealClearData } from '../sealing/clear-data.ts'
import { rewrap } from '../sealing/rewrap.ts'
import { Sealer } from '../sealing/sealer.ts'
import { AgreedReader } from '../watcher/agreed-reader.ts'
import { requireFresh } from '../watcher/confirmations.ts'
import { tellOtherKeys } from '../watcher/other-keys.ts'
import { ChainReader } from '../watcher/read-chain.ts'
import { sequencerConfig } from './config.ts'
import type { ServeOptions } from './options.ts'

const READER_CONNECTIONS = 5
/** A transaction of this process, should that stand still or its network be silent, must not keep another one from the lead. */
const IDLE_TRANSACTION_MS = 10_000

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
export async function openDatabase(
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
  const database = open.use(new Database({ connection, idleTransactionMs: IDLE_TRANSACTION_MS }))
  await migrate(database)
  return {
    database,
    forReaders: open.use(new Database({ connection, connections: READER_CONNECTIONS })),
    forLease: open.use(new Database({ connection, connections: 1 })),
  }
}

export async function openReplica(
  database: Database,
  { epoch }: Journal,
  { replica, signal }: ServeOptions,
  alerts: Alerts,
): Promise<Replica | undefined> {
  if (replica !== 'backup') return undefined
  const onLate = (cause: string | undefined) => alerts.set('REPLICA_LATE', cause === undefined ? undefined : { cause })
  return await Replica.open(database, { epoch, onLate, signal })
}

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
export async function tendKeys(
  database: Database,
  sealer: Sealer,
  { keys, sealsClearData: seals = false, log }: ServeOptions,
): Promise<void> {
  // Also where nothing is in clear any more: a start that ended between sealing and writing the tables anew left it in their files.
  if (seals) await sealClearData(database, sealer)
  const count = await rewrap(database, keys)
  if (count > 0) log({ keys: count, version: keys.version }, 'data keys wrapped anew')
}

const UNBUILT = 'its files are not built; "npm run build" in a clone builds them'

/** undefined in a clone whose pages were not built. */
export async function readDashboard(warn: ServeOptions['warn']) {
  const page = await readPage(builtPageFolder('dashboard'), '/')
  if (page === undefined) warn(`there is no dashboard: ${UNBUILT}`)
  return page
}

/** The same of the page of traders, which proves. */
export async function readTradersPage(warn: ServeOptions['warn']) {
  const page = await readPage(builtPageFolder('me'), '/me/', { wasm: true })
  if (page === undefined) warn(`there is no page of traders: ${UNBUILT}`)
  return page
}
