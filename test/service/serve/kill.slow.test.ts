import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, it } from 'node:test'
import { Contract, Transaction } from 'ethers'
import type { Message } from '../../../protocol/message.ts'
import { signBundle } from '../../../protocol/signature.ts'
import { Database } from '../../../service/postgres/database.ts'
import { connect } from '../../../settlement/index.ts'
import { decodeRiskSnapshot } from '../../../venue/index.ts'
import { zkclear } from '../../support/cli.ts'
import { BOB } from '../../support/node-venue.ts'
import { rpcProxy } from '../../support/service/rpc-proxy.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { allSettled, batchesOnChain } from '../../support/service/settled-venue.ts'
import { SECRETS, venueOfOne } from '../../support/service/venue-of-one.ts'
import { writeReports } from '../../support/signed-reports.ts'

type Serve = Awaited<ReturnType<typeof startServe>>

const CASH = 1_000_000_000n

const { open, folder, chain, account, target, pay } = await venueOfOne({ lots: CASH, guardian: BOB.address })
let proxy: Awaited<ReturnType<typeof rpcProxy>>
let serve: Serve

before(async () => {
  proxy = open.use(await rpcProxy(chain.rpcUrl))
  serve = await start()
  await settled(serve)
})

after(async () => {
  await serve?.[Symbol.asyncDispose]()
  await open.disposeAsync()
})

const start = () => startServe({ ...target, rpcUrl: proxy.url })

const settled = (serve: Serve): Promise<Status> => allSettled(serve, chain)

/** Takes the chain back to a snapshot. The node's clock goes ahead then by as long as that is ago, and is put right. */
async function revert(snapshot: unknown): Promise<void> {
  await chain.ask('evm_revert', snapshot)
  await chain.ask('evm_setNextBlockTimestamp', Math.floor(Date.now() / 1000))
  await chain.ask('evm_mine')
}

/** undefined of a transaction that no block includes. */
async function gasOf(raw: string): Promise<bigint | undefined> {
  using connection = await connect({ rpcUrl: chain.rpcUrl })
  const receipt = await connection.signer.provider!.getTransactionReceipt(Transaction.from(raw).hash!)
  return receipt?.gasUsed
}

/** Lets the settler see transactions as older than they are. */
async function age(): Promise<void> {
  const connection = { host: folder.file('data/postgres/socket'), user: 'zkclear', database: 'postgres' }
  await using database = new Database({ connection })
  await database.query("UPDATE settlement_tx SET stored_at = stored_at - interval '2 min' WHERE outcome IS NULL")
}

const rewinds = (cause: string) => serve.lines.filter((line) => line.includes('rewound') && line.includes(cause)).length

/** Resolves once the venue has been rewound for that cause more often than before. */
async function rewound(cause: string, before: number): Promise<void> {
  while (rewinds(cause) <= before) await serve.status()
}

for (const [where, fate, again] of [
  ['between storing a settlement and sending it', 'hangs before the node', 1],
  ['between sending it and noting that', 'hangs behind the node', 0],
] as const) {
  it(`a process that is killed ${where} settles it exactly once`, async () => {
    const count = await batchesOnChain(chain)
    const before = proxy.sent.length
    proxy.let(fate)
    await pay(5n)
    await proxy.moreThan(before)
    assert.equal(await serve.end('SIGKILL'), 'SIGKILL')
    proxy.let('passes')
    serve = await start()
    await settled(serve)
    assert.equal(await batchesOnChain(chain), count + 1)
    const sent = proxy.sent.slice(before)
    assert.equal(sent.length, 1 + again)
    assert.equal(new Set(sent).size, 1, 'what was stored is what is sent')
  })
}

it('a settlement that is not mined is replaced by the same at a fee an eighth higher, and one of them is mined', async () => {
  const count = await batchesOnChain(chain)
  const before = proxy.sent.length
  await pay(6n)
  await chain.ask('evm_setAutomine', false)
  await proxy.moreThan(before)
  await age()
  await proxy.moreThan(before + 1)
  await chain.ask('evm_setAutomine', true)
  await chain.ask('evm_mine')
  await settled(serve)
  assert.equal(await batchesOnChain(chain), count + 1)
  const [first, second] = proxy.sent.slice(before, before + 2).map((raw) => Transaction.from(raw))
  assert.deepEqual([second!.nonce, second!.data], [first!.nonce, first!.data])
  assert.ok(second!.maxFeePerGas! * 8n >= first!.maxFeePerGas! * 9n)
  assert.ok(second!.maxPriorityFeePerGas! * 8n >= first!.maxPriorityFeePerGas! * 9n)
})

it('a settlement that a reorganisation drops is sent again as it was', async () => {
  await pay(7n)
  const snapshot = await chain.ask('evm_snapshot')
  const before = proxy.sent.length
  await proxy.moreThan(before)
  const { batches } = await settled(serve)
  await revert(snapshot)
  await proxy.moreThan(before + 1)
  const again = await settled(serve)
  assert.equal(again.batches.settledRoot, batches.settledRoot)
  assert.equal(proxy.sent[before + 1], proxy.sent[before])
})

