import assert from 'node:assert/strict'
import { before, describe, it } from 'mocha'
import { exitClaim } from '../../protocol/exit.ts'
import { Recovery } from '../../protocol/recovery/recovery.ts'
import { stateRoot } from '../../protocol/state.ts'
import { publishedBatches } from '../../settlement/published-batches.ts'
import { createModelledVenue, type ModelledVenue, SHAPE, VIEW_KEY } from '../support/contracts/modelled-venue.ts'

describe('recovery from the chain', () => {
  let venue: ModelledVenue
  before(async () => {
    venue = await createModelledVenue()
    await venue.open()
  })
  const read = (options: object = {}) => {
    const { provider } = venue.ethers
    return publishedBatches({ provider, settlement: venue.settlement.target as string, ...options })
  }
  const recover = async (index: number, options: object = {}) => {
    const domain = (await venue.settlement.domain()) as bigint
    const recovery = new Recovery({ shape: SHAPE, domain, account: { index, viewKey: VIEW_KEY } })
    for await (const batch of read(options)) recovery.take(batch)
    return recovery
  }

  it('rebuilds each account of a venue from events alone, as the venue has it', async () => {
    const [state, table] = [venue.state(), venue.table()]
    for (const index of [1, 2]) {
      const { account, children, stateRoot: root } = (await recover(index)).recovered()
      assert.deepEqual(account, state.accounts.get(index))
      assert.deepEqual(children, state.accounts.path(index).children)
      assert.equal(root, await venue.settlement.stateRoot())
      assert.notEqual(account.positions[0]!.size, 0n)
      assert.ok(exitClaim(account, table)[0]! > 0n)
    }
  })

  it('reads in slices of whatever size, and batches with their numbers and blocks', async () => {
    for (const blocksAtOnce of [1, 3, 7]) {
      const recovery = await recover(1, { blocksAtOnce })
      assert.equal(recovery.stateRoot, stateRoot(venue.state()))
    }
    const batches = await Array.fromAsync(read())
    assert.deepEqual(
      batches.map(({ number, circuit }) => [number, circuit]),
      [
        [1n, 'cash-batch'],
        [2n, 'cash-batch'],
        [3n, 'cash-batch'],
        [4n, 'trade-batch'],
      ],
    )
    assert.ok(batches.every(({ blockNumber }, i) => i === 0 || blockNumber > batches[i - 1]!.blockNumber))
  })

  it('asks for fewer blocks where the node refuses so many', async () => {
    const { provider } = venue.ethers
    let refused = 0
    const picky = new Proxy(provider, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown
        if (name !== 'getLogs') return typeof value === 'function' ? value.bind(target) : value
        return async (filter: { fromBlock: number; toBlock: number }) => {
          if (filter.toBlock - filter.fromBlock < 4) return target.getLogs(filter)
          refused++
          throw new Error('query exceeds the block range')
        }
      },
    })
    assert.equal((await recover(2, { provider: picky })).stateRoot, stateRoot(venue.state()))
    assert.ok(refused > 0)
  })

  it('says that events are missing, and where there are none', async () => {
    const [first] = await Array.fromAsync(read())
    const late = await recover(1, { fromBlock: first!.blockNumber + 1 }).catch((error) => error)
    assert.deepEqual([late.code, late.details.reason], ['INPUT_INVALID', 'OUT_OF_ORDER'])
    assert.deepEqual(await Array.fromAsync(read({ settlement: venue.signers.alice.address })), [])
    await assert.rejects(Array.fromAsync(read({ settlement: '0x12' })), { code: 'INPUT_INVALID', path: 'settlement' })
    await assert.rejects(Array.fromAsync(read({ signal: AbortSignal.abort() })), { code: 'ABORTED' })
  })
})
