import { setTimeout } from 'node:timers/promises'
import { CIRCUITS } from '../../../circuits/index.ts'
import { connectVenue, type VenueClient } from '../../../client/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import type { RiskParameters } from '../../../protocol/risk/parameters.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { createProver } from '../../../prover/create-prover.ts'
import { DEPLOYED_CIRCUITS, deposit, mintPlay, registerAccount, registrationOf } from '../../../settlement/index.ts'
import { sampleOracleKeys, samplePrices, sampleRiskParameters } from '../../../venue/index.ts'
import { Chain } from '../../demo/chain.ts'
import type { Report } from '../../demo/progress.ts'
import { readSample } from '../../demo/sample.ts'
import { DemoTables } from '../../demo/tables.ts'
import { type ServeProcess, startServe } from './serve-process.ts'
import { serviceFolder } from './service-folder.ts'

/** A trader with cash, whose view key the venue has. */
export interface LiveTrader {
  readonly account: number
  readonly privateKey: Uint8Array
}

/** A venue of the small profile as it is in use: a development chain in this process, `zkclear serve` with one worker, open for orders. */
export interface LiveVenue extends AsyncDisposable {
  readonly chain: Chain
  readonly serve: ServeProcess
  readonly venue: VenueClient
  readonly domain: bigint
  readonly table: RiskTable
  readonly traders: readonly LiveTrader[]
}

const CASH = 1_000_000_000n
/** All four ask with four requests each time, and an address has fifty a second. */
const LOOK_MS = 500

export async function openLiveVenue(options: { traders: number; report?: Report }): Promise<LiveVenue> {
  const { report } = options
  await using open = new AsyncDisposableStack()
  report?.(0, 'keys')
  const artifacts = await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile: 'small' })
  const now = BigInt(Math.floor(Date.now() / 1000))
  const { parameters } = sampleRiskParameters(now)
  const terms = { ...(await readSample()).terms, riskParameters: parameters }
  report?.(0.4, 'chain')
  const chain = open.use(await Chain.start({ artifacts, terms, time: now }))
  const folder = open.use(await serviceFolder())
  const { settlement } = chain.settlement
  const serve = open.use(await startServe({ settlement, rpcUrl: chain.rpcUrl, folder: folder.path }))
  const venue = connectVenue({ url: serve.url })
  const { domain } = chain.deployment
  report?.(0.7, 'traders and a table')
  const traders: LiveTrader[] = []
  for (let i = 0; i < options.traders; i++) traders.push(await register(chain, venue, 21 + i))
  const table = await bringTable(chain, parameters, now)
  await Promise.all(traders.map((trader) => untilKnown(venue, trader, domain)))
  await untilOpen(venue)
  const kept = open.move()
  return { chain, serve, venue, domain, table, traders, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function register(chain: Chain, venue: VenueClient, byte: number): Promise<LiveTrader> {
  const secrets = { privateKey: new Uint8Array(32).fill(byte), ownerSecret: BigInt(byte), viewKey: BigInt(1000 + byte) }
  const { account } = await registerAccount({ ...chain.settlement, registration: registrationOf(secrets) })
  await mintPlay({ ...chain.settlement, asset: 0, lots: CASH })
  await deposit({ ...chain.settlement, account, asset: 0, lots: CASH })
  for (;;) {
    try {
      await venue.shareViewKey({ account, viewKey: secrets.viewKey })
      return { account, privateKey: secrets.privateKey }
    } catch {
      // The venue has not heard of the registration yet.
      await setTimeout(LOOK_MS)
    }
  }
}

async function bringTable(chain: Chain, parameters: RiskParameters, timestamp: bigint): Promise<RiskTable> {
  await using prover = await createProver({ profile: 'small', circuits: ['risk-update'], definitions: CIRCUITS })
  const oracleKeys = sampleOracleKeys()
  const tables = new DemoTables({
    ...{ chain, parameters, oracleKeys },
    prove: (statement, witness) => prover.prove('risk-update', statement, witness),
  })
  return (await tables.bring({ news: 'the first', prices: samplePrices(), timestamp })).table
}

async function untilKnown(venue: VenueClient, { account, privateKey }: LiveTrader, domain: bigint): Promise<void> {
  for (;;) {
    try {
      const session = await venue.login({ account, privateKey, domain })
      const { hasViewKey, collateral } = await session.read()
      await session.logout()
      if (hasViewKey && collateral[0]! > 0n) return
    } catch {
      // It is in no batch yet.
    }
    await setTimeout(LOOK_MS)
  }
}

async function untilOpen(venue: VenueClient): Promise<void> {
  for (;;) {
    try {
      await venue.markets()
      return
    } catch {
      await setTimeout(LOOK_MS)
    }
  }
}
