import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  type AccountOptions,
  DOMAIN,
  LATER,
  makeAccount,
  makeState,
  makeTable,
  NOW,
  PRIVATE_KEY,
  SMALL,
} from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import { excesses, meetsMargin, portfolioRisk, scaledEquity } from '../../../protocol/margin.ts'
import { isInt } from '../../../protocol/numbers.ts'
import { BASIS_POINTS, BITS, PHASES } from '../../../protocol/parameters.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { accountAt, type State } from '../../../protocol/state.ts'
import { auctionOf, fairPrice, leastPrice } from '../../../protocol/takeover/auction.ts'
import { type Bid, heldBy, signBid } from '../../../protocol/takeover/bid.ts'
import type { TakeoverContext } from '../../../protocol/takeover/pass.ts'
import { applyTakeover } from '../../../protocol/takeover/takeover.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../../support/arbitraries.ts'

const [VICTIM, BIDDER] = [1, 2]
const TABLE = makeTable(SMALL, { firstDiscountBps: 1_000n, lastDiscountBps: 9_000n })
const FLAGGED = NOW + 50n
const OPENS = FLAGGED + TABLE.grace

/** Ten lots long at 1,000, with 1,900 of equity where 2,000 are at risk. */
const SHORT_OF_MARGIN: AccountOptions = {
  cash: -8_100n,
  positions: { 0: { size: 10n, openBuy: 3n } },
  flaggedAt: FLAGGED,
}

interface Setting {
  readonly victim?: AccountOptions
  readonly bidder?: AccountOptions
  readonly house?: AccountOptions
  readonly table?: RiskTable
  readonly context?: Partial<TakeoverContext>
  readonly bid?: Partial<Bid>
}

function takeOver({ victim, bidder, house, table = TABLE, context, bid }: Setting = {}) {
  const accounts = {
    0: makeAccount(SMALL, house),
    [VICTIM]: makeAccount(SMALL, { ...SHORT_OF_MARGIN, ...victim }),
    [BIDDER]: makeAccount(SMALL, bidder),
  }
  const state = makeState(SMALL, accounts)
  const full: TakeoverContext = {
    ...{ timestamp: OPENS, domain: DOMAIN, riskTable: table, resumedAt: 0n },
    ...context,
  }
  const signed = signBid(
    {
      ...{ victim: VICTIM, bidder: BIDDER, held: heldBy(accounts[VICTIM]!) },
      ...{ price: 1_900n, nonce: 1n, expiry: LATER },
      ...bid,
    },
    DOMAIN,
    PRIVATE_KEY,
  )
  return applyTakeover(state, signed, full)
}

function refused(reason: string, setting: Setting): void {
  assert.throws(
    () => takeOver(setting),
    (error: Error & { code: string; details: { reason?: string } }) => {
      assert.equal(error.code, 'BATCH_UNPROVABLE', error.message)
      assert.equal(error.details.reason, reason, error.message)
      return true
    },
  )
}

