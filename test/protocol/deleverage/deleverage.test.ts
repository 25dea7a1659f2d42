import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  COUNTERPARTY,
  DELEVERAGE_TABLE,
  DELEVERAGE_VENUE,
  DELEVERAGINGS,
  type DeleverageSetting,
  FLAGGED_AT,
  makeDeleveraging,
  OPENS,
  PARTLY_SETTLED,
  VICTIM,
  withMarket,
} from '../../../lab/instances/deleverage.ts'
import { DOMAIN, NOW, SMALL } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import { applyCashBatch } from '../../../protocol/cash-batch/cash-batch.ts'
import { applyDeleveraging } from '../../../protocol/deleverage/deleverage.ts'
import { deficitOf, lotsOf, notionalOf } from '../../../protocol/deleverage/price.ts'
import { deleveragingData, packDeleveragingData, unpackDeleveragingData } from '../../../protocol/deleverage/words.ts'
import { meetsMargin } from '../../../protocol/margin.ts'
import { max, min } from '../../../protocol/numbers.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { followDeleveraging } from '../../../protocol/recovery/follow.ts'
import { accountAt, openInterestOf, type State } from '../../../protocol/state.ts'
import { fairPrice, leastPrice } from '../../../protocol/takeover/auction.ts'
import { arbitraryBankruptcy, OTHER } from '../../support/deleveragings.ts'

function refused(reason: string, setting: DeleverageSetting): void {
  assert.throws(
    () => makeDeleveraging(setting),
    (error: Error & { code: string; details: { reason?: string } }) => {
      assert.equal(error.code, 'BATCH_UNPROVABLE', error.message)
      assert.equal(error.details.reason, reason, error.message)
      return true
    },
  )
}

