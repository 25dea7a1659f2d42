import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { after, before, it, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CIRCUIT_NAMES } from '../../../circuits/index.ts'
import { requireCircuit } from '../../../circuits/registry.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { signCashMessage } from '../../../protocol/cash-batch/sign.ts'
import { signLogin } from '../../../protocol/login.ts'
import { connect, deposit, mintPlay, registerAccount, registrationOf } from '../../../settlement/index.ts'
import { zkclear } from '../../support/cli.ts'
import { ALICE, startVenue } from '../../support/node-venue.ts'
import type { Answers, Flood } from '../../support/service/flood-child.ts'
import { LocalCaller } from '../../support/service/local-caller.ts'
import { startServe } from '../../support/service/served-venue.ts'
import { allSettled, batchesOnChain } from '../../support/service/settled-venue.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const FLOOD = fileURLToPath(new URL('../../support/service/flood-child.ts', import.meta.url))
const ADDRESSES = 300
const CONNECTIONS = 4
/** Rounds in which each honest party asks once. */
const ROUNDS = 20
const EXPIRY = 1n << 39n

const secretsOf = (n: number) => ({
  ...{ privateKey: new Uint8Array(32).fill(9 + n), ownerSecret: 9n + BigInt(n), viewKey: 1009n + BigInt(n) },
})

let open: AsyncDisposableStack
let chain: Awaited<ReturnType<typeof startVenue>>
let serve: Awaited<ReturnType<typeof startServe>>
let folder: Awaited<ReturnType<typeof temporaryDirectory>>
/** A trader who is known, and one who comes in the flood. */
const accounts: number[] = []

before(async () => {
  await buildArtifacts({ circuits: CIRCUIT_NAMES.map(requireCircuit), profile: 'small' })
  open = new AsyncDisposableStack()
  folder = open.use(await temporaryDirectory())
  chain = open.use(await startVenue())
  const { rpcUrl, settlement } = chain
  using connection = await connect({ rpcUrl, privateKey: ALICE.key })
  const { signer } = connection
  for (const n of [0, 1]) {
    const registration = registrationOf(secretsOf(n))
    accounts.push((await registerAccount({ signer, settlement, registration })).account)
  }
  await mintPlay({ signer, settlement, asset: 0, lots: 1_000_000n })
  for (const account of accounts) await deposit({ signer, settlement, account, asset: 0, lots: 100_000n })
  serve = await startServe({ rpcUrl, settlement, folder: folder.path })
  await allSettled(serve, chain)
})

after(async () => {
  await serve?.[Symbol.asyncDispose]()
  await open.disposeAsync()
})

/** Of a lot. */
function withdrawal(n: number, nonce: bigint, secret = secretsOf(n).privateKey) {
  const account = accounts[n]!
  const message = { kind: 'WITHDRAW', account, counterAccount: 0, asset: 0, amount: 1n, nonce, expiry: EXPIRY } as const
  return { ...message, signature: signCashMessage(message, chain.domain, secret).signature }
}

async function tokenOf(scope: string): Promise<string> {
  const out = folder.file(`${scope}.txt`)
  const words = ['token', 'create', '--scope', scope, '--name', scope, '--data', folder.file('data'), '--out', out]
  const { code, stderr } = await zkclear(words)
  assert.equal(code, 0, stderr)
  return (await readFile(out, 'utf8')).trim()
}

function startFlood(): ChildProcess {
  const forged = Array.from({ length: 256 }, () => withdrawal(0, 900n, new Uint8Array(32).fill(77)))
  const login = { account: accounts[0]!, challenge: '5', expiry: `${EXPIRY}`, signature: forged[0]!.signature }
  const text = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}` : v))
  const { url, workerUrl } = serve
  const flood: Flood = {
    ...{ url, workerUrl, addresses: ADDRESSES, connections: CONNECTIONS, at: Date.now() + 1_000 },
    ...{ forged: text(forged), login: text(login) },
  }
  return fork(FLOOD, [JSON.stringify(flood)])
}

/** How much memory the venue has had at most, in MB. */
async function memory(): Promise<number> {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${serve.pid}/status`, 'utf8'))!
  return Math.round(Number(kilobytes) / 1024)
}

function tellTimes(t: TestContext, name: string, times: readonly number[]): void {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (part: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!)
  t.diagnostic(`${name}: ${at(0.5)} ms, one in ten ${at(0.9)} ms, the slowest ${at(1)} ms`)
}

