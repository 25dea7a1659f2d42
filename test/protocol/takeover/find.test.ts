import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { makeAccount, makeState, makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { type Account, isFlagged } from '../../../protocol/account.ts'
import { flagRefusal } from '../../../protocol/cash-batch/maintenance.ts'
import { meetsMargin } from '../../../protocol/margin.ts'
import { BASIS_POINTS, PHASES } from '../../../protocol/parameters.ts'
import { auctionOf, fairPrice, leastPrice } from '../../../protocol/takeover/auction.ts'
import { heldBy } from '../../../protocol/takeover/bid.ts'
import { findLiquidations, flagHindrance, offerOf } from '../../../protocol/takeover/find.ts'
import { type FlaggedAccount, flaggedAfter } from '../../../protocol/takeover/flagged.ts'
import { LivingVenue } from '../../support/living-venue.ts'

const TABLE = makeTable(SMALL, { firstDiscountBps: 1_000n, lastDiscountBps: 9_000n })
const FLAGGED_AT = NOW + 50n
const OPENS = FLAGGED_AT + TABLE.grace

const bare = (account: Account): Account => ({ ...account, suspended: true })

suite('who can be liquidated', () => {
  test('is whoever misses maintenance, by the quanta that are missing, or is flagged and to be had', () => {
    const seen = { below: 0, flagged: 0 }
    for (let seed = 1n; seed <= 6n; seed++) {
      const venue = new LivingVenue(seed)
      venue.reprice()
      for (let i = 0; i < 150; i++) {
        venue.step()
        const [table, timestamp] = [venue.table!, venue.now]
        const found = findLiquidations(venue.state, { riskTable: table, timestamp, resumedAt: 0n })
        for (const [index, account] of venue.state.accounts.entries()) {
          const one = found.find((each) => each.account === index)
          const isBelow = !meetsMargin(bare(account), table, BASIS_POINTS)
          const isLive = isFlagged(account) && timestamp <= auctionOf(account, table, 0n).closes
          assert.equal(one !== undefined, index !== 0 && (isBelow || isLive))
          if (one === undefined) continue
          assert.equal(one.missing > 0n, isBelow)
          const saved = (lots: bigint) => ({
            ...account,
            collateral: account.collateral.with(0, account.collateral[0]! + lots),
          })
          assert.ok(meetsMargin(bare(saved(one.missing)), table, BASIS_POINTS))
          if (isBelow) assert.ok(!meetsMargin(bare(saved(one.missing - 1n)), table, BASIS_POINTS))
          assert.equal(one.refusal, flagRefusal(index, account, { table, timestamp }))
          assert.equal(one.offer !== undefined, isLive)
          seen[isLive ? 'flagged' : 'below']++
        }
      }
    }
    assert.ok(seen.below > 10 && seen.flagged > 10, JSON.stringify(seen))
  })

  test('is to be had by its schedule: from the opening to the close, at nobody in a sheltered market', () => {
    const victim = makeAccount(SMALL, { cash: -8_100n, positions: { 0: { size: 10n } }, flaggedAt: FLAGGED_AT })
    const state = makeState(SMALL, { 0: makeAccount(SMALL), 1: victim })
    const at = (timestamp: bigint, resumedAt = 0n, table = TABLE) => {
      return findLiquidations(state, { riskTable: table, timestamp, resumedAt })[0]?.offer
    }
    assert.equal(at(OPENS - 1n)!.least, undefined)
    const open = at(OPENS)!
    assert.deepEqual([open.opens, open.closes, open.fair, open.risk], [OPENS, OPENS + TABLE.auction, 1_900n, 2_000n])
    assert.deepEqual([open.least, open.sheltered], [leastPrice(victim, TABLE, 0n), false])
    assert.deepEqual(
      open.schedule.map(({ time, price }) => [time - OPENS, price]),
      [0n, 50n, 100n, 150n, 200n].map((elapsed) => [elapsed, leastPrice(victim, TABLE, elapsed)]),
    )
    assert.equal(at(open.closes)!.least, open.schedule.at(-1)!.price)
    assert.equal(at(OPENS, FLAGGED_AT + 1n)!.least, undefined, 'a pause moves the opening')
    assert.equal(at(open.closes + 1n), undefined)
    const markets = TABLE.markets.with(0, { ...TABLE.markets[0]!, phase: PHASES.SHELTERED })
    assert.equal(at(OPENS, 0n, { ...TABLE, markets })!.sheltered, true)
  })

  test('is not to be flagged while a pause lasts, nor anew while the auction that it put off has not closed', () => {
    const victim = makeAccount(SMALL, { cash: -8_100n, positions: { 0: { size: 10n } }, flaggedAt: FLAGGED_AT })
    const below = { ...victim, flaggedAt: 0n }
    const at = (account: Account, timestamp: bigint, resumedAt = 0n) =>
      flagHindrance(1, account, { riskTable: TABLE, timestamp, resumedAt })
    assert.deepEqual([at(below, NOW, NOW + 1n), at(below, NOW, NOW), at(below, NOW)], ['PAUSED', undefined, undefined])
    const lapses = FLAGGED_AT + TABLE.grace + TABLE.auction
    assert.deepEqual([at(victim, lapses), at(victim, lapses + 1n)], ['FLAGGED', undefined])
    const resumedAt = lapses - 10n
    const { closes } = auctionOf(victim, TABLE, resumedAt)
    assert.deepEqual(
      [lapses, lapses + 1n, closes, closes + 1n].map((time) => at(victim, time, resumedAt)),
      ['FLAGGED', 'AUCTION', 'AUCTION', undefined],
    )
    const saved = { ...victim, collateral: victim.collateral.with(0, 0n) }
    assert.equal(at(saved, lapses + 1n, resumedAt), 'MARGIN')
  })

  test('a flag anew, legal in an auction that a pause put off, opens it later, and lapses as it closes', () => {
    const { grace, auction } = TABLE
    const flag = { flaggedAt: FLAGGED_AT }
    for (const resumedAt of [FLAGGED_AT + 1n, FLAGGED_AT + grace + auction, FLAGGED_AT + 10_000n]) {
      const before = auctionOf(flag, TABLE, resumedAt)
      const lapsed = FLAGGED_AT + grace + auction + 1n
      const first = lapsed > resumedAt ? lapsed : resumedAt
      for (const flaggedAt of [first, before.opens, before.closes]) {
        if (flaggedAt < first) continue
        const anew = auctionOf({ flaggedAt }, TABLE, resumedAt)
        assert.ok(anew.opens >= before.opens && anew.closes <= before.closes + grace + auction)
        assert.equal(anew.closes, flaggedAt + grace + auction)
      }
    }
  })
})

suite('flagged accounts, as batches tell them', () => {
  test('are those of the state, with what they hold as a bid names it and worth the same, but for who was taken over', () => {
    const seen = { flagged: 0, taken: 0, cured: 0, paid: 0, closed: 0, traded: 0 }
    for (let seed = 7n; seed <= 10n; seed++) {
      const venue = new LivingVenue(seed)
      venue.reprice()
      let flagged: ReadonlyMap<number, FlaggedAccount> = new Map()
      const taken = new Set<number>()
      for (let i = 0, done = 0; i < 300; i++) {
        venue.step()
        for (const publish of venue.published.slice(done)) {
          const batch = publish()
          const before = flagged
          flagged = flaggedAfter(before, batch, SMALL)
          for (const index of flagged.keys()) taken.delete(index)
          for (const [index, one] of before) {
            const after = flagged.get(index)
            if (after === undefined && batch.circuit === 'takeover') {
              taken.add(index)
              seen.taken++
            } else if (after === undefined) seen.cured++
            else if (after.portfolio === one.portfolio) continue
            else if (batch.circuit === 'deleverage') seen.closed++
            else seen.paid++
          }
        }
        done = venue.published.length
        for (const [index, account] of venue.state.accounts.entries()) {
          const known = flagged.get(index)
          if (!isFlagged(account)) taken.delete(index)
          assert.equal(known !== undefined, isFlagged(account) && !taken.has(index))
          if (known === undefined) continue
          seen.flagged++
          if (known.traded) seen.traded++
          assert.equal(known.flaggedAt, account.flaggedAt)
          assert.equal(heldBy(known.portfolio), heldBy(account))
          assert.equal(fairPrice(known.portfolio, venue.table!), fairPrice(account, venue.table!))
          const time = { riskTable: venue.table!, timestamp: venue.now, resumedAt: 0n }
          assert.deepEqual(offerOf(known, time), offerOf({ flaggedAt: account.flaggedAt, portfolio: account }, time))
        }
      }
    }
    assert.ok(
      Object.values(seen).every((count) => count > 0),
      JSON.stringify(seen),
    )
  })
})