const pair = (state: State) => [VICTIM, COUNTERPARTY].map((index) => accountAt(state, index!)!) as [Account, Account]
suite('a deleveraging', () => {
  test('closes lots of both at the mark and the share of the deficit that they are of all that the victim holds', () => {
    const { after, deficit, surcharge, score } = makeDeleveraging()
    const [victim, counterparty] = pair(after)
    // four of ten lots at 1,000, and 800 of the 2,000 that are missing
    assert.deepEqual([deficit, surcharge], [2_000n, 800n])
    assert.deepEqual(victim.positions[0], { size: 6n, fundingIndex: 0n, openBuy: 3n, openSell: 0n })
    assert.equal(victim.collateral[0], -12_000n + 4_800n)
    assert.equal(counterparty.positions[0]!.size, -16n)
    assert.equal(counterparty.collateral[0], 50_000n - 4_800n)
    // 20,000 at stake for 30,000
    assert.equal(score, 6_666n)
  })

  test('closes a short position with lots that the counterparty sells below the mark', () => {
    const { after, surcharge } = makeDeleveraging({
      victim: { cash: 9_000n, positions: { 0: { size: -10n } } },
      counterparty: { cash: 0n, positions: { 0: { size: 7n } } },
      closing: { lots: 7n },
    })
    const [victim, counterparty] = pair(after)
    assert.equal(surcharge, 700n)
    assert.deepEqual([victim.positions[0]!.size, victim.collateral[0]], [-3n, 9_000n - 6_300n])
    assert.deepEqual([counterparty.positions[0]!.size, counterparty.collateral[0]], [0n, 6_300n])
  })

  test('spreads the deficit by what positions are worth, whatever market it came from', () => {
    // 10,000 and 30,000; 4,000 are missing
    const victim = { cash: -44_000n, positions: { 0: { size: 10n }, 1: { size: 30n } } }
    const counterparty = { positions: { 0: { size: -10n }, 1: { size: -30n } } }
    for (const [market, lots, surcharge] of [
      [0, 10n, 1_000n],
      [1, 30n, 3_000n],
      [1, 1n, 100n],
    ] as const) {
      assert.equal(makeDeleveraging({ victim, counterparty, closing: { market, lots } }).surcharge, surcharge)
    }
  })

  test('asks for the same whether or not settled positions of the victim have been paid out', () => {
    const made = makeDeleveraging(PARTLY_SETTLED)
    const { before, closing, context } = made
    const sizes = { ...DELEVERAGE_VENUE, slots: 3 }
    const cash = {
      sizes,
      timestamp: OPENS,
      domain: DOMAIN,
      riskTable: context.riskTable,
      vault: [1n << 78n, 1n << 78n],
    }
    const paid = applyCashBatch(before, [{ kind: 'EXPIRE', account: VICTIM!, market: 1 }], cash).after
    assert.equal(accountAt(paid, VICTIM!)!.positions[1]!.size, 0n)
    const { deficit, surcharge } = applyDeleveraging(paid, closing, context)
    assert.deepEqual([deficit, surcharge], [made.deficit, made.surcharge])
    // four of the ten lots that can be closed, and so four tenths of the 2,000 that are missing
    assert.deepEqual([deficit, surcharge], [2_000n, 800n])
  })

  test('asks for no more than the lots are worth: what the victim owes beyond that stays owed', () => {
    const { after, deficit, surcharge } = DELEVERAGINGS[2]!()
    assert.deepEqual([deficit, surcharge], [21_000n, 10_000n])
    assert.equal(deficitOf(pair(after)[0], DELEVERAGE_TABLE), 11_000n)
  })

  test('asks for no more than an order of the lots reserves on the side of the counterparty, by a quantum', () => {
    // a share of 200 a lot
    const long = {
      victim: { cash: 8_000n, positions: { 0: { size: -10n } } },
      counterparty: { cash: 0n, positions: { 0: { size: 20n } } },
    }
    for (const [setting, side, other] of [
      [{}, 'shortRisk', 'longRisk'],
      [long, 'longRisk', 'shortRisk'],
    ] as const) {
      for (const [risk, surcharge] of [
        [200n, 800n],
        [199n, 796n],
        [1n, 4n],
      ] as const) {
        const table = withMarket(0, { [side]: risk, [other]: risk === 1n ? 500n : 1n })
        const made = makeDeleveraging({ ...setting, table })
        assert.equal(made.surcharge, surcharge)
        assert.equal(deficitOf(pair(made.after)[0], table), 2_000n - surcharge)
      }
    }
  })

  test('realises funding in the market that it closes in, and counts it everywhere', () => {
    const { before, after, context, surcharge } = DELEVERAGINGS[1]!()
    const [old, made] = [pair(before), pair(after)]
    const { mark, fundingIndex } = context.riskTable.markets[1]!
    for (const [i, account] of made.entries()) {
      assert.deepEqual(account.positions[0], old[i]!.positions[0])
      assert.deepEqual(account.positions[2], old[i]!.positions[2])
      assert.equal(account.positions[1]!.fundingIndex, fundingIndex)
    }
    // -7 * (-5 - 1) of funding; five lots bought at the mark, less the surcharge
    assert.equal(made[0].collateral[0], 8_000n + 42n - 5n * mark + surcharge)
    assert.equal(made[1].collateral[0], 3_000n + 50n + 5n * mark - surcharge)
  })

  test('takes lots away on both sides, and touches nobody but the two', () => {
    const { before, after, touched } = makeDeleveraging()
    assert.deepEqual(before.openInterest, [30n, 0n, 0n])
    assert.deepEqual(after.openInterest, [22n, 0n, 0n])
    assert.deepEqual(
      touched.map(({ index }) => index),
      [COUNTERPARTY, VICTIM],
    )
  })

  test('tells whether the house could have paid: by a quantum of cash, and of initial margin', () => {
    assert.equal(makeDeleveraging({ house: { cash: 1_999n } }).houseFails, true)
    assert.equal(makeDeleveraging({ house: { cash: 2_000n } }).houseFails, false)
    // one lot: 240 to be met with 1,000 of its own, less funding
    const long = (fundingIndex: bigint) => ({ house: { cash: 2_100n, positions: { 1: { size: 1n, fundingIndex } } } })
    assert.equal(makeDeleveraging(long(-860n)).houseFails, false)
    assert.equal(makeDeleveraging(long(-861n)).houseFails, true)
  })

  test('asks whether the house could have paid what a bidder may ask: the deficit, and the part of the risk that the auction has come to', () => {
    // 2,000 are missing, and 2,000 at risk, or 2,003 with a haircut of 3 on collateral of 30
    const haircut = { cash: -12_030n, others: [10n] }
    for (const [elapsed, victim, asked] of [
      [0n, {}, 2_000n],
      [1n, {}, 2_010n],
      [1n, haircut, 2_010n],
      [100n, haircut, 3_001n],
      [200n, {}, 4_000n],
      [200n, haircut, 4_003n],
    ] as const) {
      const setting = { victim, timestamp: OPENS + elapsed }
      const made = makeDeleveraging({ ...setting, house: { cash: asked - 1n } })
      assert.deepEqual([made.asked, made.houseFails], [asked, true])
      assert.equal(makeDeleveraging({ ...setting, house: { cash: asked } }).houseFails, false)
      const victimBefore = accountAt(made.before, VICTIM!)!
      assert.equal(leastPrice(victimBefore, made.context.riskTable, elapsed), -asked)
    }
  })

  test('says of a house with a size in a sheltered market nothing', () => {
    const house = { cash: 0n, positions: { 1: { size: -1n } } }
    assert.equal(makeDeleveraging({ house }).houseFails, true)
    assert.equal(makeDeleveraging({ house, table: withMarket(1, { phase: PHASES.SHELTERED }) }).houseFails, false)
  })

  test('has words that come back, and no others', () => {
    for (const make of DELEVERAGINGS) {
      const data = deleveragingData(make())
      assert.deepEqual(unpackDeleveragingData(packDeleveragingData(data)), data)
    }
    const words = packDeleveragingData(deleveragingData(makeDeleveraging()))
    const wide = [170n, 81n, 160n, 230n]
    for (const wrong of [words.slice(1), ...wide.map((bits, i) => words.with(6 + i, 1n << bits))]) {
      assert.throws(() => unpackDeleveragingData(wrong), { code: 'INPUT_INVALID' })
    }
  })
})

