import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { leafHash } from '../../../log/hash.ts'
import { signCashMessage } from '../../../protocol/cash-batch/sign.ts'
import { childOf, limitMemory } from '../../support/processes.ts'
import { rpcProxy } from '../../support/service/rpc-proxy.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { allSettled, batchesOnChain } from '../../support/service/settled-venue.ts'
import { SECRETS, venueOfOne } from '../../support/service/venue-of-one.ts'
import { smallDisk } from '../../support/small-disk.ts'

// Needs root, who may mount a file system, and the program prlimit (util-linux).

type Serve = Awaited<ReturnType<typeof startServe>>

const CLOCK = new URL('../../support/service/shifted-clock.ts', import.meta.url).href
/** With the database's programs, which may have to be copied there. */
const DISK_BYTES = 400 << 20

const { open, folder, chain, account, target, pay } = await venueOfOne({ lots: 1_000_000n })
let proxy: Awaited<ReturnType<typeof rpcProxy>>
let disk: Awaited<ReturnType<typeof smallDisk>>
let serve: Serve
let nonce = 0n

before(async () => {
  disk = open.use(await smallDisk(folder.file('data'), DISK_BYTES))
  proxy = open.use(await rpcProxy(chain.rpcUrl))
  await writeFile(folder.file('clock'), '0')
  serve = await start()
  await pay(100_000n)
  await settled()
})

after(async () => {
  await serve?.[Symbol.asyncDispose]()
  await open.disposeAsync()
})

const start = () =>
  startServe({
    ...target,
    rpcUrl: proxy.url,
    preload: CLOCK,
    env: { ZKCLEAR_TEST_CLOCK: folder.file('clock') },
  })
const settled = () => allSettled(serve, chain)

/** Of a lot, under the next nonce. */
function withdrawal() {
  const message = { kind: 'WITHDRAW', account, counterAccount: 0, asset: 0, amount: 1n, nonce: nonce + 1n } as const
  const { signature } = signCashMessage({ ...message, expiry: 1n << 39n }, chain.domain, SECRETS.privateKey)
  return { ...message, expiry: 1n << 39n, signature }
}

interface Receipted {
  readonly message: ReturnType<typeof withdrawal>
  readonly record: number
  readonly receipt: { readonly salt: string; readonly bytes: string }
}

/** Hands in the next withdrawal; gives it if there is a receipt for it. */
async function send(): Promise<readonly Receipted[]> {
  const message = withdrawal()
  const answer = await serve.post('/v1/messages', [message]).catch(() => undefined)
  const { receipt, record } = answer?.body.verdicts?.[0] ?? {}
  if (receipt === undefined) return []
  nonce++
  return [{ message, record, receipt }]
}

/** Hands in one after the other until the venue's process has ended; gives those for which it gave a receipt, the first of them before `begins`. */
async function sendUntilItEnds(begins: () => Promise<unknown>): Promise<readonly Receipted[]> {
  const receipted: Receipted[] = []
  while (receipted.length === 0) receipted.push(...(await send()))
  await begins()
  let hasEnded = false
  const end = serve.ended().then(() => {
    hasEnded = true
  })
  while (!hasEnded) {
    const taken = await send()
    if (taken.length === 0) await setTimeout(50)
    receipted.push(...taken)
  }
  await end
  return receipted
}

/** What was receipted is in the log, at its place; handed in again it gets that answer again; and it is settled once, as all else. */
async function requireKept(receipted: readonly Receipted[]): Promise<void> {
  for (const { message, record, receipt } of receipted) {
    const { body } = await serve.get(`/v1/log/leaves?from=${record}&count=1`)
    const leaf = leafHash(Buffer.concat([receipt.salt, receipt.bytes].map((text) => Buffer.from(text, 'base64'))))
    assert.deepEqual(body.leaves, [Buffer.from(leaf).toString('base64')])
    const [verdict] = (await serve.post('/v1/messages', [message])).body.verdicts
    assert.deepEqual([verdict.verdict, verdict.record, verdict.again], ['ACCEPTED', record, true])
  }
  const { batches } = await settled()
  assert.equal(await batchesOnChain(chain), batches.settled)
}

const has = (pattern: RegExp) => serve.lines.some((line) => pattern.test(line))
const hasAlert = (code: string) => (status: Status) => status.alerts.some((alert) => alert.code === code)

it('a full disk ends the venue with a word on it; nothing that was receipted is lost, and it goes on when there is room', async () => {
  await serve.until(hasAlert('DISK_LOW'))
  const receipted = await sendUntilItEnds(() => disk.fill())
  assert.equal(await serve.ended(), 2)
  assert.ok(has(/DATABASE_UNAVAILABLE/) && has(/No space left on device/), serve.lines.slice(-8).join('\n'))
  await disk.makeRoom()
  serve = await start()
  await requireKept(receipted)
})

it('a prover that gets no more memory fails an attempt, and the next one makes the proof', async () => {
  const count = await batchesOnChain(chain)
  const prover = async () => await childOf((await childOf(serve.pid, 'worker'))!, 'prove-child.ts')
  let first = await prover()
  while (first === undefined) first = await prover()
  await limitMemory(first)
  await pay(5n)
  while (!has(/was not proved/)) await serve.status()
  const { batches } = await settled()
  assert.equal(batches.settled, count + 1)
})

it('a venue that gets no more memory ends, and what was receipted is there when it is started again', async () => {
  const { url } = serve
  let isOver = false
  const flood = async () => {
    const body = `[${'0,'.repeat(400_000)}0]`
    const headers = { 'content-type': 'application/json' }
    while (!isOver) {
      const answer = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body }).catch(() => undefined)
      await answer?.text().catch(() => undefined)
      if (answer === undefined || answer.status === 429) await setTimeout(20)
    }
  }
  const floods: Promise<void>[] = []
  const receipted = await sendUntilItEnds(async () => {
    await limitMemory(serve.pid)
    floods.push(...Array.from({ length: 16 }, flood))
  })
  isOver = true
  await Promise.all(floods)
  serve = await start()
  await requireKept(receipted)
})

it('a clock that jumps by two minutes, on either side, halts the venue until it agrees with the chain again', async () => {
  for (const seconds of [120, -120]) {
    const { batches } = await serve.status()
    await writeFile(folder.file('clock'), `${seconds}`)
    await serve.until(hasAlert('CLOCK_SKEWED'))
    const { status, body } = await serve.post('/v1/messages', [withdrawal()])
    assert.deepEqual([status, body.error.code], [503, 'VENUE_HALTED'])
    await pay(5n)
    await serve.until(({ queue }) => queue.waiting > 0)
    assert.equal((await serve.status()).batches.sealed, batches.sealed)
    await writeFile(folder.file('clock'), '0')
    assert.equal((await settled()).batches.settled, batches.settled + 1)
    assert.ok(!hasAlert('CLOCK_SKEWED')(await serve.status()))
  }
  assert.equal(await serve.end('SIGTERM'), 0)
})