suite('a takeover', () => {
  test('passes the portfolio and all collateral to the bidder, and leaves the victim its price, keys, status and open lots', () => {
    const { after, subsidy } = takeOver({
      victim: { others: [7n], cash: -8_121n, nonce: 4n },
      bidder: { others: [2n], cash: 50_000n, positions: { 0: { size: -4n }, 1: { size: 5n } } },
      bid: { price: 1_800n },
    })
    const [victim, bidder] = [VICTIM, BIDDER].map((index) => accountAt(after, index)!) as [Account, Account]
    assert.deepEqual(victim.collateral, [1_800n, 0n])
    assert.deepEqual([victim.flaggedAt, victim.nonce], [FLAGGED, 4n])
    assert.deepEqual(victim.positions[0], { size: 0n, fundingIndex: 0n, openBuy: 3n, openSell: 0n })
    assert.deepEqual(bidder.collateral, [50_000n - 8_121n - 1_800n, 9n])
    assert.deepEqual(
      bidder.positions.map(({ size }) => size),
      [6n, 5n, 0n, 0n],
    )
    assert.equal(bidder.nonce, 1n)
    assert.equal(subsidy, 0n)
  })

  test('lowers open interest by what victim and bidder held against each other', () => {
    const { before, after } = takeOver({
      bidder: { cash: 50_000n, positions: { 0: { size: -4n }, 1: { size: -5n } } },
      bid: { price: 1_800n },
    })
    assert.deepEqual(
      [before.openInterest, after.openInterest].map((lots) => lots.slice(0, 2)),
      [
        [14n, 5n],
        [6n, 5n],
      ],
    )
  })

  test('realises the funding of both, in every market', () => {
    const table = { ...TABLE, markets: TABLE.markets.map((m, i) => ({ ...m, fundingIndex: BigInt(3 * i - 2) })) }
    const { after } = takeOver({
      table,
      victim: { cash: -8_200n, positions: { 0: { size: 10n, fundingIndex: 1n }, 2: { size: -1n } } },
      bidder: { cash: 100_000n, positions: { 1: { size: 5n, fundingIndex: -9n } } },
      bid: { price: 800n },
    })
    const [victim, bidder] = [VICTIM, BIDDER].map((index) => accountAt(after, index)!) as [Account, Account]
    for (const { positions } of [victim, bidder]) {
      assert.deepEqual(
        positions.map(({ fundingIndex }) => fundingIndex),
        [-2n, 1n, 4n, 7n],
      )
    }
    // 10 * (1 + 2) + -1 * (0 - 4), and 5 * (-9 - 1)
    assert.equal(bidder.collateral[0], 100_000n - 8_200n + 34n - 50n - 800n)
  })

  test('moves no lot, no collateral and no quantum but between victim, bidder and house', () => {
    for (const [cash, price] of [
      [-9_000n, 1_000n],
      [-10_009n, 0n],
      [-10_010n, -1n],
      [-12_000n, -1_991n],
      [-12_000n, -2_500n],
    ] as const) {
      const { before, after } = takeOver({
        victim: { cash, others: [3n] },
        bid: { price },
        context: { timestamp: OPENS + 200n },
      })
      const total = (state: State, of: (account: Account) => bigint) =>
        [0, VICTIM, BIDDER].reduce((sum, index) => sum + of(accountAt(state, index)!), 0n)
      for (const of of [
        (a: Account) => a.collateral[0]!,
        (a: Account) => a.collateral[1]!,
        (a: Account) => a.positions[0]!.size,
      ]) {
        assert.equal(total(after, of), total(before, of))
      }
    }
  })
})

