import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { DELEVERAGE_TABLE, DELEVERAGE_VENUE, FLAGGED_AT, OPENS, withMarket } from '../../../lab/instances/deleverage.ts'
import { type AccountOptions, DOMAIN, makeAccount, makeState, NOW } from '../../../lab/instances/model.ts'
import { type DeleverageOptions, deleverageAccount } from '../../../protocol/deleverage/choose.ts'
import { applyDeleveraging } from '../../../protocol/deleverage/deleverage.ts'
import { deficitOf, leverageScore, lotsOf } from '../../../protocol/deleverage/price.ts'
import { min } from '../../../protocol/numbers.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { openInterestOf, type State, stateRoot } from '../../../protocol/state.ts'
import { fairPrice } from '../../../protocol/takeover/auction.ts'
import type { TakeoverContext } from '../../../protocol/takeover/pass.ts'
import { arbitraryBankruptcy } from '../../support/deleveragings.ts'

const VICTIM = 5
const CONTEXT: TakeoverContext = { timestamp: OPENS, domain: DOMAIN, riskTable: DELEVERAGE_TABLE, resumedAt: 0n }

/** Ten lots long at 1,000 with 12,000 owed, and a house that has next to nothing. */
function stateOf(others: Readonly<Record<number, AccountOptions>>, victim: AccountOptions = {}): State {
  const bankrupt = { cash: -12_000n, flaggedAt: FLAGGED_AT, positions: { 0: { size: 10n } }, ...victim }
  const options = { 0: { cash: 1n }, [VICTIM]: bankrupt, ...others }
  const accounts = Object.entries(options).map(([index, one]) => [index, makeAccount(DELEVERAGE_VENUE, one)] as const)
  const made = makeState(DELEVERAGE_VENUE, Object.fromEntries(accounts))
  return {
    ...made,
    openInterest: openInterestOf(
      accounts.map(([, one]) => one),
      DELEVERAGE_VENUE,
    ),
  }
}

const short = (size: bigint, cash: bigint): AccountOptions => ({ cash, positions: { 0: { size: -size } } })

function closed(state: State, options: Partial<DeleverageOptions> = {}, context = CONTEXT) {
  const { made, end, passedOver } = deleverageAccount(state, VICTIM, context, { mayPay: 0n, ...options })
  return {
    closings: made.map(({ closing }) => [closing.counterparty, closing.market, closing.lots]),
    end: end?.reason,
    passedOver: passedOver.map(({ counterparty, reason }) => [counterparty, reason]),
    after: made.at(-1)?.after,
  }
}

