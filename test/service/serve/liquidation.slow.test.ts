import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, it } from 'node:test'
import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { jsonText } from '../../../cli/json-text.ts'
import { connectVenue, type Session } from '../../../client/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import type { Message } from '../../../protocol/message.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { signBundle } from '../../../protocol/signature.ts'
import {
  connect,
  deposit,
  mintPlay,
  readFlagged,
  registerAccount,
  registrationOf,
  requestWithdrawal,
} from '../../../settlement/index.ts'
import { decodeRiskSnapshot, encodeKeys, samplePrices } from '../../../venue/index.ts'
import { documentOf, zkclear } from '../../support/cli.ts'
import { ALICE, BOB, startVenue } from '../../support/node-venue.ts'
import { chainClock } from '../../support/service/chain-clock.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { PARAMETERS, writeReports } from '../../support/signed-reports.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const CASH = 10_000_000_000n
const LOTS = 1_000n
/** Markets: the perpetual, and a future that expires while the test runs. */
const [PERPETUAL, FUTURE] = [0, 1]
/** Seconds after the test began. */
const FUTURE_LIVES = 9_600n
/** Seconds of the sample's terms. */
const { cooldown: COOLDOWN, grace: GRACE, auction: AUCTION } = PARAMETERS

/** Three accounts. The first sells; the second buys from it; the third has nothing at stake. */
const SELLER = { account: 1, owner: ALICE, secrets: secretsOf(1) }
const BUYER = { account: 2, owner: BOB, secrets: secretsOf(2) }
const THIRD = { account: 3, owner: BOB, secrets: secretsOf(3) }
type Trader = typeof SELLER

let open: AsyncDisposableStack
let chain: Awaited<ReturnType<typeof startVenue>>
let folder: Awaited<ReturnType<typeof temporaryDirectory>>
let serve: Awaited<ReturnType<typeof startServe>>
let clock: Awaited<ReturnType<typeof chainClock>>
let expiry: bigint
let tables = 0

function secretsOf(account: number) {
  const key = BigInt(10 + account)
  return { privateKey: new Uint8Array(32).fill(10 + account), ownerSecret: key, viewKey: 1_000n + key }
}

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  open = new AsyncDisposableStack()
  folder = open.use(await temporaryDirectory())
  expiry = BigInt(Math.floor(Date.now() / 1000)) + FUTURE_LIVES
  const markets = PARAMETERS.markets.map((market, i) => (i === FUTURE ? { ...market, expiry } : market))
  chain = open.use(await startVenue({ riskParameters: { ...PARAMETERS, markets } }))
  serve = open.use(await startServe({ ...chain, folder: folder.path }))
  const connection = { host: folder.file('data/postgres/socket'), user: 'zkclear', database: 'postgres' }
  clock = open.use(await chainClock({ connection, chain, idle: () => settled() }))
  const keys = [SELLER, BUYER, THIRD].map(({ account, secrets }) => [account, secrets] as const)
  await writeFile(folder.file('keys.json'), jsonText(encodeKeys(new Map(keys))), { mode: 0o600 })
  for (const trader of [SELLER, BUYER, THIRD]) await admit(trader)
  await bring(100n)
})

after(() => open.disposeAsync())

/** Of a sender that is not the operator, whose transactions are the venue's. */
async function admit({ account, owner, secrets }: Trader): Promise<void> {
  const { rpcUrl, settlement } = chain
  using connection = await connect({ rpcUrl, privateKey: owner.key })
  const { signer } = connection
  const registered = await registerAccount({ signer, settlement, registration: registrationOf(secrets) })
  assert.equal(registered.account, account)
  await pay({ account, owner, secrets })
  let status: number
  do ({ status } = await serve.post('/v1/view-keys', { account, viewKey: secrets.viewKey }))
  while (status === 404)
  assert.equal(status, 200)
}

async function pay({ account, owner }: Trader): Promise<void> {
  const { rpcUrl, settlement } = chain
  using connection = await connect({ rpcUrl, privateKey: owner.key })
  const { signer } = connection
  await mintPlay({ signer, settlement, asset: 0, lots: CASH })
  await deposit({ signer, settlement, account, asset: 0, lots: CASH })
}