suite('the auction', () => {
  test('opens a grace after the flag, and closes when it has lasted: not a second before, and not a second after', () => {
    refused('AUCTION', { context: { timestamp: OPENS - 1n } })
    takeOver({ context: { timestamp: OPENS } })
    takeOver({ context: { timestamp: OPENS + TABLE.auction } })
    refused('AUCTION', { context: { timestamp: OPENS + TABLE.auction + 1n } })
  })

  test('begins anew where the guardian paused the venue meanwhile, and not where the pause was before the flag', () => {
    for (const [resumedAt, opens] of [
      [FLAGGED - 1n, OPENS],
      [FLAGGED + 30n, OPENS + 30n],
    ] as const) {
      refused('AUCTION', { context: { timestamp: opens - 1n, resumedAt } })
      assert.equal(takeOver({ context: { timestamp: opens, resumedAt } }).opens, opens)
      takeOver({ context: { timestamp: opens + TABLE.auction, resumedAt } })
      refused('AUCTION', { context: { timestamp: opens + TABLE.auction + 1n, resumedAt } })
    }
  })

  test('asks for the fair price less a part of the risk that rises by the second, rounded up', () => {
    const victim = makeAccount(SMALL, SHORT_OF_MARGIN)
    assert.equal(fairPrice(victim, TABLE), 1_900n)
    assert.equal(portfolioRisk(victim, TABLE), 2_000n)
    // 1,000 bps and 9,000 bps of 2,000, and 40 bps a second between
    for (const [elapsed, least] of [
      [0n, 1_700n],
      [1n, 1_692n],
      [100n, 900n],
      [200n, 100n],
    ] as const) {
      assert.equal(leastPrice(victim, TABLE, elapsed), least)
      const context = { timestamp: OPENS + elapsed }
      takeOver({ context, bid: { price: least } })
      refused('PRICE', { context, bid: { price: least - 1n } })
    }
    const odd = { ...TABLE, firstDiscountBps: 1n, lastDiscountBps: 2n }
    assert.equal(leastPrice(victim, odd, 0n), 1_900n)
    assert.equal(leastPrice({ ...victim, collateral: [-8_100n, 1n] }, odd, 0n), 1_903n)
  })

  test('counts collateral without a haircut as fair and the haircut as risk, and open orders as none', () => {
    const collateral = { cash: -8_400n, others: [100n] }
    const victim = makeAccount(SMALL, { ...SHORT_OF_MARGIN, ...collateral })
    assert.equal(scaledEquity(victim, TABLE), 10_000n * 1_600n + 100n * 3n * 9_000n)
    assert.equal(fairPrice(victim, TABLE), 1_900n)
    // of the risk of 2,000, and of 30 that the weight takes, 1,000 bps
    takeOver({ victim: collateral, bid: { price: 1_697n } })
    refused('PRICE', { victim: collateral, bid: { price: 1_696n } })
    const whole = { ...TABLE, lastDiscountBps: 10_000n }
    assert.equal(leastPrice({ ...victim, collateral: [-6_000n, 100n] }, whole, whole.auction), 4_270n - 2_000n)
  })

  test('lets nobody pay more than the account is worth, nor get less than what it owes', () => {
    const context = { timestamp: OPENS + TABLE.auction }
    for (const cash of [-8_100n, -10_000n, -10_001n, -10_500n]) {
      const fair = 10_000n + cash
      takeOver({ victim: { cash }, context, bid: { price: fair } })
      refused('PRICE', { victim: { cash }, context, bid: { price: fair + 1n } })
    }
  })

  test('takes no bid at a price at which the account is worth less than it, above 0 or below', () => {
    const context = { timestamp: OPENS + TABLE.auction }
    const lower = (by: bigint) => ({
      ...TABLE,
      markets: TABLE.markets.map((m) => ({
        ...m,
        mark: m.mark - by,
        scenarioPrices: m.scenarioPrices.map((p) => p - by),
      })),
    })
    for (const [cash, price] of [
      [-8_300n, 1_700n],
      [-10_300n, -300n],
    ] as const) {
      takeOver({ victim: { cash }, context, table: lower(0n), bid: { price } })
      refused('PRICE', { victim: { cash }, context, table: lower(1n), bid: { price } })
    }
  })

  test('is to be had for nothing, but not for money of the house, until the account is worth less than 0', () => {
    const context = { timestamp: OPENS + TABLE.auction }
    for (const [cash, least] of [
      [-9_999n, 0n],
      [-10_000n, 0n],
      [-10_001n, -1_801n],
    ] as const) {
      takeOver({ victim: { cash }, context, bid: { price: least } })
      refused('PRICE', { victim: { cash }, context, bid: { price: least - 1n } })
    }
  })
})

suite('the victim', () => {
  test('is flagged, and neither the house nor the bidder', () => {
    refused('NOT_FLAGGED', { victim: { flaggedAt: 0n } })
    refused('ACCOUNTS', { bid: { victim: 0 } })
    refused('ACCOUNTS', { bid: { victim: BIDDER } })
    refused('ACCOUNTS', { bid: { bidder: 0 } })
    refused('UNKNOWN_ACCOUNT', { bid: { victim: 9 } })
  })

  test('fails maintenance, were all its orders cancelled, at this table: by one quantum', () => {
    takeOver({ victim: { cash: -8_001n } })
    refused('MARGIN', { victim: { cash: -8_000n } })
    refused('MARGIN', { victim: { cash: -8_000n, positions: { 0: { size: 10n, openBuy: 1_000n } } } })
  })

  test('may hold nothing but collateral that its debt outgrew', () => {
    const loan = { cash: -2_701n, others: [1_000n], positions: {} }
    // worth 3,000, of which 300 are no margin; 1,000 bps of these below that
    takeOver({ victim: loan, bid: { price: 269n } })
    refused('PRICE', { victim: loan, bid: { price: 268n } })
    refused('MARGIN', { victim: { ...loan, cash: -2_700n } })
    refused('MARGIN', { victim: { cash: 0n, positions: {} } })
  })

  test('holds nothing in a sheltered market', () => {
    const table = (phase: bigint, market: number) => ({
      ...TABLE,
      markets: TABLE.markets.map((m, i) => (i === market ? { ...m, phase } : m)),
    })
    refused('SHELTERED', { table: table(PHASES.SHELTERED, 0) })
    takeOver({ table: table(PHASES.SHELTERED, 1) })
    takeOver({ table: table(PHASES.SETTLED, 0) })
  })

  test('holds what the bid says, whatever else of it changes and whether its funding was realised or not', () => {
    refused('HELD', { bid: { held: 5n } })
    const held = heldBy(makeAccount(SMALL, SHORT_OF_MARGIN))
    const open = { positions: { 0: { size: 10n, openSell: 4n } } }
    for (const victim of [{ nonce: 7n }, { suspended: true }, { viewKey: 3n }, open])
      takeOver({ victim, bid: { held } })
    for (const victim of [{ cash: -8_101n }, { others: [1n] }, { positions: { 0: { size: 11n } } }]) {
      refused('HELD', { victim, bid: { held } })
    }
    const realised = { cash: -8_100n - 30n, positions: { 0: { size: 10n, fundingIndex: 3n } } }
    takeOver({ victim: realised, bid: { held } })
  })

  test('cannot be had by a table that does not serve', () => {
    for (const asOf of [NOW - 10_000n, OPENS + 1n]) refused('STALE', { table: { ...TABLE, asOf } })
  })
})

