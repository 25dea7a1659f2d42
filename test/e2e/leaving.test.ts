import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { Contract, type JsonRpcProvider, Wallet } from 'ethers'
import { network } from 'hardhat'
import { CASH_BATCH_SIZES } from '../../circuits/cash-batch/index.ts'
import { CIRCUIT_NAMES, TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import { jsonText } from '../../cli/json-text.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { applyCashBatch } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { venueShape } from '../../protocol/shape.ts'
import { signBundle } from '../../protocol/signature.ts'
import { emptyState } from '../../protocol/state.ts'
import { applyTradeBatch } from '../../protocol/trade-batch/apply.ts'
import {
  claim,
  connect,
  DEPLOYED_CIRCUITS,
  deploy,
  deposit,
  deriveAccountSecrets,
  type Registration,
  readVerifierKey,
  registerAccount,
  registrationOf,
  requestWithdrawal,
} from '../../settlement/index.ts'
import { decodeRiskSnapshot, encodeCashBatch, encodeTradeBatch, type Json } from '../../venue/index.ts'
import { documentOf, zkclear } from '../support/cli.ts'
import { PARAMETERS, signReports } from '../support/signed-reports.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SHAPE = venueShape('small')
const DAY = 86_400
const LOTS = 1_000_000_000n
/** Accounts that every Hardhat chain is born with. */
const WALLETS = {
  alice: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  bob: '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  stranger: '0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6',
} as const
type Trader = Exclude<keyof typeof WALLETS, 'stranger'>
const TRADERS: Readonly<Record<Trader, number>> = { alice: 1, bob: 2 }

/** A chain in a server of its own, with the contracts of a venue: what is left once the venue is gone. */
async function startChain() {
  const server = await network.createServer({ override: { allowBlocksWithSameTimestamp: true } }, '127.0.0.1', 0)
  const { address, port } = await server.listen()
  const rpcUrl = `http://${address}:${port}`
  const connection = await connect({ rpcUrl })
  const { signer } = connection
  const provider = signer.provider as JsonRpcProvider
  const keys = await Promise.all(
    DEPLOYED_CIRCUITS.map(async (circuit) => readVerifierKey(await loadArtifacts(circuit, 'small'))),
  )
  const own = await signer.getAddress()
  const secrets = await deriveAccountSecrets(signer, { chainId: 31337n, settlement: own, number: 0 })
  const asset = { token: 'play', lotScale: 10n, minDeposit: 1n }
  const house = { owner: own, ...registrationOf(secrets) }
  const terms = { assets: [asset, asset], house, governor: own, operator: own, riskParameters: PARAMETERS }
  const { contracts, domain, tokens } = await deploy({ signer, keys, terms })
  return {
    ...{ rpcUrl, signer, provider, domain, house: registrationOf(secrets), settlement: contracts.Settlement.address },
    token: new Contract(
      tokens[0]!,
      ['function mint(address, uint256)', 'function balanceOf(address) view returns (uint256)'],
      signer,
    ),
    wallet: (name: keyof typeof WALLETS) => new Wallet(WALLETS[name], provider),
    now: async () => BigInt((await provider.getBlock('latest'))!.timestamp),
    later: async (days: number) => {
      await provider.send('evm_increaseTime', [days * DAY])
      await provider.send('evm_mine', [])
    },
    async [Symbol.asyncDispose]() {
      connection[Symbol.dispose]()
      await server.close()
    },
  }
}

type RunningChain = Awaited<ReturnType<typeof startChain>>

/** What the traders keep: their wallets and nothing else. */
async function secretsOf({ wallet, settlement }: RunningChain, name: Trader) {
  return deriveAccountSecrets(wallet(name), { chainId: 31337n, settlement, number: 0 })
}

function registration(account: number, { key, ownerCommitment }: Registration): CashOperation {
  return { kind: 'REGISTER', account, key, ownerCommitment }
}

/** A venue lives for a while, in a folder: two cash batches and a trade batch, proved and settled by commands. */
async function live(chain: RunningChain, folder: string) {
  const { domain, settlement, token, wallet, now } = chain
  const secrets = { alice: await secretsOf(chain, 'alice'), bob: await secretsOf(chain, 'bob') }
  const register = [registration(0, chain.house)]
  for (const [name, account] of Object.entries(TRADERS) as [Trader, number][]) {
    const own = registrationOf(secrets[name])
    assert.equal((await registerAccount({ signer: wallet(name), settlement, registration: own })).account, account)
    register.push(registration(account, own))
  }
  const deposits: CashOperation[] = []
  for (const [name, account] of Object.entries(TRADERS) as [Trader, number][]) {
    await (await token.getFunction('mint').send(wallet(name).address, 10n * LOTS)).wait()
    await deposit({ signer: wallet(name), settlement, account, asset: 0, lots: LOTS })
    deposits.push({ kind: 'DEPOSIT', account, asset: 0, amount: LOTS })
  }
  await mkdir(folder)
  const write = async (name: string, document: Json) => {
    await writeFile(`${folder}/${name}`, jsonText(document))
    return `${folder}/${name}`
  }
  const timestamp = await now()
  const riskTable = await bringTable(chain, folder, timestamp)
  const terms = { sizes: CASH_BATCH_SIZES.small, timestamp, domain, riskTable }
  const first = applyCashBatch(emptyState(SHAPE), [...register, deposits[0]!], { ...terms, vault: [0n, 0n] })
  const views = Object.entries(TRADERS).map(([name, account]): CashOperation => {
    return { kind: 'VIEW', account, viewKey: secrets[name as Trader].viewKey }
  })
  const second = applyCashBatch(first.after, [deposits[1]!, ...views], { ...terms, vault: first.vault })
  const orders = (['alice', 'bob'] as const).map((name) => {
    const order = {
      kind: 'order',
      market: 0,
      price: riskTable.markets[0]!.mark,
      size: 5n,
      timeInForce: 'GTC',
      reduceOnly: false,
    } as const
    const own = { account: TRADERS[name], side: name === 'alice' ? 'sell' : 'buy', nonce: 1n } as const
    return signBundle([{ ...order, ...own, expiry: timestamp + 600n }], domain, secrets[name].privateKey)
  })
  const context = { market: 0, timestamp, domain, riskTable, sizes: TRADE_BATCH_SIZES.small, newSalt: 5n }
  const trade = applyTradeBatch(second.after, orders, context)
  const cash = [
    await write('1.json', encodeCashBatch({ number: 1, transition: first }, 'small')),
    await write('2.json', encodeCashBatch({ number: 2, transition: second }, 'small')),
  ]
  const trades = await write('3.json', encodeTradeBatch({ number: 3, transition: trade }, 'small'))
  await command(folder, 'prove', 'cash-batch', '--input', ...cash, '--out', `${folder}/proofs`)
  await command(folder, 'prove', 'trade-batch', '--input', trades, '--out', `${folder}/proofs/3.proof.json`)
  const proofs = [1, 2, 3].map((n) => `${folder}/proofs/${n}.proof.json`)
  await command(folder, 'settle', '--rpc', chain.rpcUrl, '--settlement', settlement, '--proof', ...proofs)
}

/** Oracles sign prices, and somebody makes, proves and settles the table that follows, in processes of their own. */
async function bringTable(chain: RunningChain, folder: string, timestamp: bigint): Promise<RiskTable> {
  const reports = await signReports(folder, timestamp)
  const at = ['--rpc', chain.rpcUrl, '--settlement', chain.settlement]
  const files = ['--out', `${folder}/table.proof.json`, '--snapshot-out', `${folder}/table.json`]
  const brought = await command(folder, 'risk', 'update', '--report', ...reports, ...at, ...files)
  assert.deepEqual([brought.settled, brought.number, brought.reports], ['now', '1', 3])
  const { table } = decodeRiskSnapshot(JSON.parse(await readFile(`${folder}/table.json`, 'utf8')), 'small')
  return table
}

async function command(cwd: string, ...args: readonly string[]) {
  const result = await zkclear([...args, '--json'], { cwd, env: { ZKCLEAR_PRIVATE_KEY: '', ZKCLEAR_VIEW_KEY: '' } })
  assert.equal(result.code, 0, result.stderr)
  return documentOf(result)
}

describe('a venue that disappears', () => {
  before(async () => {
    await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  })

  it('leaves every trader their money: by chain and wallet alone, with real proofs, after its files are deleted', async () => {
    await using folder = await temporaryDirectory()
    await using chain = await startChain()
    const { settlement, rpcUrl, token, wallet, later } = chain
    await live(chain, folder.file('venue'))
    const viewKeys = { alice: (await secretsOf(chain, 'alice')).viewKey, bob: (await secretsOf(chain, 'bob')).viewKey }
    await requestWithdrawal({ signer: wallet('alice'), settlement, account: 1, asset: 0, lots: LOTS })
    await rm(folder.file('venue'), { recursive: true })

    const home = folder.file('home')
    await mkdir(home)
    const at = ['--rpc', rpcUrl, '--settlement', settlement]
    await writeFile(`${home}/key.txt`, WALLETS.stranger)
    const sender = [...at, '--private-key-file', 'key.txt']
    await later(3)
    await command(home, 'freeze', ...sender)
    // Five lots changed hands at 3,000,000, of which makers pay 2 basis points and takers 5: that is left in the book.
    const fees = { alice: 3_000n, bob: 7_500n }
    const owed = { alice: LOTS - fees.alice, bob: LOTS - fees.bob }
    for (const name of ['alice', 'bob'] as const) {
      await writeFile(`${home}/${name}.txt`, `${viewKeys[name]}`)
      const account = `${TRADERS[name]}`
      await command(home, 'recover', ...at, '--account', account, '--view-key-file', `${name}.txt`, '--out', name)
      await command(home, 'exit', 'prove', '--recovery', name, '--out', `${name}.json`)
      const { claims } = await command(home, 'exit', 'claim', '--proof', `${name}.json`, ...sender)
      assert.deepEqual(claims, [`${owed[name]}`, '0'])
    }
    assert.deepEqual((await readdir(folder.path)).sort(), ['home'])
    await later(30)
    for (const name of ['alice', 'bob'] as const) {
      const { received } = await command(home, 'exit', 'payout', ...sender, '--account', `${TRADERS[name]}`)
      assert.deepEqual(received, [`${owed[name]}`, '0'])
      const { address } = wallet(name)
      assert.equal(await token.getFunction('balanceOf').staticCall(address), 0n)
      await claim({ signer: wallet(name), settlement, asset: 0 })
      assert.equal(await token.getFunction('balanceOf').staticCall(address), 10n * owed[name])
    }
    assert.equal(await token.getFunction('balanceOf').staticCall(settlement), 10n * (fees.alice + fees.bob))
  })
})