suite('owners', () => {
  test('follow both accounts by the words alone, and all others stay', () => {
    for (const make of DELEVERAGINGS) {
      const made = make()
      const data = unpackDeleveragingData(packDeleveragingData(deleveragingData(made)))
      for (const [index, before] of made.before.accounts.entries()) {
        assert.deepEqual(followDeleveraging(before, data, { index, viewKey: 1n }), accountAt(made.after, index))
      }
    }
  })

  test('see it where an account is not the one that the words are of', () => {
    const made = makeDeleveraging()
    const data = deleveragingData(made)
    for (const index of [VICTIM!, COUNTERPARTY!]) {
      const other = { ...accountAt(made.before, index)!, nonce: 9n }
      assert.throws(() => followDeleveraging(other, data, { index, viewKey: 1n }), { code: 'INPUT_INVALID' })
    }
  })
})

suite('the victim', () => {
  test('is flagged, and its auction is open: not a second before, and not a second after', () => {
    refused('NOT_FLAGGED', { victim: { flaggedAt: 0n } })
    for (const resumedAt of [0n, FLAGGED_AT + 30n]) {
      const opens = OPENS + (resumedAt === 0n ? 0n : 30n)
      refused('AUCTION', { timestamp: opens - 1n, resumedAt })
      assert.equal(makeDeleveraging({ timestamp: opens, resumedAt }).opens, opens)
      makeDeleveraging({ timestamp: opens + DELEVERAGE_TABLE.auction, resumedAt })
      refused('AUCTION', { timestamp: opens + DELEVERAGE_TABLE.auction + 1n, resumedAt })
    }
  })

  test('owes more than it has, collateral without a haircut and orders as none: by one quantum', () => {
    makeDeleveraging({ victim: { cash: -10_001n } })
    refused('SOLVENT', { victim: { cash: -10_000n } })
    makeDeleveraging({ victim: { cash: -10_031n, others: [10n] } })
    refused('SOLVENT', { victim: { cash: -10_030n, others: [10n] } })
    refused('SOLVENT', { victim: { cash: -10_000n, positions: { 0: { size: 10n, openBuy: 1_000n } } } })
  })

  test('has no size in a sheltered market, in none at all', () => {
    const table = withMarket(2, { phase: PHASES.SHELTERED })
    makeDeleveraging({ table })
    refused('SHELTERED', { table, victim: { cash: -15_000n, positions: { 0: { size: 10n }, 2: { size: 1n } } } })
    refused('SHELTERED', { table: withMarket(0, { phase: PHASES.SHELTERED }) })
  })

  test('is not the house, and not its own counterparty; all are accounts', () => {
    refused('ACCOUNTS', { closing: { victim: 0 } })
    refused('ACCOUNTS', { closing: { counterparty: 0 } })
    refused('ACCOUNTS', { closing: { counterparty: VICTIM! } })
    refused('UNKNOWN_ACCOUNT', { closing: { victim: 9 } })
    refused('UNKNOWN_ACCOUNT', { closing: { counterparty: 9 } })
  })

  test('cannot be deleveraged by a table that does not serve', () => {
    for (const asOf of [NOW - 10_000n, OPENS + 1n]) refused('STALE', { table: { ...DELEVERAGE_TABLE, asOf } })
  })
})