suite('closing lots of a bankrupt account', () => {
  test('goes by the score: who has most at stake for what it has comes first, then whoever is next', () => {
    const state = stateOf({ 2: short(4n, 50_000n), 3: short(4n, 20_000n), 7: short(4n, 30_000n) })
    const { closings, end, after } = closed(state)
    assert.deepEqual(closings, [
      [3, 0, 4n],
      [7, 0, 4n],
      [2, 0, 2n],
    ])
    assert.equal(end, 'SOLVENT')
    assert.equal(deficitOf(after!.accounts.get(VICTIM)!, DELEVERAGE_TABLE), 0n)
    assert.deepEqual(closed(state, { most: 1 }), {
      closings: [[3, 0, 4n]],
      end: undefined,
      passedOver: [],
      after: closed(state, { most: 1 }).after,
    })
  })

  test('passes over whoever misses initial margin, is worth nothing or holds what is sheltered, and says so', () => {
    const state = stateOf({
      2: short(4n, 50_000n),
      3: short(10n, 9_000n),
      7: { cash: 90_000n, positions: { 0: { size: -10n }, 2: { size: 1n } } },
      8: short(4n, 4_100n),
      9: { cash: 90_000n, positions: { 0: { size: 4n } } },
    })
    const context = { ...CONTEXT, riskTable: withMarket(2, { phase: PHASES.SHELTERED }) }
    const { closings, end, passedOver } = closed(state, { market: 0 }, context)
    assert.deepEqual(passedOver.toSorted(), [
      [3, 'EQUITY'],
      [7, 'SHELTERED'],
      [8, 'MARGIN'],
    ])
    assert.deepEqual([closings, end], [[[2, 0, 4n]], 'NOBODY'])
    const none = stateOf({ 3: short(10n, 9_000n) })
    assert.deepEqual(closed(none), { closings: [], end: 'NOBODY', passedOver: [[3, 'EQUITY']], after: undefined })
    assert.equal(closed(stateOf({ 3: { cash: 5n } })).end, 'NOBODY')
    assert.equal(closed(state, { market: 1 }, context).end, 'NOBODY')
  })

  test('closes as many lots as the counterparty can pay for, where its hedge makes all too many', () => {
    // Its short position in market 0 hedges the long one in market 1: without it, it has not margin enough for that.
    const hedged = { cash: 3_000n, positions: { 0: { size: -10n }, 1: { size: 10n } } }
    const state = stateOf({ 2: hedged })
    const [[, , lots]] = closed(state).closings as [[number, number, bigint]]
    const at = (some: bigint) => () => {
      return applyDeleveraging(state, { victim: VICTIM, counterparty: 2, market: 0, lots: some }, CONTEXT)
    }
    assert.ok(lots > 0n && lots < 10n, `${lots}`)
    at(lots)()
    assert.throws(at(lots + 1n), { details: { reason: 'MARGIN' } })
  })

  test('ends where the house has and may pay what a bidder may ask, to the quantum', () => {
    const state = stateOf({ 0: { cash: 100_000n }, 2: short(10n, 50_000n) })
    const { asked, houseFails } = applyDeleveraging(
      state,
      { victim: VICTIM, counterparty: 2, market: 0, lots: 1n },
      CONTEXT,
    )
    assert.equal(houseFails, false)
    assert.deepEqual([closed(state, { mayPay: asked }).end, closed(state, { mayPay: asked }).closings], ['HOUSE', []])
    assert.equal(closed(state, { mayPay: asked - 1n }).closings.length, 1)
    // A house that fails may be allowed anything.
    assert.equal(closed(stateOf({ 2: short(10n, 50_000n) }), { mayPay: 1n << 90n }).closings.length, 1)
  })

  test('is not for an account that is not flagged, whose auction is not open, or that owes no more than it has', () => {
    const others = { 2: short(10n, 50_000n) }
    const ends = (victim: AccountOptions, context: Partial<TakeoverContext> = {}) => {
      return closed(stateOf(others, victim), {}, { ...CONTEXT, ...context }).end
    }
    assert.equal(ends({ flaggedAt: 0n }), 'NOT_FLAGGED')
    assert.equal(ends({}, { timestamp: OPENS - 1n }), 'AUCTION')
    assert.equal(ends({ cash: -10_000n }), 'SOLVENT')
    assert.equal(ends({}, { timestamp: NOW + DELEVERAGE_TABLE.maxAge + 1n }), 'STALE')
    for (const [victim, reason] of [
      [0, 'ACCOUNTS'],
      [14, 'UNKNOWN_ACCOUNT'],
    ] as const) {
      assert.equal(deleverageAccount(stateOf(others), victim, CONTEXT, { mayPay: 0n }).end?.reason, reason)
    }
  })

  test('passes nobody over who has a higher score and could be closed against, and leaves nobody who could be', () => {
    const seen = { made: 0, passed: 0 }
    fc.assert(
      fc.property(arbitraryBankruptcy(DELEVERAGE_VENUE, DOMAIN), ({ state, context, closing: { victim } }) => {
        const { made, state: last, end } = deleverageAccount(state, victim, context, { mayPay: 0n, most: 5 })
        const isPossible = (at: State, counterparty: number, market: number) => {
          const [one, other] = [victim, counterparty].map((i) => lotsOf(at.accounts.get(i)!.positions[market]!.size))
          return [1n, min(one!, other!)].some((lots) => {
            try {
              return applyDeleveraging(at, { victim, counterparty, market, lots }, context) !== undefined
            } catch {
              return false
            }
          })
        }
        const ways = (at: State) => {
          return [...at.accounts.entries()].flatMap(([counterparty, account]) =>
            context.riskTable.markets.flatMap((_, market) => {
              if (fairPrice(account, context.riskTable) <= 0n) return []
              const score = leverageScore(account, context.riskTable, market)
              return isPossible(at, counterparty, market) ? [{ counterparty, score }] : []
            }),
          )
        }
        let root = stateRoot(state)
        for (const { before, after, score } of made) {
          assert.equal(stateRoot(before), root)
          root = stateRoot(after)
          for (const other of ways(before)) assert.ok(other.score <= score)
          seen.made++
        }
        assert.equal(stateRoot(last), root)
        if (end?.reason === 'NOBODY') {
          assert.deepEqual(ways(last), [])
          seen.passed++
        }
      }),
      { numRuns: 60 },
    )
    assert.ok(seen.made > 10, JSON.stringify(seen))
  })
})