/** The account's owner asks the chain for all that it may have. */
async function takeOut({ account, owner }: Trader): Promise<void> {
  const { rpcUrl, settlement } = chain
  using connection = await connect({ rpcUrl, privateKey: owner.key })
  await requestWithdrawal({ signer: connection.signer, settlement, account, asset: 0, lots: 1n << 60n })
  await serve.until(({ queue }) => queue.waiting > 0)
  await settled()
}

const isWorkedOff = ({ queue, batches, backlog }: Status) =>
  queue.waiting === 0 && backlog.open + backlog.waiting === 0 && batches.settled === batches.sealed

const settled = () => serve.until(isWorkedOff)

const place = () => ['--rpc', chain.rpcUrl, '--settlement', chain.settlement, '--json']

async function does(words: string, ...rest: readonly string[]) {
  const env = { ZKCLEAR_PRIVATE_KEY: ALICE.key }
  const result = await zkclear([...words.split(' '), ...place(), ...rest], { env, cwd: folder.path })
  assert.equal(result.code, 0, result.stderr)
  return documentOf(result)
}

/** Brings a table of so many percent of the sample's prices, and resolves with it when the venue has it. */
async function bring(percent: bigint) {
  const { indices, forwards, volatilities } = samplePrices()
  const moved = (price: bigint) => (price * percent) / 100n
  const prices = { indices: indices.map(moved), forwards: forwards.map(moved), volatilities }
  const reports = await writeReports(folder.path, await chain.time(), prices)
  const [proof, snapshot] = [`table-${++tables}.proof.json`, `table-${tables}.json`]
  await does('risk update', '--out', proof, '--snapshot-out', snapshot, '--report', ...reports)
  const { table } = decodeRiskSnapshot(JSON.parse(await readFile(folder.file(snapshot), 'utf8')), 'small')
  const venue = connectVenue(serve)
  for (;;) {
    const { markets } = await venue.markets().catch(() => ({ markets: [] }))
    if (markets[PERPETUAL]?.mark === table.markets[PERPETUAL]!.mark) return table
  }
}

async function sessionOf({ account, secrets: { privateKey } }: Trader): Promise<Session> {
  return await connectVenue(serve).login({ account, privateKey, domain: chain.domain })
}

/** Seller and buyer trade so many lots at the mark. */
async function trade(market: number, size: bigint): Promise<void> {
  const price = (await connectVenue(serve).markets()).markets[market]!.mark
  for (const [side, trader] of [
    ['sell', SELLER],
    ['buy', BUYER],
  ] as const) {
    const { account, secrets } = trader
    const session = await sessionOf(trader)
    while (!(await session.read()).hasViewKey) await settled()
    const { nextNonce: nonce } = await session.read()
    const terms = { market, side, price, size, timeInForce: 'GTC', reduceOnly: false } as const
    const order: Message = { kind: 'order', account, nonce, expiry: (await chain.time()) + 3_600n, ...terms }
    const [answer] = await connectVenue(serve).send([signBundle([order], chain.domain, secrets.privateKey)])
    assert.equal(answer!.verdict, 'ACCEPTED')
    // By the clock that was moved, proofs take long: only where nothing waits is a message sure to be taken.
    await settled()
  }
  assert.equal(await lotsOf(SELLER, market), -size)
}

const holding = async (trader: Trader) => await (await sessionOf(trader)).read()
const lotsOf = async (trader: Trader, market: number) => {
  return (await holding(trader)).positions.find((position) => position.market === market)?.size ?? 0n
}

/** Accounts that are flagged on the chain. */
async function flagged(): Promise<readonly number[]> {
  using connection = await connect({ rpcUrl: chain.rpcUrl })
  const venue = { provider: connection.signer.provider!, settlement: chain.settlement, shape: venueShape('small') }
  return (await readFlagged(venue)).flagged.map(({ account }) => account)
}

