import { resolve, sep } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Option } from 'commander'
import { siblingModule } from '../circom/paths.ts'
import { requireCircuit } from '../circuits/registry.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { ifSound, loadEach } from '../keys/load.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { venueShape } from '../protocol/shape.ts'
import { loadServedCircuit, type ServedCircuit } from '../service/jobs/served-circuit.ts'
import { openKeys } from '../service/keys/key-store.ts'
import { BATCH_CIRCUITS, type BatchCircuit } from '../service/sequencer/batch-circuits.ts'
import type { ServeOptions, ServeStage } from '../service/serve/options.ts'
import type { ServedVenue } from '../service/serve/serve.ts'
import { loadMarginFiles } from '../service/traders/proving-files.ts'
import { decodeRules } from '../service/traders/rules-file.ts'
import { contractOf } from '../settlement/contract-at.ts'
import { connectReader } from '../settlement/index.ts'
import { type AlertWebhookOptions, readWebhook, webhookOption, webhookSecretOption } from './alert-webhook.ts'
import { readAttestationPolicy } from './attestation-policy.ts'
import { addReaderOptions, type ReaderOptions } from './chain-options.ts'
import { type KeyStoreOption, keyStoreOption } from './key-store-option.ts'
import { loadService } from './load-service.ts'
import { type ArtifactOptions, addArtifactOptions, integerOption } from './options.ts'
import { named, readJson } from './read-file.ts'
import { addSettlementOption, type SettlementOption } from './settlement-options.ts'
import { followTls, type TlsOptions } from './tls-files.ts'
import { addVenueDatabaseOptions, readDatabaseUrl, type VenueDatabaseOptions } from './venue-database.ts'
import { newVerb, type Verb } from './verb.ts'

interface ServeCommandOptions
  extends AlertWebhookOptions,
    ArtifactOptions,
    ReaderOptions,
    SettlementOption,
    KeyStoreOption,
    TlsOptions,
    VenueDatabaseOptions {
  readonly seal?: boolean
  readonly rpcCheck?: string
  readonly feeCap: bigint
  readonly confirmations: bigint
  readonly host: string
  readonly port: bigint
  readonly workerPort: bigint
  readonly workers: bigint
  readonly twoPerson?: boolean
  readonly rules?: string
  readonly attest?: string
  readonly standby?: boolean
  readonly replica?: 'backup' | 'database'
}

const DESCRIPTION = `Runs a venue: takes signed orders, withdrawals and transfers over HTTP, makes batches of them and of what waits in the contract's
queue, has them proved by workers, and settles them in order. All of it is written to a database before it is answered, so that
it may be killed at any time and goes on when it is started again. The key store holds the operator's key, which signs the
settlements, and the keys that everything stored is sealed under: "zkclear keys make" makes one. Runs until it is interrupted.`

/** What a start goes through, in order. */
const STAGES: readonly ServeStage[] = [
  'load the service',
  'check circuits and keys',
  'read the contract',
  'start the database',
  'read the journal',
]

const PORTS = { low: 0n, high: 65_535n }
const MOST_WORKERS = 64n
const GWEI = 1_000_000_000n
/** How long a venue that is lost may take to end. */
const LOST_MS = 15_000

