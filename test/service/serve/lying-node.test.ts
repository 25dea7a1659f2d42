import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SMALL } from '../../../lab/instances/model.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { ledgerAt } from '../../../service/sequencer/state.ts'
import { AgreedReader } from '../../../service/watcher/agreed-reader.ts'
import { ChainReader } from '../../../service/watcher/read-chain.ts'
import { toldByNode } from '../../../service/watcher/told-by-node.ts'
import { SETTLEMENT, ToldChain } from '../../support/service/told-chain.ts'
import { Desk } from '../sequencer/desk.ts'

const { state } = new Desk()
const genesis = stateRoot(ledgerAt(state, 0).state)

const readerOf = (provider: ToldChain) =>
  ChainReader.open({ provider, settlement: SETTLEMENT, shape: SMALL, fromBlock: 0, confirmations: 0 })

async function twoNodes() {
  const nodes = [new ToldChain(genesis), new ToldChain(genesis)] as const
  const [one, other] = await Promise.all(nodes.map(readerOf))
  const reader = new AgreedReader(one!, other!)
  /** The block of which both tell the same, a block later. */
  const read = async () => {
    for (const node of nodes) node.newest++
    return (await toldByNode(reader.read(state)))?.block.number
  }
  return { nodes, read }
}

describe('a node that lied once', () => {
  for (const [i, which] of ['first', 'second'].entries()) {
    it(`of an account that there is not is believed again, the ${which} one`, async () => {
      const { nodes, read } = await twoNodes()
      assert.equal(await read(), 11)
      nodes[i]!.changed = 9_999
      await assert.rejects(read(), { code: 'CONTRACT_REFUSED', message: /9999|AccountUnknown/ })
      nodes[i]!.changed = undefined
      assert.equal(await read(), 13)
    })

    it(`of an account and its owner is believed again, the ${which} one`, async () => {
      const { nodes, read } = await twoNodes()
      Object.assign(nodes[i]!, { changed: 9_999, madeUp: { ownerOf: [SETTLEMENT] } })
      await assert.rejects(read(), /do not tell the same .*\(owners\)/)
      Object.assign(nodes[i]!, { changed: undefined, madeUp: {} })
      assert.equal(await read(), 12)
    })

    it(`of how much there is to read is not read to its end, the ${which} one`, async () => {
      const { nodes, read } = await twoNodes()
      nodes[i]!.madeUp = { queueEnd: [2n ** 64n - 1n] }
      await assert.rejects(read(), /do not tell the same .*\(queue\)/)
      nodes[i]!.madeUp = { RING: [2n ** 256n - 1n], tableCount: [2n ** 64n - 1n] }
      assert.equal(await read(), 12)
    })
  }

  it('is believed again where there is no other', async () => {
    const node = new ToldChain(genesis)
    const reader = await readerOf(node)
    Object.assign(node, { changed: 9_999, madeUp: { ownerOf: [SETTLEMENT] } })
    assert.equal((await reader.read(state))!.owners.size, 1)
    Object.assign(node, { changed: undefined, madeUp: {} })
    node.newest++
    await assert.rejects(reader.read(state), { code: 'CONTRACT_REFUSED' })
    assert.equal((await reader.read(state))!.owners.size, 0)
  })

  it('says to where its queue reaches, and has no event of what it made up', async () => {
    const node = new ToldChain(genesis)
    const reader = await readerOf(node)
    node.madeUp = { queueEnd: [2n ** 64n - 1n] }
    await assert.rejects(toldByNode(reader.read(state)), {
      code: 'CHAIN_UNREACHABLE',
      message: /no event of entry 0 of the queue, which it says reaches to 18446744073709551615/,
    })
  })
})

describe('a node that hangs', () => {
  it('does not hold up another reader, which remembers what was read before', async () => {
    const nodes = [new ToldChain(genesis), new ToldChain(genesis)] as const
    const [one, other] = await Promise.all(nodes.map(readerOf))
    for (const reader of [one!, new AgreedReader(one!, other!)]) {
      await reader.read(state)
      const hanging = Promise.withResolvers<void>()
      for (const node of nodes) Object.assign(node, { newest: node.newest + 1, onHanging: hanging.resolve, read: [] })
      void reader.read(state)
      await hanging.promise
      // What was asked already is not answered, and what will be is.
      for (const node of nodes) node.onHanging = undefined
      const { block } = (await reader.again().read(state))!
      assert.equal(block.number, nodes[0].newest)
      assert.deepEqual(nodes[0].read, [block.number], 'from where it had been read to')
    }
  })
})
