import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { SMALL } from '../../../lab/instances/model.ts'
import { type PublishedBatch, Recovery, type RecoveryFault } from '../../../protocol/recovery/recovery.ts'
import { marketsRoot, stateRoot } from '../../../protocol/state.ts'
import { packTakeoverData, type TakeoverData, unpackTakeoverData } from '../../../protocol/takeover/words.ts'
import { ACCOUNTS, CASH_DOMAIN, viewKeyOf } from '../../support/cash-venue.ts'
import { LivingVenue } from '../../support/living-venue.ts'

/** A venue that lived until accounts were taken over, the house having paid for one of them, and what it published. */
function lived(): {
  venue: LivingVenue
  batches: PublishedBatch[]
  takeovers: readonly (readonly [place: number, TakeoverData])[]
} {
  for (let seed = 1n; ; seed++) {
    assert.ok(seed < 40n, 'the house never paid')
    const venue = new LivingVenue(seed)
    venue.reprice()
    for (let i = 0; i < 300 && !venue.done.has('SUBSIDY'); i++) venue.step()
    if (!venue.done.has('SUBSIDY')) continue
    for (let i = 0; i < 10; i++) venue.step()
    const batches = venue.published.map((publish) => publish())
    const takeovers = batches.flatMap(({ circuit, words }, i) => {
      return circuit === 'takeover' ? [[i, unpackTakeoverData(words, SMALL)] as const] : []
    })
    return { venue, batches, takeovers }
  }
}

const recoveryOf = (index: number) => {
  return new Recovery({ shape: SMALL, domain: CASH_DOMAIN, account: { index, viewKey: viewKeyOf(index) } })
}

suite('recovery through takeovers', () => {
  const { venue, batches, takeovers } = lived()
  const paid = takeovers.find(([, { price }]) => price < 0n)!

  test('rebuilds every account, and what opens it in the state root', () => {
    for (let index = 0; index < ACCOUNTS; index++) {
      const recovery = recoveryOf(index)
      recovery.takeAll(batches)
      const { account, children, stateRoot: root, marketsRoot: markets } = recovery.recovered()
      assert.deepEqual(account, venue.state.accounts.get(index))
      assert.deepEqual(children, venue.state.accounts.path(index).children)
      assert.deepEqual([root, markets], [stateRoot(venue.state), marketsRoot(venue.state)])
    }
  })

  test('goes on from a checkpoint right before and right after one', () => {
    for (const [place, { victim, bidder }] of takeovers) {
      for (const index of [victim, bidder, 0]) {
        const account = { index, viewKey: viewKeyOf(index) }
        const first = recoveryOf(index)
        first.takeAll(batches.slice(0, place))
        const next = new Recovery({ shape: SMALL, domain: CASH_DOMAIN, account }, first.checkpoint())
        next.take(batches[place]!)
        const last = new Recovery({ shape: SMALL, domain: CASH_DOMAIN, account }, next.checkpoint())
        last.takeAll(batches.slice(place + 1))
        assert.deepEqual(last.recovered().account, venue.state.accounts.get(index))
      }
    }
  })

  test('tells each of the three when the words do not lead to its account', () => {
    const [place, data] = paid
    const wrong = (index: number, reason: RecoveryFault, changes: Partial<TakeoverData>) => {
      const recovery = recoveryOf(index)
      recovery.takeAll(batches.slice(0, place))
      const words = packTakeoverData({ ...data, ...changes })
      const details = { reason, batch: place + 1 }
      assert.throws(() => recovery.take({ circuit: 'takeover', words }), { code: 'INPUT_INVALID', details })
      assert.equal(recovery.batches, place)
    }
    const { victim, bidder, portfolio } = data
    const positions = portfolio.positions.with(0, {
      ...portfolio.positions[0]!,
      size: portfolio.positions[0]!.size + 1n,
    })
    wrong(victim, 'ACCOUNT', { portfolio: { ...portfolio, positions } })
    wrong(bidder, 'ACCOUNT', { portfolio: { ...portfolio, positions } })
    wrong(bidder, 'ACCOUNT', { nonce: data.nonce + 1n })
    wrong(bidder, 'ACCOUNT', { price: data.price - 1n })
    wrong(0, 'ACCOUNT', { price: data.price - 1n })
    for (const index of [victim, bidder, 0]) {
      wrong(index, 'CORRUPT', { houseLeaf: 0n })
      wrong(index, 'CORRUPT', { victimLeaf: 5n })
      wrong(index, 'MALFORMED', { bidder: 4 ** SMALL.accountLevels })
      wrong(index, 'FOREIGN', { domain: CASH_DOMAIN + 1n })
    }
    const recovery = recoveryOf(victim)
    recovery.takeAll(batches.slice(0, place))
    assert.throws(() => recovery.take({ circuit: 'takeover', words: batches[place]!.words.slice(1) }), {
      details: { reason: 'MALFORMED', batch: place + 1 },
    })
  })
})