it('a reorganisation that changes an entry of the queue has its batch made anew; undone, the first one holds again', async () => {
  const snapshot = await chain.ask('evm_snapshot')
  const before = proxy.sent.length
  await pay(8n)
  await proxy.moreThan(before)
  const first = await settled(serve)
  const raw = proxy.sent[before]!
  await revert(snapshot)
  const other = await chain.ask('evm_snapshot')
  await pay(9n)
  const second = await settled(serve)
  assert.equal(second.batches.settled, first.batches.settled)
  assert.notEqual(second.batches.settledRoot, first.batches.settledRoot)
  // Back to the first chain: with its entry, and its settlement, which the venue has given up.
  proxy.let('is lost')
  await revert(other)
  await pay(8n)
  await chain.ask('eth_sendRawTransaction', raw)
  proxy.let('passes')
  const third = await settled(serve)
  assert.equal(third.batches.settledRoot, first.batches.settledRoot)
  await pay(10n)
  await settled(serve)
  assert.equal(await batchesOnChain(chain), first.batches.settled + 1)
})

it('batches that are proved while a settlement is under way are settled together, for less gas than one by one', async (test) => {
  const count = await batchesOnChain(chain)
  const before = proxy.sent.length
  proxy.let('is lost')
  await pay(20n)
  await proxy.moreThan(before)
  for (let more = 2; more <= 3; more++) {
    await pay(20n)
    await serve.until(({ batches }) => batches.sealed === count + more && batches.proved === batches.sealed)
  }
  proxy.let('passes')
  await age()
  await settled(serve)
  assert.equal(await batchesOnChain(chain), count + 3)
  const mined = await Promise.all([...new Set(proxy.sent.slice(before))].map(gasOf))
  const [one, two, ...others] = mined.filter((gas) => gas !== undefined)
  assert.deepEqual(others, [], 'two transactions settle three batches')
  test.diagnostic(`${one} gas for one batch, ${two} for two`)
  assert.ok(two! < 2n * one!, `${two} gas for two batches, ${one} for one`)
})

it('the first risk table, which takes away what batches before it could be settled with, has them made anew', async () => {
  const before = proxy.sent.length
  proxy.let('is lost')
  await pay(11n)
  await proxy.moreThan(before)
  const count = rewinds('TABLE')
  const reports = await writeReports(folder.path, await chain.time())
  const out = ['--out', folder.file('table.proof.json'), '--snapshot-out', folder.file('table.json')]
  const place = ['--rpc', chain.rpcUrl, '--settlement', chain.settlement]
  const updated = await zkclear(['risk', 'update', ...place, ...out, '--report', ...reports])
  assert.equal(updated.code, 0, updated.stderr)
  proxy.let('passes')
  await rewound('TABLE', count)
  await settled(serve)
})

it('a pause has trades that are not settled made anew, and they are settled when it has ended', async () => {
  await pay(CASH / 2n)
  const shared = await serve.post('/v1/view-keys', { account, viewKey: SECRETS.viewKey })
  assert.equal(shared.status, 200)
  await serve.until((status) => status.queue.waiting === 0)
  await settled(serve)
  const { table } = decodeRiskSnapshot(JSON.parse(await readFile(folder.file('table.json'), 'utf8')), 'small')
  const count = rewinds('PAUSE')
  proxy.let('is lost')
  const order: Message = {
    ...{
      kind: 'order' as const,
      market: 0,
      account,
      side: 'sell' as const,
      price: table.markets[0]!.mark,
      size: 1n,
      nonce: 1n,
    },
    ...{ timeInForce: 'GTC' as const, reduceOnly: false, expiry: 1n << 39n },
  }
  const bundle = signBundle([order], chain.domain, SECRETS.privateKey)
  let verdict: string
  do verdict = (await serve.post('/v1/messages', [bundle])).body.verdicts[0].verdict
  while (verdict === 'VIEW_KEY_MISSING' || verdict === 'UNKNOWN_ACCOUNT')
  assert.equal(verdict, 'ACCEPTED')
  await serve.until(({ batches }) => batches.unsettled.some(({ circuit }) => circuit === 'trade-batch'))
  using connection = await connect({ rpcUrl: chain.rpcUrl, privateKey: BOB.key })
  const authority = new Contract(await authorityOf(), ['function pause()', 'function unpause()'], connection.signer)
  await (await authority.getFunction('pause')()).wait()
  proxy.let('passes')
  await rewound('PAUSE', count)
  assert.equal((await serve.status()).backlog.waiting, 1)
  await (await authority.getFunction('unpause')()).wait()
  await settled(serve)
})

async function authorityOf(): Promise<string> {
  using connection = await connect({ rpcUrl: chain.rpcUrl })
  const contract = new Contract(chain.settlement, ['function authority() view returns (address)'], connection.signer)
  return await contract.getFunction('authority')()
}