it(`${ADDRESSES} addresses that send all they can end nothing, and keep nobody out who is known where he is`, async (t) => {
  const operator = await tokenOf('operator')
  const worker = await tokenOf('worker')
  using trader = new LocalCaller('127.9.0.1')
  using desk = new LocalCaller('127.9.0.2')
  using machine = new LocalCaller('127.9.0.3')
  const { url, workerUrl } = serve
  const post = async (nonce: bigint) => {
    for (;;) {
      const told = await trader.ask(`${url}/v1/messages`, { body: [withdrawal(0, nonce)] })
      assert.ok(told !== undefined, 'the connection of a known trader was cut')
      // That waits for proofs, and not for strangers.
      if (/INTAKE_LIMITED|CREDIT_SHARE/.test(told.text)) await setTimeout(500)
      else return { ...told, verdict: told.status === 200 ? JSON.parse(told.text).verdicts[0] : told.text }
    }
  }
  assert.equal((await post(1n)).verdict.verdict, 'ACCEPTED')
  assert.equal((await desk.ask(`${workerUrl}/operator/line`, { token: operator }))?.status, 200)
  assert.equal((await machine.ask(`${workerUrl}/worker/token`, { token: worker }))?.status, 204)
  const settledBefore = await batchesOnChain(chain)
  const before = await memory()

  const flood = startFlood()
  flood.once('exit', () => t.diagnostic('the flood has ended'))
  const times: Record<'trader' | 'operator' | 'worker', number[]> = { trader: [], operator: [], worker: [] }
  try {
    await setTimeout(1_000)
    for (let round = 0; round < ROUNDS; round++) {
      const [taken, line, token] = await Promise.all([
        post(BigInt(2 + round)),
        desk.ask(`${workerUrl}/operator/line`, { token: operator }),
        machine.ask(`${workerUrl}/worker/token`, { token: worker }),
      ])
      assert.equal(taken.verdict.verdict, 'ACCEPTED', JSON.stringify(taken.verdict))
      assert.ok(taken.verdict.receipt !== undefined)
      assert.deepEqual([line?.status, token?.status], [200, 204])
      assert.ok(flood.connected, 'there is no flood any more')
      times.trader.push(taken.took)
      times.operator.push(line!.took)
      times.worker.push(token!.took)
      await setTimeout(100)
    }
    for (const [name, some] of Object.entries(times)) tellTimes(t, name, some)

    // Who is nowhere known gets through too, if not at once.
    using stranger = new LocalCaller('127.9.0.4')
    const first = await stranger.insist(`${url}/v1/login/challenge`, { body: { account: accounts[1]! } })
    const { challenge, expiry } = JSON.parse(first.text)
    const signature = signLogin(
      { challenge: BigInt(challenge), expiry: BigInt(expiry) },
      chain.domain,
      secretsOf(1).privateKey,
    )
    const body = { account: accounts[1]!, challenge, expiry, signature }
    const login = await stranger.insist(`${url}/v1/login`, { body })
    assert.equal(login.status, 200, login.text)
    t.diagnostic(
      `a stranger's login: ${Math.round(first.took + login.took)} ms; ${JSON.stringify([first.refused, login.refused])}`,
    )

    // What was taken is proved and settled meanwhile.
    while ((await batchesOnChain(chain)) <= settledBefore) await setTimeout(500)
    flood.send('how much')
    const [answers] = (await once(flood, 'message')) as [Answers]
    t.diagnostic(`the flood was told ${JSON.stringify(answers)}`)
    assert.ok(Object.values(answers).reduce((sum, count) => sum + count, 0) > 1_000)
  } finally {
    const exit = once(flood, 'exit')
    flood.kill('SIGKILL')
    await exit
  }
  t.diagnostic(`memory of the venue: ${before} MB at most before the flood, ${await memory()} MB with it`)
  // Until what waits of the flood is through.
  using here = new LocalCaller('127.0.0.1')
  await here.insist(`${url}/v1/status`)
  const { batches } = await allSettled(serve, chain)
  assert.equal(await batchesOnChain(chain), batches.settled)
  assert.ok(!serve.lines.some((line) => /PACE_FAILING|CHAIN_FAILING|a request failed/.test(line)))
  assert.equal(await serve.end('SIGTERM'), 0)
})