suite('the counterparty', () => {
  test('holds the lots on the other side, as the victim does on its own', () => {
    refused('LOTS', { closing: { lots: 0n } })
    refused('LOTS', { closing: { lots: -1n } })
    refused('LOTS', { closing: { lots: 11n } })
    refused('LOTS', { counterparty: { positions: { 0: { size: -3n } } } })
    refused('LOTS', { counterparty: { positions: { 0: { size: 20n } } } })
    refused('LOTS', { counterparty: { positions: {} } })
    refused('LOTS', { closing: { market: 1 } })
    refused('MARKET', { closing: { market: 3 } })
    makeDeleveraging({ closing: { lots: 10n } })
  })

  test('has no size in a sheltered market either', () => {
    const table = withMarket(1, { phase: PHASES.SHELTERED })
    refused('SHELTERED', { table, counterparty: { positions: { 0: { size: -20n }, 1: { size: -1n } } } })
  })

  test('is closed against in no settled market, nor in one whose lots are worth nothing together with all others', () => {
    refused('SETTLED', { table: withMarket(0, { phase: PHASES.SETTLED }) })
    refused('WORTHLESS', { table: withMarket(0, { mark: 0n, scenarioPrices: [0n, 0n, 0n] }), victim: { cash: -1n } })
  })

  test('meets initial margin afterwards, its open orders included unless it is suspended: by one quantum', () => {
    // sixteen lots left: 3,840 at 12,000 bps; cash less 4,800 and 16,000
    const cash = 4_800n + 16_000n + 3_840n
    makeDeleveraging({ counterparty: { cash } })
    refused('MARGIN', { counterparty: { cash: cash - 1n } })
    const positions = { 0: { size: -20n }, 1: { openSell: 1n } }
    refused('MARGIN', { counterparty: { cash, positions } })
    makeDeleveraging({ counterparty: { cash, positions, suspended: true } })
  })

  test('may be suspended or flagged: neither is a way out', () => {
    makeDeleveraging({ counterparty: { suspended: true } })
    makeDeleveraging({ counterparty: { flaggedAt: 7n } })
  })

  test('has something to pay with, and not next to nothing', () => {
    const free = withMarket(0, { mark: 1_000n, scenarioPrices: [1_000n, 1_000n, 1_000n] })
    const whole = { lots: 10n }
    const counterparty = { positions: { 0: { size: -10n } } }
    makeDeleveraging({ table: free, closing: whole, counterparty: { ...counterparty, cash: 12_000n } })
    refused('MARGIN', { table: free, closing: whole, counterparty: { ...counterparty, cash: 11_999n } })
    refused('EQUITY', { table: free, closing: whole, counterparty: { ...counterparty, cash: 10_000n } })
  })
})

/** All quanta of cash with the funding that positions still have coming, as protocol.md#exit sums them up. */
const quanta = ({ collateral, positions }: Account) =>
  positions.reduce((sum, { size, fundingIndex }) => sum + size * fundingIndex, collateral[0]!)

