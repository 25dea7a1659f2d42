import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { after, before, it, suite } from 'node:test'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { jsonText } from '../../cli/json-text.ts'
import { buildArtifacts } from '../../keys/build.ts'
import {
  decodeRiskTable,
  decodeState,
  encodeRiskParameters,
  formatFlowCsv,
  type Intent,
  samplePrices,
} from '../../venue/index.ts'
import { documentOf, zkclear } from '../support/cli.ts'
import { ALICE, BOB, ownTerms, startChain } from '../support/node-venue.ts'
import { LABELLED, writeReports } from '../support/signed-reports.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const OPERATOR = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const CASH = 10_000_000_000n

type Folder = Awaited<ReturnType<typeof temporaryDirectory>>
type Chain = Awaited<ReturnType<typeof startChain>>

/** What acts on a venue of that folder and chain, each by its command and behind a real proof. */
function actsOf({ file }: Folder, chain: Chain, there: { readonly rpc: string; readonly settlement: string }) {
  const does = doesOf
  /** Proves files, one after the other, and settles what they prove. */
  const settle = async (circuit: string, ...inputs: readonly string[]) => {
    for (const input of inputs) {
      await does(`prove ${circuit}`, { input, out: `${input}.proof` })
      await does('settle', { ...there, proof: `${input}.proof` })
    }
  }
  const settleRun = async (circuit: string, run: string) => {
    const names = (await readdir(file(`${run}/batches`))).toSorted()
    await settle(circuit, ...names.map((name) => file(`${run}/batches/${name}`)))
  }
  let tables = 0
  /** Brings a table of the sample's prices, so many percent of them. */
  const bring = async (percent: bigint) => {
    const { indices, forwards, volatilities } = samplePrices()
    const moved = (price: bigint) => (price * percent) / 100n
    const prices = { indices: indices.map(moved), forwards: forwards.map(moved), volatilities }
    const reports = await writeReports(file('.'), await chain.time(), prices)
    const files = { out: file(`table-${++tables}.proof.json`), 'snapshot-out': file(`table-${tables}.json`) }
    await does('risk update', { ...there, ...files }, ['--report', ...reports])
  }
  const pass = async (seconds: number) => {
    await chain.ask('evm_increaseTime', seconds)
    await chain.ask('evm_mine')
  }
  return { does, settle, settleRun, bring, pass }
}

async function doesOf(words: string, options: Record<string, string> = {}, rest: readonly string[] = []) {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
  const result = await zkclear([...words.split(' '), '--json', ...args, ...rest], { env: { ZKCLEAR_PRIVATE_KEY: '' } })
  assert.equal(result.code, 0, `${words}: ${result.stderr}`)
  return documentOf(result)
}

