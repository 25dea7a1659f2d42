import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'mocha'
import { RootReader } from '../../service/watcher/known-root.ts'
import { contractOf } from '../../settlement/contract-at.ts'
import { createVenue, element, RISK_ROOT, type Venue } from '../support/contracts/venue.ts'

/** Seconds of the spans of which a Settlement keeps a root each. */
const SPAN = 10n

describe('how a venue knows that proofs of a root are taken', () => {
  let venue: Venue
  let reader: RootReader
  beforeEach(async () => {
    venue = await createVenue()
    const { provider } = venue.ethers
    const at = await contractOf('Settlement', venue.deployment.contracts.Settlement.address, provider, 'settlement')
    reader = new RootReader({ provider, at, fromBlock: 0 })
    await venue.publish()
  })

  /** Settles a batch to a root in a block of that time; in the next second if none is given. */
  const settle = async (name: string, time?: bigint) => {
    if (time !== undefined) await venue.networkHelpers.time.setNextBlockTimestamp(time)
    await venue.settle(element(name))
    return { root: element(name), since: await venue.now() }
  }

  it('is by the first root of a span, which is kept by its time, and by the next, which is kept for 64 settlements', async () => {
    const start = ((await venue.now()) / SPAN + 2n) * SPAN
    const first = await settle('first', start)
    assert.deepEqual(await reader.knownRoot(first.root), { since: start, isKept: true, made: 1n })
    const second = await settle('second')
    assert.deepEqual(await reader.knownRoot(second.root), { since: second.since, isKept: false, made: 1n })
    const third = await settle('third', start + SPAN)
    assert.deepEqual(await reader.knownRoot(third.root), { since: start + SPAN, isKept: true, made: 1n })
    assert.equal((await reader.knownRoot(first.root))?.isKept, true)
  })

  it('is asked anew of a root that was not there, wherever it turns up', async () => {
    assert.equal(await reader.knownRoot(element('later')), undefined)
    const { since } = await settle('later')
    assert.equal((await reader.knownRoot(element('later')))?.since, since)
    for (let i = 0; i < 66; i++) await venue.networkHelpers.mine()
    await settle('last')
    assert.notEqual(await reader.knownRoot(element('last')), undefined)
    assert.equal(await reader.knownRoot(element('later')), undefined)
    assert.equal((await reader.knownRoot(element('later')))?.since, since)
  })

  it('is told with the relisting that a table comes after, of a table that the contract has', async () => {
    assert.equal(await reader.relistingOf(RISK_ROOT), 0n)
    assert.equal(await reader.relistingOf(element('no table')), undefined)
  })
})