suite('the bidder', () => {
  test('signed the bid, with a nonce above its own, and not in vain', () => {
    refused('OLD_NONCE', { bidder: { nonce: 1n } })
    refused('EXPIRED', { bid: { expiry: OPENS - 1n } })
    takeOver({ bid: { expiry: OPENS } })
    refused('BAD_SIGNATURE', { context: { domain: DOMAIN + 1n } })
  })

  test('is not barred, and has a view key', () => {
    refused('BARRED', { bidder: { suspended: true } })
    refused('BARRED', { bidder: { flaggedAt: 5n } })
    refused('VIEW_KEY', { bidder: { viewKey: 0n } })
  })

  test('meets initial margin afterwards, its open orders included: by one quantum', () => {
    // 10 lots: 2,400 at 12,000 bps; equity 1,900 of the victim's and its own cash, less the price
    const price = 1_700n
    takeOver({ bidder: { cash: 500n + price }, bid: { price } })
    refused('BIDDER_MARGIN', { bidder: { cash: 499n + price }, bid: { price } })
    refused('BIDDER_MARGIN', { bidder: { cash: 500n + price, positions: { 1: { openBuy: 1n } } }, bid: { price } })
  })

  test('could not come beyond maxPosition on the side of what it takes over; the other side and other markets do not matter', () => {
    const limit = TABLE.markets[0]!.maxPosition
    const at = (size: bigint, openBuy: bigint, openSell = 0n) => ({
      bidder: { cash: 1n << 60n, positions: { 0: { size, openBuy, openSell } } },
    })
    const rich = { ...TABLE, markets: TABLE.markets.map((m) => ({ ...m, longRisk: 1n, shortRisk: 1n })) }
    takeOver({ ...at(-limit, limit - 10n + limit), table: rich })
    refused('POSITION', { ...at(-limit, limit - 9n + limit), table: rich })
    takeOver({ ...at(-limit - 5n, 0n, 7n), table: rich })
    takeOver({ bidder: { positions: { 1: { size: 0n, openBuy: 2n * limit } } }, table: rich })
    // a limit that was lowered meanwhile lets nobody escape
    const lowered = { ...rich, markets: rich.markets.map((m) => ({ ...m, maxPosition: 3n })) }
    takeOver({ ...at(0n, 0n), table: lowered })
    refused('POSITION', { ...at(1n, 0n), table: lowered })
    refused('POSITION', { ...at(0n, 1n), table: lowered })
  })
})