async function untilFlagged(...accounts: readonly number[]): Promise<void> {
  while (`${await flagged()}` !== `${accounts}`) await serve.until(() => true)
  await settled()
}

/** The rise shelters its market until that has cooled down; the venue flags at the first table after that. */
async function leap(percent: bigint): Promise<void> {
  await clock.pass(300n)
  await bring(percent)
  await clock.pass(COOLDOWN)
  await bring(percent)
}

/** What somebody bids for the flagged account, above or below what that is worth. */
async function bid(trader: Trader, victim: Trader, more: bigint) {
  const { auctions } = (await does('liquidate auction', '--account', `${victim.account}`)) as {
    readonly auctions: readonly { readonly fair: string }[]
  }
  const price = BigInt(auctions[0]!.fair) + more
  const who = ['--keys', 'keys.json', '--account', `${trader.account}`, '--victim', `${victim.account}`]
  const what = [`--price=${price}`, '--nonce=1000', `--expiry=${(await chain.time()) + 2n * GRACE}`]
  const out = `bid-${trader.account}.json`
  await does('liquidate bid', ...who, ...what, '--out', out)
  const { body } = await serve.post('/v1/bids', JSON.parse(await readFile(folder.file(out), 'utf8')))
  return { price, verdict: body.verdict as string }
}

it('an account that falls below maintenance is flagged, and passes to the best bidder when its auction opens', async () => {
  await trade(PERPETUAL, LOTS)
  await takeOut(SELLER)
  await leap(125n)
  await untilFlagged(SELLER.account)
  assert.equal((await bid(BUYER, SELLER, -1_000n)).verdict, 'ACCEPTED')
  const best = await bid(THIRD, SELLER, 0n)
  assert.equal(best.verdict, 'ACCEPTED')
  const before = (await holding(THIRD)).collateral[0]!
  await clock.pass(GRACE - 60n)
  assert.deepEqual(await flagged(), [SELLER.account], 'nobody takes it over before its auction')
  await clock.pass(120n)
  await untilFlagged()
  assert.equal(await lotsOf(SELLER, PERPETUAL), 0n)
  assert.equal(await lotsOf(THIRD, PERPETUAL), -LOTS)
  assert.equal((await holding(SELLER)).collateral[0], best.price)
  assert.ok((await holding(THIRD)).collateral[0]! > before - CASH)
})

it('one that owes more than it has, and for which nobody bids, is closed against whoever won, in the last quarter', async () => {
  await takeOut(THIRD)
  await leap(156n)
  await untilFlagged(THIRD.account)
  await clock.pass(600n)
  await bring(275n)
  await clock.pass(COOLDOWN + 60n)
  await bring(275n)
  await clock.pass(GRACE - 600n - COOLDOWN - 60n + (AUCTION * 3n) / 4n - 120n)
  assert.equal(await lotsOf(THIRD, PERPETUAL), -LOTS, 'bidders have three quarters of the auction')
  await clock.pass(180n)
  while ((await lotsOf(THIRD, PERPETUAL)) !== 0n) await serve.until(() => true)
  await settled()
  assert.equal(await lotsOf(BUYER, PERPETUAL), 0n)
  assert.equal((await holding(THIRD)).collateral[0], 0n)
})

it('a future that expires is settled, and both who hold it are paid out', async () => {
  assert.ok((await chain.time()) < expiry - 1_200n, 'there is time to trade it')
  const { collateral } = await holding(SELLER)
  await pay(SELLER)
  while ((await holding(SELLER)).collateral[0] === collateral[0]) await settled()
  await trade(FUTURE, 10n)
  await clock.pass(expiry - 900n - (await chain.time()))
  await bring(280n)
  await clock.pass(expiry + 1n - (await chain.time()))
  const table = await bring(280n)
  assert.equal(table.markets[FUTURE]!.phase, PHASES.SETTLED)
  for (const trader of [SELLER, BUYER]) while ((await lotsOf(trader, FUTURE)) !== 0n) await serve.until(() => true)
  await settled()
  await serve.until(({ alerts }) => alerts.length === 0)
})