export const verb: Verb = (run) =>
  addVenueDatabaseOptions(
    addSettlementOption(
      addReaderOptions(
        addArtifactOptions(
          newVerb('serve', DESCRIPTION, [
            'zkclear serve --rpc http://127.0.0.1:8545 --settlement 0xB7f8BC63BbcaD18155201308C8f3540b07f84F5e --key-store keys.json --data venue',
            'zkclear serve --rpc https://... --settlement 0x... --key-store keys.json --data venue --database-file url.txt --workers 0',
          ]),
        ),
      ),
    ),
  )
    .addOption(keyStoreOption())
    .option('--seal', 'seal what the database holds in clear, as an earlier release wrote it')
    .addOption(
      integerOption('--confirmations <n>', 'blocks that must come after one before its entries and tables count', {
        ...{ low: 0n, high: 1000n, otherwise: 0n },
      }),
    )
    .option('--rpc-check <url>', 'a second node: what it does not tell as the first one does is not taken')
    .addOption(
      integerOption('--fee-cap <gwei>', 'most that a unit of gas may cost while no deadline is near', {
        ...{ low: 1n, high: 1_000_000n, otherwise: 500n },
      }),
    )
    .option('--host <address>', 'address to listen at; others than this machine need a certificate', '127.0.0.1')
    .addOption(integerOption('--port <n>', 'port for traders, 0 for any', { ...PORTS, otherwise: 8_441n }))
    .addOption(integerOption('--worker-port <n>', 'port for workers, 0 for any', { ...PORTS, otherwise: 8_440n }))
    .option('--tls-cert <file>', 'certificate chain, PEM')
    .option('--tls-key <file>', 'its private key, PEM')
    .addOption(
      integerOption('--workers <n>', 'workers that run on this machine', {
        ...{ low: 0n, high: MOST_WORKERS, otherwise: 1n },
      }),
    )
    .option('--rules <file>', "the door's rules, JSON; what it does not name is as usual")
    .option('--attest <file>', 'gives work to enclaves alone that this policy, JSON, allows; needs --workers 0')
    .option('--two-person', 'what an operator does needs a second one who asks for the same')
    .addOption(webhookOption())
    .addOption(webhookSecretOption())
    .addOption(
      new Option('--replica <kind>', 'answer and settle nothing before a second copy has it').choices([
        'backup',
        'database',
      ]),
    )
    .option(
      '--standby',
      'follow a venue that another process leads, and lead when that one ends; needs --database-file',
    )
    .action(
      run(async ({ signal, log, tell, onLongProgress }, options: ServeCommandOptions) => {
        const { rpc, settlement, profile, buildDirectory, seed, ceremony, host } = options
        const selection = { buildDirectory, seed, ceremony }
        const onStage = (stage: ServeStage) => {
          signal.throwIfAborted()
          onLongProgress({ stage, fraction: STAGES.indexOf(stage) / STAGES.length })
        }
        onStage('load the service')
        const { serveVenue } = await loadService(() => import('../service/serve/serve.ts'))
        const { serveStandby } = await loadService(() => import('../service/serve/standby.ts'))
        const { requireBeginning } = await loadService(() => import('../service/serve/begin.ts'))
        const { holdsDatabase } = await loadService(() => import('../service/postgres/borrow.ts'))
        const [rules, attest] = await Promise.all([readRules(options), readAttestationPolicy(options)])
        requireApart(options)
        const webhook = await readWebhook(options)
        const note = (message: string) => tell('info', message)
        const warn = (message: string) => tell('warn', message)
        await using open = new AsyncDisposableStack()
        const databaseUrl = await readDatabaseUrl(options)
        const tls = open.use(await followTls(options, { note, warn }))
        const keys = open.use(await openKeys(options.keyStore))
        const { provider } = open.use(await connectReader({ rpcUrl: rpc }))
        const otherProvider = await connectOther(options, open)
        const directory = resolve(options.data)
        if (options.standby && databaseUrl === undefined) throw needsDatabase()
        if (databaseUrl === undefined && !(await holdsDatabase(directory))) {
          await requireBeginning(await contractOf('Settlement', settlement, provider, 'settlement'), profile)
        }
        onStage('check circuits and keys')
        const circuits = {} as Record<BatchCircuit, ServedCircuit>
        const definitions = BATCH_CIRCUITS.map((name) => requireCircuit(name) as unknown as CircuitDefinition)
        const load = (circuit: CircuitDefinition) => loadServedCircuit(circuit, profile, selection)
        const loaded = await loadEach(definitions, load, { profile, ...selection })
        for (const [i, name] of BATCH_CIRCUITS.entries()) circuits[name] = loaded[i]!
        const marginFiles = await ifSound(() => loadMarginFiles(profile, selection))
        if (marginFiles === undefined) tell('warn', NO_MARGIN_FILES)
        const given: ServeOptions = {
          marginFiles,
          ...{ directory, databaseUrl, settlement, profile, circuits, host, tls, signal },
          ...{ webhook, keys, provider, otherProvider, sealsClearData: options.seal, rules, attest },
          feeCap: options.feeCap * GWEI,
          fromBlock: Number(options.fromBlock),
          confirmations: Number(options.confirmations),
          port: Number(options.port),
          workerPort: Number(options.workerPort),
          workers: Number(options.workers),
          twoPersons: options.twoPerson === true,
          replica: options.replica,
          workerArguments: (url, tokenFile) => workerArguments(options, url, tokenFile),
          log: (facts, message) => log.info(facts, message),
          note: (facts, message) => tell('info', message, facts),
          warn,
          onStage,
        }
        const venue = open.use(
          await underOption(
            options.standby && databaseUrl !== undefined ? serveStandby({ ...given, databaseUrl }) : serveVenue(given),
          ),
        )
        const kept = open.move()
        const { url } = venue
        // A standby has none of these yet.
        const { workerUrl, tradersPage, dashboard } = venue as Partial<ServedVenue>
        return {
          document: {
            url,
            workerUrl,
            tradersPage,
            dashboard,
            settlement,
            profile,
            rpc: new URL(rpc).origin,
            pid: process.pid,
          },
          text:
            workerUrl === undefined
              ? `stands by at ${url}, and leads when the process that does now ends`
              : placesText({ url, workerUrl, tradersPage, dashboard }),
          async lasting() {
            const interrupted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
            try {
              if (!signal.aborted) await Promise.race([interrupted, venue.lost])
            } catch (error) {
              // What it waits for may never come: a database that says nothing any more.
              await Promise.race([kept.disposeAsync(), setTimeout(LOST_MS, undefined, { ref: false })]).catch(
                () => undefined,
              )
              throw error
            }
            await kept.disposeAsync()
          },
        }
      }),
    )

