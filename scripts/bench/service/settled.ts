import { setTimeout } from 'node:timers/promises'
import { CIRCUITS } from '../../../circuits/index.ts'
import { connectVenue, type VenueClient } from '../../../client/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import type { LimitOrder } from '../../../protocol/message.ts'
import type { RiskParameters } from '../../../protocol/risk/parameters.ts'
import { signBundle } from '../../../protocol/signature.ts'
import { createProver } from '../../../prover/create-prover.ts'
import { DEPLOYED_CIRCUITS, deposit, mintPlay, registerAccount, registrationOf } from '../../../settlement/index.ts'
import { sampleOracleKeys, samplePrices, sampleRiskParameters } from '../../../venue/index.ts'
import { Chain } from '../../demo/chain.ts'
import type { Report } from '../../demo/progress.ts'
import { readSample } from '../../demo/sample.ts'
import { DemoTables } from '../../demo/tables.ts'
import { type Quantiles, quantiles } from './quantiles.ts'
import { startServe } from './serve-process.ts'
import { serviceFolder } from './service-folder.ts'

/** Orders at a venue of the small profile with one worker, on a development chain; milliseconds from when each was sent. */
export interface SettlingResult {
  readonly orders: number
  readonly receipt: Quantiles
  readonly proved: Quantiles
  readonly settled: Quantiles
}

interface Trader {
  readonly account: number
  readonly privateKey: Uint8Array
}

const CASH = 1_000_000_000n
const LOOK_MS = 100

/** One order after the other, each sent when the one before it is settled, and each met by the next. Throws for one that is not taken. */
export async function measureSettling(options: { orders: number; report?: Report }): Promise<SettlingResult> {
  const { orders, report } = options
  report?.(0, 'keys')
  const artifacts = await buildArtifacts({ circuits: DEPLOYED_CIRCUITS, profile: 'small' })
  const now = BigInt(Math.floor(Date.now() / 1000))
  const { parameters } = sampleRiskParameters(now)
  const terms = { ...(await readSample()).terms, riskParameters: parameters }
  report?.(0.1, 'chain')
  await using chain = await Chain.start({ artifacts, terms, time: now })
  await using folder = await serviceFolder()
  const { settlement } = chain.settlement
  await using serve = await startServe({ settlement, rpcUrl: chain.rpcUrl, folder: folder.path })
  const venue = connectVenue({ url: serve.url })
  const { domain } = chain.deployment
  report?.(0.2, 'traders and a table')
  const traders = [await register(chain, venue, 21), await register(chain, venue, 22)]
  await bringTable(chain, parameters, now)
  await Promise.all(traders.map((trader) => untilKnown(venue, trader, domain)))
  const { markets } = await untilOpen(venue)
  const times: Record<'receipt' | 'proved' | 'settled', number[]> = { receipt: [], proved: [], settled: [] }
  for (let i = 0; i < orders; i++) {
    report?.(0.3 + (0.7 * i) / orders, 'orders')
    const { account, privateKey } = traders[i % traders.length]!
    const session = await venue.login({ account, privateKey, domain })
    const { event: after, nextNonce: nonce } = await session.read()
    const order: LimitOrder = {
      ...{ kind: 'order', market: 0, account, side: i % 2 === 0 ? 'sell' : 'buy', price: markets[0]!.mark, size: 1n },
      ...{ nonce, timeInForce: 'GTC', reduceOnly: false, expiry: now + 86_400n },
    }
    const bundle = signBundle([order], domain, privateKey)
    const sent = performance.now()
    const [answer] = await venue.send([bundle])
    times.receipt.push(performance.now() - sent)
    if (answer?.verdict !== 'ACCEPTED') throw new Error(`order ${i} was not accepted: ${answer?.verdict}`)
    for await (const told of session.follow({ after })) {
      if (told.kind !== 'batch' || !told.records.includes(answer.record!)) continue
      if (told.state === 'proved') times.proved.push(performance.now() - sent)
      if (told.state !== 'settled') continue
      times.settled.push(performance.now() - sent)
      break
    }
    await session.logout()
  }
  const { receipt, proved, settled } = times
  if (settled.length !== orders) throw new Error(`${settled.length} of ${orders} orders are settled`)
  return { orders, receipt: quantiles(receipt), proved: quantiles(proved), settled: quantiles(settled) }
}

/** An account with cash, whose view key the venue has. */
async function register(chain: Chain, venue: VenueClient, byte: number): Promise<Trader> {
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

async function bringTable(chain: Chain, parameters: RiskParameters, timestamp: bigint): Promise<void> {
  await using prover = await createProver({ profile: 'small', circuits: ['risk-update'], definitions: CIRCUITS })
  const oracleKeys = sampleOracleKeys()
  const tables = new DemoTables({
    ...{ chain, parameters, oracleKeys },
    prove: (statement, witness) => prover.prove('risk-update', statement, witness),
  })
  await tables.bring({ news: 'the first', prices: samplePrices(), timestamp })
}

async function untilKnown(venue: VenueClient, { account, privateKey }: Trader, domain: bigint): Promise<void> {
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

async function untilOpen(venue: VenueClient) {
  for (;;) {
    try {
      return await venue.markets()
    } catch {
      await setTimeout(LOOK_MS)
    }
  }
}