test('whatever is closed: nothing is made, none owes less than nothing, the chosen meet margin, and all pay one price', () => {
  const seen = { closed: 0, capped: 0, bound: 0, twice: 0, refusals: new Set<string>() }
  const property = fc.property(arbitraryBankruptcy(SMALL, DOMAIN), ({ state, context, closing }) => {
    const { riskTable } = context
    const attempt = (from: State, what: typeof closing) => {
      try {
        return applyDeleveraging(from, what, context)
      } catch (error) {
        seen.refusals.add((error as { details: { reason: string } }).details.reason)
        return undefined
      }
    }
    const made = attempt(state, closing)
    if (made === undefined) return
    const { market, lots, victim: index } = closing
    const accounts = (of: State) => [index, closing.counterparty].map((i) => accountAt(of, i)!) as [Account, Account]
    const [victim, counterparty] = accounts(made.before)
    const [poorer, other] = accounts(made.after)

    assert.equal(quanta(poorer) + quanta(other), quanta(victim) + quanta(counterparty))
    for (const m of victim.positions.keys()) {
      const size = (...some: Account[]) => some.reduce((sum, { positions }) => sum + positions[m]!.size, 0n)
      assert.equal(size(poorer, other), size(victim, counterparty))
    }
    const everybody = [...made.after.accounts.entries()].map(([, account]) => account)
    assert.deepEqual(made.after.openInterest, openInterestOf(everybody, SMALL))

    const [deficit, notional] = [deficitOf(victim, riskTable), notionalOf(victim, riskTable)]
    assert.equal(fairPrice(poorer, riskTable), -deficit + made.surcharge)
    const { mark, longRisk, shortRisk } = riskTable.markets[market]!
    const reserved = lots * (counterparty.positions[market]!.size > 0n ? longRisk : shortRisk)
    assert.ok(made.surcharge >= 0n && made.surcharge <= lots * mark && made.surcharge <= reserved)
    assert.ok(deficitOf(poorer, riskTable) >= max(0n, deficit - notional))
    const isBound = made.surcharge === reserved
    if (isBound) seen.bound++
    assert.ok(meetsMargin(other, riskTable, riskTable.initialMarginBps))
    for (const [before, after] of [
      [victim, poorer],
      [counterparty, other],
    ] as const) {
      assert.equal(lotsOf(before.positions[market]!.size) - lotsOf(after.positions[market]!.size), lots)
    }
    seen.closed++
    if (deficit > notional) seen.capped++

    // the next counterparty pays the same, to the quantum that was rounded away, or more, up to what its order reserves
    const rest = lotsOf(poorer.positions[market]!.size)
    const held = lotsOf(accountAt(state, OTHER!)!.positions[market]!.size)
    const more = { ...closing, counterparty: OTHER!, lots: min(rest, held) }
    const again = more.lots > 0n ? attempt(made.after, more) : undefined
    if (again === undefined) return
    const exact = more.lots * mark * min(deficit, notional)
    const isNextBound = again.surcharge * lots === more.lots * reserved
    assert.ok(isBound || again.surcharge * notional <= exact + notional)
    assert.ok(isNextBound || exact < (again.surcharge + 1n) * notional + notional)
    if (isBound || isNextBound) return
    seen.twice++
  })
  fc.assert(property, { seed: 11, numRuns: 600 })
  assert.ok(seen.closed > 150 && seen.capped > 20 && seen.bound > 10 && seen.twice > 20, JSON.stringify(seen))
})

test('a victim that is closed whole at prices below their bounds owes nothing, in whatever order and pieces: or what it owed beyond all that it held', () => {
  const property = fc.property(
    fc.array(fc.tuple(fc.bigInt(-9n, 9n), fc.bigInt(0n, 999n)), { minLength: 3, maxLength: 3 }),
    fc.bigInt(1n, 20_000n),
    fc.array(fc.tuple(fc.nat(2), fc.bigInt(1n, 9n)), { minLength: 30, maxLength: 30 }),
    (holdings, deficit, order) => {
      const table = {
        ...DELEVERAGE_TABLE,
        markets: DELEVERAGE_TABLE.markets.map((m, i) => {
          const mark = holdings[i]![1]
          return { ...m, mark, scenarioPrices: [mark, mark, mark], longRisk: mark, shortRisk: mark }
        }),
      }
      const positions = Object.fromEntries(holdings.map(([size], i) => [i, { size }]))
      const opposite = Object.fromEntries(holdings.map(([size], i) => [i, { size: -size }]))
      const worth = holdings.reduce((sum, [size, mark]) => sum + size * mark, 0n)
      const notional = holdings.reduce((sum, [size, mark]) => sum + lotsOf(size) * mark, 0n)
      fc.pre(notional > 0n)
      const setting = (state?: State) => ({
        table,
        victim: state === undefined ? { cash: -worth - deficit, positions } : given(accountAt(state, VICTIM!)!),
        counterparty:
          state === undefined ? { cash: 1_000_000n, positions: opposite } : given(accountAt(state, COUNTERPARTY!)!),
      })
      let state: State | undefined
      const sizes = holdings.map(([size]) => lotsOf(size))
      for (const [market, most] of [...order, ...sizes.map((lots, m) => [m, lots] as const)]) {
        const lots = min(most, sizes[market]!)
        const left = sizes.reduce((sum, some, m) => sum + some * holdings[m]![1], 0n)
        if (lots === 0n || left === 0n) continue
        if (state !== undefined && deficitOf(accountAt(state, VICTIM!)!, table) === 0n) break
        state = makeDeleveraging({ ...setting(state), closing: { market, lots } }).after
        sizes[market]! -= lots
      }
      assert.equal(deficitOf(accountAt(state!, VICTIM!)!, table), max(0n, deficit - notional))
    },
  )
  fc.assert(property, { seed: 2, numRuns: 100 })
})

const given = ({ collateral, positions }: Account) => ({ cash: collateral[0]!, positions: { ...positions } })
