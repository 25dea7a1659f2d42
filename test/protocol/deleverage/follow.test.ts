import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { SMALL } from '../../../lab/instances/model.ts'
import {
  type DeleveragingData,
  packDeleveragingData,
  unpackDeleveragingData,
} from '../../../protocol/deleverage/words.ts'
import { type PublishedBatch, Recovery, type RecoveryFault } from '../../../protocol/recovery/recovery.ts'
import { marketsRoot, stateRoot } from '../../../protocol/state.ts'
import { type FlaggedAccount, flaggedAfter } from '../../../protocol/takeover/flagged.ts'
import { ACCOUNTS, CASH_DOMAIN, viewKeyOf } from '../../support/cash-venue.ts'
import { LivingVenue } from '../../support/living-venue.ts'

/** A venue that lived until accounts were deleveraged, and what it published. */
function lived(): {
  venue: LivingVenue
  batches: PublishedBatch[]
  closings: readonly (readonly [place: number, DeleveragingData])[]
} {
  for (let seed = 1n; ; seed++) {
    assert.ok(seed < 40n, 'nobody was deleveraged')
    const venue = new LivingVenue(seed)
    venue.reprice()
    for (let i = 0; i < 300 && !venue.done.has('DELEVERAGE'); i++) venue.step()
    if (!venue.done.has('DELEVERAGE')) continue
    for (let i = 0; i < 10; i++) venue.step()
    const batches = venue.published.map((publish) => publish())
    const closings = batches.flatMap(({ circuit, words }, i) => {
      return circuit === 'deleverage' ? [[i, unpackDeleveragingData(words)] as const] : []
    })
    return { venue, batches, closings }
  }
}

const recoveryOf = (index: number) => {
  return new Recovery({ shape: SMALL, domain: CASH_DOMAIN, account: { index, viewKey: viewKeyOf(index) } })
}

suite('recovery through deleveragings', () => {
  const { venue, batches, closings } = lived()

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
    for (const [place, { victim, counterparty }] of closings) {
      for (const index of [victim, counterparty, 0]) {
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

  const [place, data] = closings[0]!
  const { victim, counterparty } = data
  const before = batches.slice(0, place)

  test('tells both owners when the words do not lead to their accounts', () => {
    const wrong = (index: number, reason: RecoveryFault, changes: Partial<DeleveragingData>) => {
      const recovery = recoveryOf(index)
      recovery.takeAll(before)
      const words = packDeleveragingData({ ...data, ...changes })
      const details = { reason, batch: place + 1 }
      assert.throws(() => recovery.take({ circuit: 'deleverage', words }), { code: 'INPUT_INVALID', details })
      assert.equal(recovery.batches, place)
    }
    for (const index of [victim, counterparty]) {
      wrong(index, 'ACCOUNT', { lots: data.lots + 1n })
      wrong(index, 'ACCOUNT', { mark: data.mark + 1n })
      wrong(index, 'ACCOUNT', { surcharge: data.surcharge + 1n })
      wrong(index, 'ACCOUNT', { fundingIndex: data.fundingIndex + 1n })
    }
    for (const index of [victim, counterparty, 0]) {
      wrong(index, 'CORRUPT', { victimLeaf: 5n })
      wrong(index, 'CORRUPT', { counterpartyLeaf: 5n })
      wrong(index, 'MALFORMED', { counterparty: 4 ** SMALL.accountLevels })
      wrong(index, 'MALFORMED', { market: SMALL.markets })
      wrong(index, 'FOREIGN', { domain: CASH_DOMAIN + 1n })
    }
    const recovery = recoveryOf(victim)
    recovery.takeAll(before)
    assert.throws(() => recovery.take({ circuit: 'deleverage', words: batches[place]!.words.slice(1) }), {
      details: { reason: 'MALFORMED', batch: place + 1 },
    })
  })

  test('and those who look for flagged accounts refuse words that no deleveraging has, and circuits that there are not', () => {
    const none: ReadonlyMap<number, FlaggedAccount> = new Map()
    const words = packDeleveragingData({ ...data, market: SMALL.markets })
    assert.throws(() => flaggedAfter(none, { circuit: 'deleverage', words }, SMALL), { code: 'INPUT_INVALID' })
    for (const circuit of ['exit', 'cash', '__proto__', undefined]) {
      const foreign = { ...batches[0]!, circuit } as unknown as PublishedBatch
      assert.throws(() => flaggedAfter(none, foreign, SMALL), { code: 'INPUT_INVALID', path: 'circuit' })
      assert.throws(() => recoveryOf(victim).take(foreign), { details: { reason: 'MALFORMED', batch: 1 } })
    }
  })
})
