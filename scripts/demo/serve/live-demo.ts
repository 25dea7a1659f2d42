import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { connectVenue } from '../../../client/index.ts'
import type { RiskParameters } from '../../../protocol/risk/parameters.ts'
import { createProver } from '../../../prover/create-prover.ts'
import { makeKeyStore } from '../../../service/keys/key-store.ts'
import { noteAct } from '../../../service/operator/acts.ts'
import { borrowDatabase } from '../../../service/postgres/borrow.ts'
import { createToken } from '../../../service/tokens/tokens.ts'
import { encodeKeys, sampleOracleKeys, samplePrices, sampleRiskParameters } from '../../../venue/index.ts'
import { artifactsOf } from '../artifacts.ts'
import { Chain } from '../chain.ts'
import { withFirstCoinAt } from '../prices.ts'
import type { Stages } from '../progress.ts'
import { readSample } from '../sample.ts'
import { DemoTables } from '../tables.ts'
import { trade } from './bot.ts'
import { enter, type Trader } from './enter.ts'
import { startServeChild } from './serve-child.ts'

/** Key of the first account that every development node is born with, who is the sample's operator: anybody knows it. */
const OPERATOR_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const TRADERS = 3
const TOKEN_SECONDS = 7 * 86_400
/** Between two risk tables: one serves for an hour, and the contract takes the next after 150 s at the soonest. Milliseconds. */
const TABLE_MS = 240_000
/** Where the first coin's price stands at each table in turn, in basis points from the sample's. */
const SWING = [0n, 20n, 45n, 30n, -10n, -35n, -25n, -5n]

/**
 * A venue that lives until the signal fires: a chain, `zkclear serve` with a worker, traders who trade with each other, and risk
 * tables. Prints where its pages are, and with which token and keys file one signs in there. Nothing of it is kept.
 */
export async function liveDemo(stages: Stages, signal: AbortSignal): Promise<void> {
  await using open = new AsyncDisposableStack()
  const { parameters } = sampleRiskParameters(BigInt(Math.floor(Date.now() / 1000)))
  const chain = open.use(await startChain(stages, parameters))
  const folder = open.adopt(await mkdtemp(join(tmpdir(), 'zkclear-demo-')), (path) => rm(path, { recursive: true }))
  // The database runs as another user where this one is root.
  await chmod(folder, 0o711)
  const keyStore = join(folder, 'keys.json')
  await makeKeyStore(keyStore, OPERATOR_KEY)
  const [data, logFile] = [join(folder, 'data'), join(folder, 'serve.log')]
  const { settlement } = chain.settlement
  const serving = { rpc: chain.rpcUrl, settlement, keyStore, data, logFile }
  const venue = await stages.run('Start the venue', async () => open.use(await startServeChild(serving)))
  const token = await operatorToken(data, signal)
  console.log(`\nThe venue runs. Its dashboard: ${venue.dashboard ?? UNBUILT}`)
  console.log(`Sign in there as an operator with ${token}\n`)

  const entered = await stages.run('Register traders, deposit', (report) => enter(chain, TRADERS + 1, report))
  const [yours, traders] = [entered[TRADERS]!, entered.slice(0, TRADERS)]
  const keysFile = join(folder, 'your-keys.json')
  await writeKeys(keysFile, yours)
  const tables = await stages.run('Bring the first risk table', async () => {
    const prover = open.use(await createProver({ profile: 'small', circuits: ['risk-update'] }))
    const tables = new DemoTables({
      ...{ chain, parameters, oracleKeys: sampleOracleKeys() },
      prove: (statement, witness) => prover.prove('risk-update', statement, witness),
    })
    await bring(tables, chain)
    return tables
  })
  console.log(`\nTraders' page: ${venue.tradersPage ?? UNBUILT}`)
  console.log(`Account ${yours.account} is yours: sign in there with the keys file ${keysFile}\n`)
  const { MarginGate } = chain.deployment.contracts
  console.log(`The chain: ${chain.rpcUrl}, with Settlement ${settlement}`)
  console.log(`and MarginGate ${MarginGate.address}, which takes proofs of your margin\n`)
  console.log(
    `Traders trade at ${venue.url}; what the venue says is in ${logFile}. Ctrl-C ends all, and keeps nothing.`,
  )
  const domain = chain.deployment.domain
  await Promise.race([
    Promise.all([
      trade(connectVenue({ url: venue.url }), { traders, domain, signal }),
      keepTables(tables, chain, signal),
    ]),
    venue.ended.then((said) => {
      if (!signal.aborted) throw new Error(`zkclear serve has ended:\n${said}`)
    }),
  ])
}

const UNBUILT = 'not built here; "npm run build" builds it'

async function writeKeys(file: string, { account, secrets }: Trader): Promise<void> {
  const keys = encodeKeys(new Map([[account, secrets]]))
  await writeFile(file, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 })
}

/** With the sample's terms, and with those parameters, at the time of now: the database's clock is compared with it. */
async function startChain(stages: Stages, riskParameters: RiskParameters): Promise<Chain> {
  const artifacts = await artifactsOf(stages, 'small')
  const { terms } = await readSample('small')
  return await stages.run('Start a chain, deploy contracts', (report) =>
    Chain.start({
      ...{ artifacts, terms: { ...terms, riskParameters }, time: BigInt(Math.floor(Date.now() / 1000)) },
      onProgress: ({ stage, fraction }) => report(fraction, stage),
    }),
  )
}

async function operatorToken(data: string, signal: AbortSignal): Promise<string> {
  await using borrowed = await borrowDatabase({ directory: data, signal })
  const token = { name: 'demo', scope: 'operator', seconds: TOKEN_SECONDS } as const
  // As "zkclear token create" does: who is let in stands in the log.
  return await borrowed.database.transaction(async (transaction) => {
    const { id, text } = await createToken(transaction, token)
    await noteAct(transaction, { act: `token create operator "demo" for the demo: ${id}` })
    return text
  })
}

/** Oracles sign the sample's prices, with the first coin a little dearer or cheaper each time. */
async function bring(tables: DemoTables, chain: Chain): Promise<void> {
  const prices = samplePrices()
  const [coin] = prices.indices
  const moved = coin! + (coin! * SWING[tables.brought.length % SWING.length]!) / 10_000n
  await tables.bring({ news: '', prices: withFirstCoinAt(prices, moved), timestamp: await chain.time() })
}

async function keepTables(tables: DemoTables, chain: Chain, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await setTimeout(TABLE_MS, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) await bring(tables, chain)
  }
}
