import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { makeAccount, PRIVATE_KEY, SMALL } from '../../lab/instances/model.ts'
import { type Account, isFlagged } from '../../protocol/account.ts'
import { quoteAtMarks } from '../../protocol/exit.ts'
import { excesses } from '../../protocol/margin.ts'
import { BASIS_POINTS, PHASES } from '../../protocol/parameters.ts'
import { openInterestOf } from '../../protocol/state.ts'
import { auctionOf, leastPrice } from '../../protocol/takeover/auction.ts'
import { heldBy, signBid } from '../../protocol/takeover/bid.ts'
import { applyTakeover } from '../../protocol/takeover/takeover.ts'
import { CASH_DOMAIN } from '../support/cash-venue.ts'
import { accountsOf, assertExitsConserve } from '../support/exits-conserve.ts'
import { LivingVenue } from '../support/living-venue.ts'

/** Runs venues of several seeds, and looks at each after every step. */
function live(steps: number, look: (venue: LivingVenue) => void): Map<string, number> {
  const done = new Map<string, number>()
  for (let seed = 1n; seed <= 20n; seed++) {
    const venue = new LivingVenue(seed)
    venue.reprice()
    for (let i = 0; i < steps; i++) {
      venue.step()
      look(venue)
    }
    for (const [kind, count] of venue.done) done.set(kind, (done.get(kind) ?? 0) + count)
  }
  return done
}

/** The account as it is for maintenance: its open orders are dead. */
function orderless({ positions, ...rest }: Account): Account {
  return { ...rest, positions: positions.map((position) => ({ ...position, openBuy: 0n, openSell: 0n })) }
}

suite('a venue whose tables follow one from another, with funding, expiries, relistings, flags, takeovers and deleveragings', () => {
  test('owns what its vault holds, to the quantum, and keeps count of open interest', () => {
    let debtors = 0
    const done = live(300, (venue) => {
      const accounts = accountsOf(venue.state)
      const quotes = accounts.reduce((sum, account) => sum + quoteAtMarks(account, venue.table), 0n)
      const fees = [...venue.state.books.entries()].reduce((sum, [, book]) => sum + book.fees, 0n)
      assert.equal(quotes + fees, venue.ledger[0])
      for (const [k, lots] of venue.ledger.entries()) {
        if (k > 0)
          assert.equal(
            accounts.reduce((sum, { collateral }) => sum + collateral[k]!, 0n),
            lots,
          )
      }
      assert.deepEqual(venue.state.openInterest, openInterestOf(accounts, SMALL))
      debtors += assertExitsConserve(venue)
    })
    for (const kind of ['FILL', 'EXPIRE', 'RELIST', 'FLAG', 'CURE', 'TAKEOVER', 'DELEVERAGE', 'FORCED', 'SWEEP']) {
      assert.ok((done.get(kind) ?? 0) > 0, `never: ${kind}`)
    }
    assert.ok(debtors > 0)
  })

  test('can flag whoever is below maintenance and holds nothing in a sheltered market, and can have it taken over', () => {
    const seen = { flagged: 0, taken: 0 }
    live(200, (venue) => {
      const table = venue.table!
      if (venue.now > table.asOf + table.maxAge) return
      for (const [index, account] of venue.state.accounts.entries()) {
        const isBelow = excesses(orderless(account), table, BASIS_POINTS).some((excess) => excess < 0n)
        const isSheltered = account.positions.some(
          ({ size }, m) => size !== 0n && table.markets[m]!.phase === PHASES.SHELTERED,
        )
        const { opens, closes } = auctionOf(account, table, 0n)
        const isLive = isFlagged(account) && venue.now <= closes
        if (index === 0 || !isBelow) continue
        if (!isLive) {
          const state = venue.state
          const flagged = venue.cash({ kind: 'FLAG', account: index }) !== undefined
          assert.equal(flagged, !isSheltered)
          venue.state = state
          seen.flagged++
        } else if (venue.now >= opens && !isSheltered) {
          takeOver(venue, index)
          seen.taken++
        }
      }
    })
    assert.ok(seen.flagged > 20 && seen.taken > 20, JSON.stringify(seen))
  })
})

/** A stranger with enough margin takes it over at the lowest price, which a house pays that has enough. */
function takeOver({ state, table, now }: LivingVenue, victim: number): void {
  const account = state.accounts.get(victim)!
  const bidder = 9
  const able = makeAccount(SMALL, { cash: 1n << 60n })
  const rich = { ...state, accounts: state.accounts.set(bidder, able).set(0, able) }
  const price = leastPrice(account, table!, now - auctionOf(account, table!, 0n).opens)
  const bid = { victim, bidder, held: heldBy(account), price, nonce: 1n, expiry: now }
  const context = { timestamp: now, domain: CASH_DOMAIN, riskTable: table!, resumedAt: 0n }
  const signed = signBid(bid, CASH_DOMAIN, PRIVATE_KEY)
  const { after } = applyTakeover(rich, signed, context)
  assert.ok(after.accounts.get(victim)!.positions.every(({ size }) => size === 0n))
}
