import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AnchorOnChain } from '../../../log/anchor-on-chain.ts'
import { ZkclearError } from '../../../protocol/errors.ts'
import { LogFollower } from '../../../service/outside/log-facts.ts'
import { serverOf } from '../../support/json-server.ts'
import { testNotes } from '../../support/service/test-notes.ts'
import { testServer } from '../../support/service/test-server.ts'
import { orderOf, signed, tradingVenue } from '../../support/service/trading-venue.ts'

describe('the log of a venue from outside', () => {
  let server: Awaited<ReturnType<typeof testServer>>
  before(async () => {
    server = await testServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const anchorOf = (batch: bigint, anchor: string): AnchorOnChain => {
    return { chainId: 1n, settlement: '0x5e', batch, transaction: '0xaa', time: 1n, anchor }
  }

  it('goes on from what it was, and holds what settlements carry', async () => {
    await using venue = await tradingVenue(server)
    const asked: [number, number][] = []
    const anchors = [anchorOf(1n, await venue.log.anchor())]
    const follower = new LogFollower({
      ...{ url: venue.gateway.url, fromBlock: 5, signal: new AbortController().signal },
      async anchorsOf(fromBlock, toBlock) {
        asked.push([fromBlock, toBlock])
        return anchors.splice(0)
      },
    })
    const size = BigInt(venue.log.head.size)
    assert.deepEqual(await follower.look(9), { size, anchors: 1, faults: [], silence: undefined })
    await venue.send(signed(1, orderOf(1, 1n)))
    anchors.push(anchorOf(2n, await venue.log.anchor()))
    assert.deepEqual(await follower.look(12), { size: size + 1n, anchors: 2, faults: [], silence: undefined })
    assert.deepEqual(asked, [
      [5, 9],
      [10, 12],
    ])
  })

  it('says what does not go with it, and does not forget that', async () => {
    await using venue = await tradingVenue(server)
    const anchors = [anchorOf(1n, `0x${'ab'.repeat(32)}`)]
    const follower = new LogFollower({
      ...{ url: venue.gateway.url, fromBlock: 0, signal: new AbortController().signal },
      anchorsOf: async () => anchors.splice(0),
    })
    const { faults } = await follower.look(9)
    assert.equal(faults.length, 1)
    assert.match(faults[0]!, /batch 1|evidence/)
    assert.deepEqual((await follower.look(10)).faults, faults)
  })

  it('is silent where the venue hides a part of it, and looks at all of it once that is answered', async () => {
    await using venue = await tradingVenue(server)
    let hidden: string | undefined
    await using between = await serverOf(async ({ url }, response) => {
      if (hidden !== undefined && url!.startsWith(hidden)) return void response.writeHead(503).end('{}')
      const answer = await fetch(`${venue.gateway.url}${url}`)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
    })
    let anchors = [anchorOf(1n, await venue.log.anchor())]
    const follower = new LogFollower({
      ...{ url: new URL(between.url).origin, fromBlock: 0, signal: new AbortController().signal },
      anchorsOf: async (fromBlock) => anchors.filter(({ batch }) => Number(batch) >= fromBlock),
    })
    const silence = async (block: number, path: string) => {
      hidden = path
      const { faults, silence } = await follower.look(block)
      assert.deepEqual(faults, [])
      return silence!
    }
    assert.match(await silence(1, '/v1/log/key'), /key with status 503/)
    assert.match(await silence(1, '/v1/log/checkpoint'), /the newest checkpoint: .* 503/)
    assert.match(await silence(1, '/v1/log/anchors'), /anchor 0x.*: .* 503/)
    hidden = undefined
    const size = BigInt(venue.log.head.size)
    assert.deepEqual(await follower.look(1), { size, anchors: 1, faults: [], silence: undefined })
    await venue.send(signed(1, orderOf(1, 1n)))
    assert.match(await silence(2, '/v1/log/consistency'), /consistency of .* 503/)
    hidden = undefined
    assert.deepEqual(await follower.look(2), { size: size + 1n, anchors: 1, faults: [], silence: undefined })
    anchors = [anchorOf(3n, `0x${'ab'.repeat(32)}`)]
    assert.match(await silence(3, '/v1/log/leaves'), /leaves from 0 on: .* 503/)
    hidden = undefined
    assert.equal((await follower.look(3)).faults.length, 1)
  })

  it('is silent where the node does not tell what settlements carry', async () => {
    await using venue = await tradingVenue(server)
    const follower = new LogFollower({
      ...{ url: venue.gateway.url, fromBlock: 0, signal: new AbortController().signal },
      anchorsOf: async () => {
        throw new ZkclearError('TRANSACTION_FAILED', 'the events cannot be read')
      },
    })
    assert.equal((await follower.look(1)).silence, 'the events cannot be read')
  })

  it('takes no head that another key signed', async () => {
    await using venue = await tradingVenue(server)
    const follower = new LogFollower({
      ...{ url: venue.gateway.url, fromBlock: 0, signal: new AbortController().signal },
      key: testNotes().verifierKey,
      anchorsOf: async () => [],
    })
    const { size, faults } = await follower.look(9)
    assert.equal(size, undefined)
    assert.match(faults[0]!, /is no checkpoint that the key of this log signed/)
  })
})