type Places = Pick<ServedVenue, 'url' | 'workerUrl' | 'tradersPage' | 'dashboard'>

function placesText({ url, workerUrl, tradersPage, dashboard }: Places): string {
  const lines = [`the venue takes orders at ${url}, and workers and operators at ${workerUrl}`]
  if (tradersPage !== undefined) lines.push(`traders' page: ${tradersPage}`)
  if (dashboard !== undefined) lines.push(`operators' dashboard: ${dashboard}`)
  return lines.join('\n')
}

const PORT_OPTIONS: Readonly<Record<string, string>> = { port: '--port', workerPort: '--worker-port' }

/** A port that cannot be had is named as its option. */
async function underOption<T>(serving: Promise<T>): Promise<T> {
  try {
    return await serving
  } catch (error) {
    const { code, message, path = '' } = error as ZkclearError
    const option = error instanceof ZkclearError ? PORT_OPTIONS[path] : undefined
    if (option === undefined) throw error
    throw new ZkclearError(code, message.slice(path.length + 2), { path: option, cause: error })
  }
}

const NO_MARGIN_FILES =
  'traders get no key to prove margin with: margin-sufficiency is not built here; "zkclear build --circuit margin-sufficiency" builds it'

const MAIN = fileURLToPath(siblingModule(import.meta.url, './main'))

function workerArguments(options: ServeCommandOptions, url: string, tokenFile: string): string[] {
  const { profile, buildDirectory, seed, ceremony } = options
  const given = { profile, 'build-directory': buildDirectory, seed, ceremony }
  const shared = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))
  const circuits = BATCH_CIRCUITS.map((circuit) => `--circuit=${circuit}`)
  return [MAIN, 'worker', '--venue', url, '--token-file', tokenFile, `--parent=${process.pid}`, ...circuits, ...shared]
}

/** Throws INPUT_INVALID where that is the first node again. */
async function connectOther({ rpc, rpcCheck }: ServeCommandOptions, open: AsyncDisposableStack) {
  if (rpcCheck === undefined) return undefined
  if (rpcCheck === rpc) {
    throw new ZkclearError('INPUT_INVALID', 'is the node of --rpc; give one that somebody else runs', {
      path: '--rpc-check',
    })
  }
  const { provider } = open.use(await connectReader({ rpcUrl: rpcCheck }))
  return provider
}

function needsDatabase(): ZkclearError {
  const message = 'needs --database-file: with the embedded database both would end together'
  return new ZkclearError('INPUT_INVALID', message, { path: '--standby' })
}

/** Who has the data folder must not have the keys with it. */
function requireApart({ keyStore, data }: ServeCommandOptions): void {
  const inside = (path: string, folder: string) => path.startsWith(`${folder}${sep}`)
  if (inside(resolve(keyStore), resolve(data))) {
    const message = `is in the data folder ${data}, which it seals: keep it elsewhere, and not in the same backup`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--key-store' })
  }
}

async function readRules({ rules: file, profile }: ServeCommandOptions) {
  if (file === undefined) return undefined
  const json = await readJson(file, 'proof')
  return await named(file, () => decodeRules(json, venueShape(profile).markets))
}
