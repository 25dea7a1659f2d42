import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { rpcProxy } from '../../support/service/rpc-proxy.ts'
import { type Status, startServe } from '../../support/service/served-venue.ts'
import { venueOfOne } from '../../support/service/venue-of-one.ts'

/** Amounts that are found again in what a node tells. */
const [PAID, LIE] = [0x1234_5678n, 0x7654_3210n]

const { open, chain, target, pay } = await venueOfOne({ lots: 10n * PAID })
let nodes: readonly Awaited<ReturnType<typeof rpcProxy>>[]
let serve: Awaited<ReturnType<typeof startServe>>

before(async () => {
  const { rpcUrl } = chain
  nodes = [open.use(await rpcProxy(rpcUrl)), open.use(await rpcProxy(rpcUrl))]
  const [first, second] = nodes
  const more = ['--rpc-check', second!.url]
  serve = open.use(await startServe({ ...target, rpcUrl: first!.url, more }))
  await settled(0)
})

after(() => open.disposeAsync())

const settled = (above: number): Promise<Status> =>
  serve.until(({ queue, batches }) => {
    return queue.waiting === 0 && batches.settled === batches.sealed && batches.settled > above
  })

const isFailing = ({ alerts }: Status) => alerts.some(({ code }) => code === 'CHAIN_FAILING')
/** How many lines of its log say that. */
const alerts = (cause: RegExp) => () => serve.lines.filter((line) => cause.test(line)).length
const hex = (word: bigint) => word.toString(16).padStart(64, '0')

for (const [i, which] of ['first', 'second'].entries()) {
  it(`an entry of which the ${which} node tells another amount is not served until both tell the same`, async () => {
    const { records, batches } = await serve.status()
    const told = alerts(/do not tell the same .*\(queue\)/)
    const before = told()
    nodes[i]!.tells((answer) => answer.replaceAll(hex(PAID), hex(LIE)))
    await pay(PAID)
    const stopped = await serve.until((status) => isFailing(status) && told() > before)
    assert.deepEqual([stopped.queue.waiting, stopped.batches.sealed], [0, batches.sealed])
    assert.equal(stopped.records, records, 'nothing of it is written')
    nodes[i]!.tells((answer) => answer)
    const on = await settled(batches.settled)
    assert.equal(on.batches.settled, batches.settled + 1)
    assert.equal(on.batches.settledRoot, `${(await chain.status()).stateRoot}`)
    assert.ok(!isFailing(on))
  })

  it(`nothing is served while the ${which} node is silent, and all once it answers`, async () => {
    const { batches } = await serve.status()
    nodes[i]!.tells(() => undefined)
    await pay(PAID)
    const stopped = await serve.until(isFailing)
    assert.deepEqual([stopped.queue.waiting, stopped.batches.sealed], [0, batches.sealed])
    nodes[i]!.tells((answer) => answer)
    assert.equal((await settled(batches.settled)).batches.settled, batches.settled + 1)
  })
}

it('settlements are sent to both', () => {
  const [first, second] = nodes.map(({ sent }) => new Set(sent))
  assert.ok(first!.size > 0)
  assert.deepEqual(second, first)
})
