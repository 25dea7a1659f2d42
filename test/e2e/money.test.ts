import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { before, it } from 'node:test'
import { CIRCUIT_NAMES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { jsonText } from '../../cli/json-text.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { decodeRiskTable, decodeState, encodeRiskParameters, formatFlowCsv, type Intent } from '../../venue/index.ts'
import { documentOf, zkclear } from '../support/cli.ts'
import { ALICE, BOB, ownTerms, startChain } from '../support/node-venue.ts'
import { LABELLED, signReports } from '../support/signed-reports.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const OPERATOR = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const CASH = 10_000_000_000n

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
})

it('money goes in, is traded with and comes out again, each step by its command and behind a real proof', async () => {
  await using folder = await temporaryDirectory()
  await using chain = await startChain()
  const { file } = folder
  await writeFile(file('alice.txt'), ALICE.key)
  await writeFile(file('bob.txt'), BOB.key)
  const does = async (words: string, options: Record<string, string> = {}, rest: readonly string[] = []) => {
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    const result = await zkclear([...words.split(' '), '--json', ...args, ...rest], {
      env: { ZKCLEAR_PRIVATE_KEY: '' },
    })
    assert.equal(result.code, 0, `${words}: ${result.stderr}`)
    return documentOf(result)
  }
  const rpc = chain.rpcUrl
  await writeFile(file('parameters.json'), jsonText(encodeRiskParameters(LABELLED)))
  const terms = { version: 1, ...ownTerms(OPERATOR), riskParameters: 'parameters.json' }
  await writeFile(file('terms.json'), jsonText(terms))
  const deployed = await does('deploy', { rpc, terms: file('terms.json') })
  const settlement = (deployed.contracts as Record<string, { address: string }>).Settlement!.address
  const [token] = deployed.tokens as string[]
  const there = { rpc, settlement }

  /** Proves the batches of a run, and settles them. */
  const settle = async (circuit: string, run: string) => {
    const names = (await readdir(file(`${run}/batches`))).toSorted()
    const inputs = names.map((name) => file(`${run}/batches/${name}`))
    const proofs = inputs.length === 1 ? file(`${run}.proof.json`) : file(`${run}-proofs`)
    await does(`prove ${circuit}`, { out: proofs }, ['--input', ...inputs])
    const proof =
      inputs.length === 1 ? [proofs] : names.map((name) => `${proofs}/${name.replace('.json', '.proof.json')}`)
    return does('settle', there, ['--proof', ...proof])
  }
  const stateOf = async (run: string) =>
    decodeState(JSON.parse(await readFile(file(`${run}/state.json`), 'utf8')), 'small')

  for (const name of ['alice', 'bob']) {
    const by = { ...there, 'private-key-file': file(`${name}.txt`) }
    const out = { out: file('keys.json'), 'view-out': file(`${name}-view.json`) }
    const { account } = await does('account register', { ...by, ...out })
    await does('account deposit', { ...by, account: String(account), asset: '0', lots: String(CASH) }, ['--mint'])
  }
  const views = ['--keys', file('alice-view.json'), file('bob-view.json')]
  await does('venue cash', { ...there, out: file('cash-1') }, views)
  await settle('cash-batch', 'cash-1')

  const time = await chain.time()
  const reports = await signReports(file('.'), time)
  const files = { out: file('table.proof.json'), 'snapshot-out': file('table.json') }
  const brought = await does('risk update', { ...there, ...files }, ['--report', ...reports])
  const read = await does('risk table', { ...there, out: file('risk.json') })
  assert.equal(read.riskRoot, (brought.statement as { newRiskRoot: string }).newRiskRoot)
  const { markets } = decodeRiskTable(JSON.parse(await readFile(file('risk.json'), 'utf8')), 'small')
  const { mark } = markets[0]!
  const order = (id: string, account: number, side: 'buy' | 'sell'): Intent => ({
    ...({ kind: 'order', id, time, market: 0, account, side, price: mark, size: 10n } as const),
    ...({ timeInForce: 'GTC', reduceOnly: false, expiry: time + 3600n } as const),
  })
  await writeFile(file('flow.csv'), formatFlowCsv([order('ask', 2, 'sell'), order('bid', 1, 'buy')]))
  const where = { 'chain-id': '31337', settlement, out: file('trades') }
  const from = { state: file('cash-1/state.json'), keys: file('keys.json'), risk: file('risk.json') }
  const traded = await does('simulate', { ...where, ...from, flow: file('flow.csv') })
  assert.deepEqual([traded.trades, traded.lots], [1, '10'])
  await settle('trade-batch', 'trades')

  const expiry = String(time + 86_400n)
  const message = { asset: '0', lots: '4000000000', nonce: '7', expiry, 'chain-id': '31337', settlement }
  const withdrawal = { keys: file('keys.json'), account: '1', ...message, out: file('withdrawal.json') }
  await does('account withdraw', withdrawal)
  const asked = { ...there, 'private-key-file': file('bob.txt'), account: '2', asset: '0', lots: String(1n << 60n) }
  await does('account request-withdrawal', asked)
  const state = { state: file('trades/state.json'), messages: file('withdrawal.json') }
  const served = await does('venue cash', { ...there, ...state, out: file('cash-2') }, ['--sweep'])
  assert.deepEqual([served.served, served.refusedMessages], [1, []])
  await settle('cash-batch', 'cash-2')

  await does('account claim', { ...there, 'private-key-file': file('alice.txt'), asset: '0' })
  await does('account claim', { ...there, 'private-key-file': file('bob.txt'), asset: '0' })
  const [paid, forced] = await Promise.all([chain.balance(token!, ALICE.address), chain.balance(token!, BOB.address)])
  assert.equal(paid, 4_000_000_000n)
  // All but the margin of ten lots: what is left is what accounts still own, fees with the house.
  assert.ok(forced > 9_000_000_000n && forced < CASH)
  const accounts = [...(await stateOf('cash-2')).accounts.entries()]
  const left = accounts.reduce((sum, [, { collateral }]) => sum + collateral[0]!, 0n)
  assert.equal(await chain.balance(token!, settlement), left)
  assert.equal(paid + forced + left, 2n * CASH)
})