suite('an account that falls below maintenance and is flagged, each step by its command and behind a real proof', () => {
  const open = new AsyncDisposableStack()
  let file: Folder['file']
  let chain: Chain
  let there: { readonly rpc: string; readonly settlement: string }
  let deployed: Awaited<ReturnType<typeof doesOf>>
  let time: bigint
  let acts: ReturnType<typeof actsOf>
  let flagging: unknown
  after(() => open.disposeAsync())

  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
    const folder = open.use(await temporaryDirectory())
    chain = open.use(await startChain())
    file = folder.file
    await writeFile(file('alice.txt'), ALICE.key)
    await writeFile(file('bob.txt'), BOB.key)
    const rpc = chain.rpcUrl
    await writeFile(file('parameters.json'), jsonText(encodeRiskParameters(LABELLED)))
    await writeFile(
      file('terms.json'),
      jsonText({ version: 1, ...ownTerms(OPERATOR), riskParameters: 'parameters.json' }),
    )
    deployed = await doesOf('deploy', { rpc, terms: file('terms.json') })
    const settlement = (deployed.contracts as Record<string, { address: string }>).Settlement!.address
    there = { rpc, settlement }
    acts = actsOf(folder, chain, there)
    const { does, settleRun, bring, pass } = acts

    for (const name of ['alice', 'bob']) {
      const by = { ...there, 'private-key-file': file(`${name}.txt`) }
      const { account } = await does('account register', {
        ...by,
        ...{ out: file('keys.json'), 'view-out': file(`${name}-view.json`) },
      })
      await does('account deposit', { ...by, account: String(account), asset: '0', lots: String(CASH) }, ['--mint'])
    }
    const views = ['--keys', file('alice-view.json'), file('bob-view.json')]
    await does('venue cash', { ...there, out: file('cash-1') }, views)
    await settleRun('cash-batch', 'cash-1')
    await bring(100n)

    await does('risk table', { ...there, out: file('risk.json') })
    const { markets } = decodeRiskTable(JSON.parse(await readFile(file('risk.json'), 'utf8')), 'small')
    time = await chain.time()
    const order = (id: string, account: number, side: 'buy' | 'sell'): Intent => ({
      ...({ kind: 'order', id, time, market: 0, account, side, price: markets[0]!.mark, size: 1_000n } as const),
      ...({ timeInForce: 'GTC', reduceOnly: false, expiry: time + 3600n } as const),
    })
    await writeFile(file('flow.csv'), formatFlowCsv([order('ask', 1, 'sell'), order('bid', 2, 'buy')]))
    const from = { state: file('cash-1/state.json'), keys: file('keys.json'), risk: file('risk.json') }
    const where = { 'chain-id': '31337', settlement, out: file('trades') }
    await does('simulate', { ...where, ...from, flow: file('flow.csv') })
    await settleRun('trade-batch', 'trades')
    // Alice takes out all that initial margin leaves, and the price leaps; markets shelter their positions until they have cooled down.
    const asked = { ...there, 'private-key-file': file('alice.txt'), account: '1', asset: '0', lots: String(1n << 60n) }
    await does('account request-withdrawal', asked)
    await does('venue cash', { ...there, state: file('trades/state.json'), out: file('cash-2') })
    await settleRun('cash-batch', 'cash-2')
    await pass(300)
    await bring(125n)
    await pass(900)
    await bring(125n)

    const found = await does('liquidate find', { ...there, state: file('cash-2/state.json') })
    const [below] = found.accounts as { account: number; refusal: string | null }[]
    assert.deepEqual([below!.account, below!.refusal], [1, null])
    await does('liquidate flag', { ...there, state: file('cash-2/state.json'), out: file('flagged') })
    await settleRun('cash-batch', 'flagged')
    flagging = await chain.ask('evm_snapshot')
  })

  /** Whoever follows an account from the chain alone comes to the same state. */
  const recovers = async (stateRoot: unknown, name: string) => {
    for (const index of ['1', '2']) {
      const view = { 'view-key-file': file(index === '1' ? 'alice-view.json' : 'bob-view.json') }
      const out = file(`${name}-${index}`)
      const recovered = await acts.does('recover', { ...there, account: index, ...view, out })
      assert.equal(recovered.stateRoot, stateRoot)
    }
  }

  it('is taken over by the best bidder', async () => {
    const { does, settle, pass } = acts
    await pass(1_800)
    const { auctions } = (await does('liquidate auction', there)) as { auctions: { account: number; fair: string }[] }
    assert.deepEqual(
      auctions.map(({ account }) => account),
      [1],
    )
    const price = auctions[0]!.fair
    assert.ok(BigInt(price) > 0n, price)
    const bidder = { account: '2', victim: '1', nonce: '100', expiry: String(time + 86_400n) }
    await does('liquidate bid', { ...there, keys: file('keys.json'), ...bidder, price, out: file('bid.json') })
    const flagged = { ...there, state: file('flagged/state.json') }
    const taken = await does('liquidate take', { ...flagged, bid: file('bid.json'), out: file('taken') })
    assert.deepEqual([taken.victim, taken.bidder, taken.price], [1, 2, price])
    await settle('takeover', file('taken/takeover.json'))

    assert.deepEqual((await does('liquidate auction', there)).auctions, [])
    const { accounts, books } = decodeState(JSON.parse(await readFile(file('taken/state.json'), 'utf8')), 'small')
    assert.deepEqual(
      [1, 2].map((index) => accounts.get(index)!.positions[0]!.size),
      [0n, 0n],
    )
    // What accounts own, and fees that no sweep moved, is what is there once alice has what she withdrew.
    await does('account claim', { ...there, 'private-key-file': file('alice.txt'), asset: '0' })
    const owned = [...accounts.entries()].reduce((sum, [, { collateral }]) => sum + collateral[0]!, 0n)
    const fees = [...books.entries()].reduce((sum, [, book]) => sum + book.fees, 0n)
    assert.equal(await chain.balance((deployed.tokens as string[])[0]!, there.settlement), owned + fees)
    await recovers(taken.stateRoot, 'taken-over')
  })

  it('owes more than it has after a further leap, and is closed against whoever won by it, since the house has nothing', async () => {
    const { does, settleRun, bring, pass } = acts
    await chain.ask('evm_revert', flagging)
    await pass(600)
    await bring(220n)
    await pass(1_250)
    await bring(220n)
    const at = { ...there, state: file('flagged/state.json') }
    const closed = await does('liquidate deleverage', { ...at, account: '1', out: file('closed') })
    const [closing, ...others] = closed.closings as Record<string, unknown>[]
    assert.deepEqual([closing!.counterparty, closing!.market, closing!.lots, others], [2, 0, '1000', []])
    assert.deepEqual([closing!.houseFails, (closed.end as { reason: string }).reason], [true, 'SOLVENT'])
    assert.equal((await stat(file('closed/batches/000001.json'))).mode & 0o077, 0, 'nobody else reads it')
    await settleRun('deleverage', 'closed')

    const before = decodeState(JSON.parse(await readFile(file('flagged/state.json'), 'utf8')), 'small')
    const state = decodeState(JSON.parse(await readFile(file('closed/state.json'), 'utf8')), 'small')
    const cashOf = (index: number, { accounts }: typeof state) => accounts.get(index)!.collateral[0]!
    for (const index of [1, 2]) assert.equal(state.accounts.get(index)!.positions[0]!.size, 0n)
    assert.equal(cashOf(1, state), 0n)
    assert.equal(cashOf(1, state) + cashOf(2, state), cashOf(1, before) + cashOf(2, before))
    const { auctions } = (await does('liquidate auction', there)) as {
      auctions: { account: number; portfolio: { collateral: string[]; positions: { size: string }[] } }[]
    }
    const [{ account, portfolio }] = auctions as [(typeof auctions)[number]]
    assert.deepEqual([account, portfolio.collateral[0], portfolio.positions[0]!.size], [1, '0', '0'])
    await recovers(closed.stateRoot, 'closed-out')
  })
})