suite('the house', () => {
  const deep: Setting = { victim: { cash: -13_000n }, context: { timestamp: OPENS + TABLE.auction } }

  test('and the bidder hold nothing in a sheltered market, the house where it pays', () => {
    const table = { ...TABLE, markets: TABLE.markets.map((m, i) => (i === 1 ? { ...m, phase: PHASES.SHELTERED } : m)) }
    const long = { positions: { 1: { size: 1n } } }
    takeOver({ table })
    refused('SHELTERED', { table, bidder: long })
    takeOver({ table, house: long })
    takeOver({ ...deep, table, bid: { price: -4_800n } })
    refused('SHELTERED', { ...deep, table, bid: { price: -4_800n }, house: long })
  })

  test('pays what the price is below 0, at most by the schedule', () => {
    // fair -3,000, less 9,000 bps of 2,000
    const { after, subsidy } = takeOver({ ...deep, bid: { price: -4_800n } })
    assert.equal(subsidy, 4_800n)
    assert.equal(accountAt(after, 0)!.collateral[0], 1_000_000_000n - 4_800n)
    assert.equal(accountAt(after, BIDDER)!.collateral[0], 1_000_000_000n - 13_000n + 4_800n)
    assert.deepEqual(accountAt(after, VICTIM)!.collateral, [0n, 0n])
    refused('PRICE', { ...deep, bid: { price: -4_801n } })
  })

  test('pays out of cash that it has, and meets initial margin afterwards', () => {
    const bid = { price: -4_800n }
    takeOver({ ...deep, bid, house: { cash: 4_800n } })
    refused('HOUSE', { ...deep, bid, house: { cash: 4_799n, others: [1_000_000n] } })
    const long = { positions: { 0: { size: 1n } } }
    // one lot: equity 1,000, and 240 to be met
    takeOver({ ...deep, bid, house: { cash: 4_800n, ...long } })
    const riskier = { positions: { 0: { size: 1n }, 1: { openBuy: 3n } } }
    refused('HOUSE', { ...deep, bid, house: { cash: 4_800n, ...riskier } })
  })

  test('is not touched where the price is not below 0, whatever its margin', () => {
    const { touched } = takeOver({ house: { cash: -5n } })
    assert.deepEqual(
      touched.map(({ index }) => index),
      [VICTIM, BIDDER],
    )
  })
})

test('every flagged account below maintenance without a position in a sheltered market can be had by a bidder with enough margin, and no other', () => {
  const seen = new Set<string>()
  const property = fc.property(
    arbitraryRiskTable(SMALL),
    arbitraryAccount(SMALL),
    fc.bigInt(0n, 1n << 20n),
    (random, account, late) => {
      const { grace, auction } = random
      const table = { ...random, maxAge: 1n << 22n }
      const elapsed = late % (auction + 1n)
      const victim = { ...account, flaggedAt: NOW, suspended: false }
      const timestamp = NOW + grace + elapsed
      const bidder = makeAccount(SMALL, { cash: (1n << 80n) - 1n - (1n << 78n) })
      const roomy = {
        ...table,
        markets: table.markets.map((m) => ({ ...m, maxPosition: (1n << 55n) - 1n })),
      }
      const accounts = { 0: makeAccount(SMALL, { cash: (1n << 80n) - 1n }), [VICTIM]: victim, [BIDDER]: bidder }
      const price = leastPrice(victim, roomy, elapsed)
      const bid = {
        victim: VICTIM,
        bidder: BIDDER,
        held: heldBy(victim),
        price,
        nonce: 1n,
        expiry: timestamp,
      }
      fc.pre(isInt(price, BITS.collateral))
      const bare = { ...victim, positions: victim.positions.map((p) => ({ ...p, openBuy: 0n, openSell: 0n })) }
      const fails = !meetsMargin(bare, roomy, BASIS_POINTS)
      assert.equal(
        fails,
        excesses(bare, roomy, BASIS_POINTS).some((excess) => excess < 0n),
      )
      const take = () =>
        applyTakeover(makeState(SMALL, accounts), signBid(bid, DOMAIN, PRIVATE_KEY), {
          ...{ timestamp, domain: DOMAIN, riskTable: roomy, resumedAt: 0n },
        })
      const isSheltered = victim.positions.some(
        ({ size }, m) => size !== 0n && roomy.markets[m]!.phase === PHASES.SHELTERED,
      )
      seen.add(isSheltered ? 'sheltered' : fails ? 'fails' : 'meets')
      if (!fails || isSheltered) return assert.throws(take, { code: 'BATCH_UNPROVABLE' })
      assert.deepEqual(auctionOf(victim, roomy, 0n).opens + elapsed, timestamp)
      try {
        const { after } = take()
        assert.ok(meetsMargin(accountAt(after, BIDDER)!, roomy, roomy.initialMarginBps))
        seen.add('taken over')
      } catch (error) {
        // no bidder, and no house, of the width of cash has enough
        const { reason } = (error as { details: { reason?: string } }).details
        assert.ok(['BIDDER_MARGIN', 'HOUSE', 'WIDTH'].includes(reason!), reason)
        seen.add('too large')
      }
    },
  )
  fc.assert(property, { seed: 3, numRuns: 150 })
  for (const what of ['sheltered', 'fails', 'meets', 'taken over']) assert.ok(seen.has(what), [...seen].join('; '))
})
