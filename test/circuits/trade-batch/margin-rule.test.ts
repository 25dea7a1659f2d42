import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import { tracedGadget } from '../../../lab/dishonesty/traced-gadget.ts'
import { type Hints, MARGIN_RULE_ARGUMENTS, marginRuleInput } from '../../../lab/instances/margin-rule.ts'
import { makeAccount, makeTable, SMALL } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import { lossSpread, scaledNet, scenarioLoss } from '../../../protocol/margin.ts'
import { FIELD, max, toField } from '../../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../../protocol/parameters.ts'
import { type RiskTable, riskTableWords } from '../../../protocol/risk-table.ts'
import { closingBreaches, type MarginBatch, marginEvidence } from '../../../protocol/trade-batch/margin-rule.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../../support/arbitraries.ts'

const { markets: M, scenarios: S } = SMALL
const rule = await tracedGadget(`MarginRuleProbe-${MARGIN_RULE_ARGUMENTS.join('-')}`)

interface Change {
  readonly size: bigint
  readonly openBuy: bigint
  readonly openSell: bigint
  readonly cash: bigint
}

/** The account after a batch changed it in one market, funding realised. */
function changed(before: Account, market: number, change: Change, table: RiskTable): Account {
  const position = before.positions[market]!
  const { fundingIndex } = table.markets[market]!
  const funding = position.size * (position.fundingIndex - fundingIndex)
  const after = {
    size: position.size + change.size,
    fundingIndex,
    openBuy: position.openBuy + change.openBuy,
    openSell: position.openSell + change.openSell,
  }
  return {
    ...before,
    collateral: before.collateral.with(0, before.collateral[0]! + funding + change.cash),
    positions: before.positions.with(market, after),
  }
}

const INITIAL: Hints = { closing: 0n, scenario: 0n }

/** The scenario in which the portfolio loses most. */
function worstScenario(account: Account, table: RiskTable): number {
  const losses = table.markets[0]!.scenarioPrices.map((_, s) => scenarioLoss(account, table, s))
  return losses.indexOf(losses.reduce(max))
}

/** All that a prover may claim, with two of the scenarios: the one that was worst, and another. */
function claims(before: Account, table: RiskTable, other: number): Hints[] {
  const scenarios = [...new Set([worstScenario(before, table), other])].map(BigInt)
  const closing = scenarios.flatMap((scenario) => [0n, 1n].map((wasLarge) => ({ closing: 1n, scenario, wasLarge })))
  return [INITIAL, ...closing]
}

/** A little of everything: closing, opening, giving and receiving value. */
const change = fc.record({
  share: fc.nat(10),
  lots: fc.oneof(fc.constant(0n), fc.bigInt(-40n, 40n)),
  openBuy: fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, fc.bigInt(0n, 9n)),
  openSell: fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, fc.bigInt(0n, 9n)),
  price: fc.bigInt(-20n, 20n),
  fee: fc.bigInt(0n, 5n),
  leavesOrder: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
})

/** Accounts whose cash brings their net near nothing, where the rule's alternatives part. */
const nearNothing = fc.oneof(fc.constant(0n), fc.bigInt(-100_000n, 100_000n), fc.bigInt(-(1n << 40n), 1n << 40n))

suite('rule 4 by itself', () => {
  const opens = { openBuy: 0n, openSell: 0n }

  /** The least cash from trades with which the change is legal. */
  function leastCash(before: Account, size: bigint, batch: MarginBatch): bigint {
    const { market, table } = batch
    const legal = (cash: bigint) =>
      marginEvidence(before, changed(before, market, { size, ...opens, cash }, table), batch)
    let [short, enough] = [-(1n << 40n), 1n << 40n]
    assert.ok(legal(short) === undefined && legal(enough) !== undefined)
    while (enough - short > 1n) {
      const middle = (short + enough) / 2n
      if (legal(middle) === undefined) short = middle
      else enough = middle
    }
    return enough
  }

  /** Some claim is accepted with that cash, and none with a quantum less. */
  function assertLeast(before: Account, size: bigint, batch: MarginBatch, least: bigint): void {
    const { market, table } = batch
    const accepts = (cash: bigint, hints: Hints) => {
      const after = changed(before, market, { size, ...opens, cash }, table)
      return rule.evaluate(marginRuleInput(before, after, batch, cash, hints)).accepted
    }
    assert.ok(claims(before, table, 0).some((hints) => accepts(least, hints)))
    for (let scenario = 0; scenario < S; scenario++) {
      for (const hints of claims(before, table, scenario)) assert.ok(!accepts(least - 1n, hints))
    }
  }

  for (const [from, to, alternative] of [
    [-10n, -7n, 'closing'],
    [-7n, 0n, 'closing'],
    [9n, 7n, 'closing'],
    [-7n, -10n, 'initial'],
    [4n, -3n, 'initial'],
    [-3n, 4n, 'initial'],
    [7n, 10n, 'initial'],
  ] as const) {
    test(`the minimum of short options counts before and after, to the quantum: ${from} lots to ${to}`, () => {
      const table = makeTable(SMALL, { initialMarginBps: 15_000n }, { shortOptionMinimum: 90n, fundingIndex: 3n })
      const others = { 0: { size: 2n }, 3: { size: -5n } }
      const account = makeAccount(SMALL, { positions: { ...others, 1: { size: from, fundingIndex: 3n } } })
      const before = balanced(account, table, 150n)
      const batch = { table, market: 1, leavesOrder: false }
      const least = leastCash(before, to - from, batch)
      const after = changed(before, 1, { size: to - from, ...opens, cash: least }, table)
      assert.equal(marginEvidence(before, after, batch)!.rule, alternative)
      assertLeast(before, to - from, batch, least)
    })
  }

  for (const [from, to, alternative] of [
    [10n, 7n, 'closing'],
    [-10n, -7n, 'closing'],
    [-7n, -4n, 'closing'],
    [9n, 5n, 'closing'],
    [9n, 0n, 'closing'],
    [5n, 3n, 'closing'],
    [4n, 6n, 'initial'],
    [-3n, 9n, 'initial'],
    [7n, -10n, 'initial'],
  ] as const) {
    test(`what lots beyond 5 add counts before and after, to the quantum: ${from} lots to ${to}`, () => {
      const table = makeTable(SMALL, { initialMarginBps: 15_000n }, { largeLots: 5n, largeRisk: 90n, band: 400n })
      const others = { 3: { size: from < 0n ? -8n : 8n } } // below initial margin with none of the lots, too
      const account = makeAccount(SMALL, { positions: { ...others, 1: { size: from } } })
      const before = balanced(account, table, 900n)
      const batch = { table, market: 1, leavesOrder: false }
      const least = leastCash(before, to - from, batch)
      const after = changed(before, 1, { size: to - from, ...opens, cash: least }, table)
      assert.equal(marginEvidence(before, after, batch)!.rule, alternative)
      assertLeast(before, to - from, batch, least)
    })
  }

  test('a position said to be large that is not, or not to be large that is, lets an account do less', () => {
    const table = makeTable(SMALL, {}, { largeLots: 5n, largeRisk: 90n, band: 300n, scenarioPrices: shock(-20n) })
    const batch = { table, market: 1, leavesOrder: false }
    for (const [size, honest] of [
      [7n, 1n],
      [4n, 0n],
    ] as const) {
      const others = { 3: { size: 20n } } // below initial margin with none of the lots, too
      const before = balanced(makeAccount(SMALL, { positions: { ...others, 1: { size } } }), table, 1_000n)
      const cash = leastCash(before, -1n, batch)
      const input = (wasLarge: bigint) => {
        const after = changed(before, 1, { size: -1n, ...opens, cash }, table)
        const scenario = BigInt(worstScenario(before, table))
        return marginRuleInput(before, after, batch, cash, { closing: 1n, scenario, wasLarge })
      }
      assert.ok(rule.evaluate(input(honest)).accepted)
      assertBreaks(rule.evaluate(input(1n - honest)).broken, /^main\.check\.releases\.Num2Bits/)
    }
  })

  /** Eight lots of a market that moves by 200, beside ten of another: below initial margin even with none of the eight. */
  const held = makeAccount(SMALL, { positions: { 1: { size: 8n }, 3: { size: 10n } } })
  const bounds: readonly [what: string, table: RiskTable, net: bigint, price: bigint][] = [
    ['a lot may cost the band and a quantum', makeTable(SMALL, {}, { band: 10n }), 500n, -11n],
    [
      'a lot may cost the fee of the upper edge of the band',
      makeTable(SMALL, { takerFeeBps: 100n }, { band: 100n }),
      500n,
      -112n,
    ],
    [
      'the fee is that of a taker',
      makeTable(SMALL, { takerFeeBps: 50n, makerFeeBps: 100n }, { band: 10n }),
      500n,
      -16n,
    ],
    ['net may come to 0', makeTable(SMALL), 33n, -33n],
    ['net below 0 may not fall', makeTable(SMALL), -33n, 0n],
    ['the released risk may be spent', makeTable(SMALL, {}, { band: 300n, scenarioPrices: shock(-20n) }), 150n, -20n],
  ]
  for (const [what, table, net, price] of bounds) {
    test(`${what}, to the quantum`, () => {
      const before = balanced(held, table, net)
      const least = table.markets[1]!.mark + price
      const batch = { table, market: 1, leavesOrder: false }
      assert.equal(leastCash(before, -1n, batch), least)
      assertLeast(before, -1n, batch, least)
    })
  }

  /** Eight lots short of a market, and ten of another. */
  const sold = makeAccount(SMALL, { positions: { 1: { size: -8n }, 3: { size: -10n } } })

  test('a short lot may cost the band and a quantum, to the quantum', () => {
    const table = makeTable(SMALL, {}, { band: 10n })
    const batch = { table, market: 1, leavesOrder: false }
    const before = balanced(sold, table, 500n)
    const least = -table.markets[1]!.mark - 11n
    assert.equal(leastCash(before, 1n, batch), least)
    assertLeast(before, 1n, batch, least)
  })

  test('the minimum that a closed short lot releases may be spent, to the quantum', () => {
    const table = makeTable(SMALL, {}, { band: 300n, scenarioPrices: shock(20n), shortOptionMinimum: 90n })
    const batch = { table, market: 1, leavesOrder: false }
    const before = balanced(sold, table, 150n)
    const least = -table.markets[1]!.mark - 20n - 90n
    assert.equal(leastCash(before, 1n, batch), least)
    assertLeast(before, 1n, batch, least)
  })

  test('an account that loaded no order with effect may have less than no margin, whatever it claims', () => {
    const table = makeTable(SMALL)
    const batch = { table, market: 1, leavesOrder: true }
    const account = balanced(makeAccount(SMALL, { positions: { 1: { size: 9n } } }), table, -5_000n)
    for (const hints of claims(account, table, 2)) {
      for (const after of [account, changed(account, 1, GIVES, table)]) {
        const cash = after === account ? 0n : GIVES.cash
        const input = marginRuleInput(account, after, batch, cash, hints)
        assert.ok(!rule.evaluate(input).accepted)
        assert.ok(rule.evaluate({ ...input, ordered: 0n }).accepted)
      }
    }
  })

  const unit = makeTable(SMALL, { initialMarginBps: 12_000n })
  const flat = makeAccount(SMALL)
  const rich = marginRuleInput(flat, flat, { table: unit, market: 1, leavesOrder: false }, 0n, INITIAL)
  const first = (value: bigint) => [value, ...new Array<bigint>(M - 1).fill(0n)]

  test('refuses positions of 2^56 lots, before the batch and after it, at their signs', () => {
    const top = 1n << 56n
    const wealth = { collateral: [1n << 130n, 0n] }
    const after = { ...rich, ...wealth, size: first(top), worstLoss: 200n * top }
    assertBreaks(rule.evaluate(after).broken, /^main\.check\.value\.IsNegative\S*\.Num2Bits/)
    assert.ok(rule.evaluate({ ...after, size: first(top - 1n) }).accepted)
    // -2^56 is a sign's least number, but 2^56 lots more than none is not
    const short = { ...after, size: first(FIELD - top) }
    assertBreaks(rule.evaluate(short).broken, /^main\.check\.value\.IsNegative\S*\.Num2Bits/)
    assert.ok(rule.evaluate({ ...short, size: first(FIELD - top + 1n) }).accepted)
    assertBreaks(rule.evaluate({ ...rich, oldSize: top }).broken, /^main\.check\.IsNegative\S*\.Num2Bits/)
    assert.ok(rule.evaluate({ ...rich, oldSize: top - 1n }).accepted)
  })

  const LOSS = /^main\.check\.excess\.AssertBits_\d+_\d+\[\d+\]\.Num2Bits/

  test('refuses a worst loss that is 2^72 above any loss, and accepts a quantum less', () => {
    // one lot gains 200 in one scenario, and less in all others
    const gains = { ...rich, collateral: [1n << 130n, 0n], size: first(1n) }
    const top = (1n << 72n) - 200n
    assert.ok(rule.evaluate({ ...gains, worstLoss: top - 1n }).accepted)
    assertBreaks(rule.evaluate({ ...gains, worstLoss: top }).broken, LOSS)
  })

  /** An account that has lost or gained, in scenarios 1 and 2, so much in market 0. */
  const inTwoScenarios = (one: bigint, two: bigint) => {
    const mark = 1n << 47n
    const scenarioPrices = Array.from({ length: S }, (_, s) => mark - (s === 1 ? one : s === 2 ? two : 0n) / LOTS)
    const fine = Array.from({ length: S }, (_, s) => 1_000n - ((s === 1 ? one : s === 2 ? two : 0n) % LOTS))
    const of = (prices: bigint[]) => ({ ...unit.markets[0]!, mark: prices[0]!, scenarioPrices: prices })
    const table = { ...unit, markets: unit.markets.with(0, of(scenarioPrices)).with(1, of(fine)) }
    const account = makeAccount(SMALL, { cash: 1n << 90n, positions: { 0: { size: LOTS }, 1: { size: 1n } } })
    assert.deepEqual(
      [1, 2].map((s) => scenarioLoss(account, table, s)),
      [one, two],
    )
    return { account, batch: { table, market: 1, leavesOrder: false } }
  }
  const LOTS = 1n << 40n
  const TOP = 1n << 72n

  for (const [name, one, two] of [
    ['a loss', TOP, 0n],
    ['a gain', 0n, -TOP],
    ['a loss and a gain', TOP / 2n + 1n, 1n - TOP / 2n],
  ] as const) {
    test(`refuses losses that lie 2^72 apart, by ${name}, whatever is claimed, and accepts a quantum less`, () => {
      const wide = inTwoScenarios(one, two)
      assert.equal(lossSpread(wide.account, wide.batch.table) >= TOP, true)
      assert.equal(marginEvidence(wide.account, wide.account, wide.batch), undefined)
      for (const hints of claims(wide.account, wide.batch.table, 2)) {
        const input = marginRuleInput(wide.account, wide.account, wide.batch, 0n, hints)
        for (const worstLoss of [TOP, TOP - 1n, TOP + 1n, TOP / 2n, one, one - 1n, 0n].map(toField)) {
          const { accepted, broken } = rule.evaluate({ ...input, worstLoss })
          assert.ok(!accepted)
          if (hints === INITIAL) assertBreaks(broken, LOSS)
        }
        assert.ok(rule.evaluate({ ...input, ordered: 0n, worstLoss: 0n }).accepted)
      }
      const { account, batch } = inTwoScenarios(one > 0n ? one - 1n : one, one > 0n ? two : two + 1n)
      assert.equal(lossSpread(account, batch.table), TOP - 1n)
      assert.deepEqual(marginEvidence(account, account, batch), { rule: 'initial' })
      assert.ok(rule.evaluate(marginRuleInput(account, account, batch, 0n, INITIAL)).accepted)
    })
  }

  test('refuses largeLots more than 2^56 above a position, which no table has', () => {
    const empty = Array.from({ length: M }, () => 0n)
    const withLots = (largeLots: bigint) => {
      const table = { ...unit, markets: unit.markets.map((market) => ({ ...market, largeLots })) }
      return { ...rich, size: empty, riskWords: riskTableWords(table) }
    }
    assert.ok(rule.evaluate(withLots(1n << 56n)).accepted)
    assertBreaks(rule.evaluate(withLots((1n << 56n) + 1n)).broken, /^main\.check\.value\.IsNegative\S*\.Num2Bits/)
  })

  test('refuses an excess and a net of 2^165, which no numbers of a state come to', () => {
    const cash = (1n << 165n) / BASIS_POINTS
    const excess = /^main\.check\.excess\.AssertBits\S*\.Num2Bits/
    assert.ok(rule.evaluate({ ...rich, collateral: [cash, 0n] }).accepted)
    assertBreaks(rule.evaluate({ ...rich, collateral: [cash + 1n, 0n] }).broken, excess)
    // closing one lot of an account that could not be richer: its net is looked at, since the lot cost a quantum
    const closing = { ...rich, closing: 1n, oldSize: 1n, cashChange: 999n, scenario: 1n }
    assert.ok(rule.evaluate({ ...closing, collateral: [cash, 0n] }).accepted)
    assertBreaks(rule.evaluate({ ...closing, collateral: [cash + 1n, 0n] }).broken, excess)
    assert.ok(rule.evaluate({ ...closing, cashChange: 1000n, collateral: [cash + 1n, 0n] }).accepted)
  })

  test('refuses a change of equity of 2^73, which no batch comes to', () => {
    const top = 1n << 73n
    const change = /^main\.check\.IsNegative\S*\.Num2Bits/
    for (const legal of [top - 1n, -top]) assert.ok(rule.evaluate({ ...rich, cashChange: toField(legal) }).accepted)
    for (const illegal of [top, -top - 1n]) {
      assertBreaks(rule.evaluate({ ...rich, cashChange: toField(illegal) }).broken, change)
    }
  })

  test('closing has the room that 2^55 lots at the top of all prices need', () => {
    // maxLots * maxPrice < 2^64: one lot at 2^48 - 1 and 2^55 - 1 lots at 2^9 - 1
    for (const [lots, price] of [
      [(1n << 16n) - 1n, (1n << 48n) - 1n],
      [(1n << 55n) - 1n, (1n << 9n) - 1n],
    ] as const) {
      const scenarioPrices = Array.from({ length: S }, (_, s) => (s === 1 ? 0n : price))
      const head = { takerFeeBps: 100n, initialMarginBps: 10_000n }
      const record = { mark: 0n, band: price, scenarioPrices, longRisk: 1n, shortRisk: 1n }
      for (const mark of [0n, price]) {
        const market = { ...record, mark, band: price - mark, scenarioPrices: scenarioPrices.with(0, mark) }
        const table = makeTable(SMALL, head, market)
        const before = balanced(makeAccount(SMALL, { positions: { 1: { size: lots } } }), table, -1n)
        const after = changed(before, 1, { size: -lots, ...opens, cash: lots * mark }, table)
        const batch = { table, market: 1, leavesOrder: false }
        assert.deepEqual(marginEvidence(before, after, batch), {
          rule: 'closing',
          scenario: worstScenario(before, table),
        })
        assert.ok(
          claims(before, table, 0).some(
            (hints) => rule.evaluate(marginRuleInput(before, after, batch, lots * mark, hints)).accepted,
          ),
        )
      }
    }
  })

  test('any number of orders that are left is too many', () => {
    const before = balanced(held, unit, -33n)
    const batch = { table: unit, market: 1, leavesOrder: false }
    const after = changed(before, 1, { size: -1n, ...opens, cash: 1000n }, unit)
    const input = marginRuleInput(before, after, batch, 1000n, { closing: 1n, scenario: 1n })
    assert.ok(rule.evaluate(input).accepted)
    for (const ordersLeft of [1n, 2n, 48n]) {
      assertBreaks(rule.evaluate({ ...input, ordersLeft }).broken, 'main.check.ordersLeft')
    }
  })

  test('no claim satisfies the circuit unless the model has evidence, and then the evidence does', () => {
    const outcomes = new Map<string, number>()
    const count = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
    const property = fc.property(
      arbitraryAccount(SMALL),
      arbitraryRiskTable(SMALL),
      fc.nat(M - 1),
      change,
      nearNothing,
      fc.nat(S - 1),
      (account, table, market, { share, lots, price, fee, leavesOrder, openBuy, openSell }, net, other) => {
        const { mark } = table.markets[market]!
        const held = account.positions[market]!.size
        const size = lots === 0n ? (-held * BigInt(share)) / 10n : lots
        const cash = -size * (mark + price) - fee
        const before = balanced(account, table, net)
        const after = changed(before, market, { size, openBuy, openSell, cash }, table)
        const batch = { table, market, leavesOrder }
        const evidence = marginEvidence(before, after, batch)
        count(evidence?.rule ?? 'none')
        const accepts = (hints: Hints) => rule.evaluate(marginRuleInput(before, after, batch, cash, hints)).accepted
        if (evidence === undefined) {
          for (const breach of closingBreaches(before, after, batch)) count(breach)
          for (const hints of claims(before, table, other))
            assert.ok(!accepts(hints), `${hints.closing} ${hints.scenario}`)
        } else if (evidence.rule === 'initial') {
          assert.ok(accepts(INITIAL))
        } else {
          assert.ok(accepts({ closing: 1n, scenario: BigInt(evidence.scenario) }))
          assert.ok(!accepts(INITIAL), 'initial margin is not met')
        }
      },
    )
    fc.assert(property, { seed: 11, numRuns: 60, endOnFailure: true })
    const all = ['none', 'initial', 'closing', ...BREACHES]
    for (const what of all) assert.ok((outcomes.get(what) ?? 0) > 0, `${what}: ${[...outcomes].join(' ')}`)
  })
})

const BREACHES = ['ORDER_LEFT', 'RISK_GREW', 'EXCESS_FELL', 'NET_BELOW_ZERO', 'NOT_CLOSING', 'OUTSIDE_BAND']

/** Prices of a market that may move by that much and back. */
function shock(by: bigint): bigint[] {
  return Array.from({ length: S }, (_, s) => (s === 1 ? 1000n + by : 1000n))
}

/** Gives away cash for nothing. */
const GIVES = { size: 0n, openBuy: 0n, openSell: 0n, cash: -77n }

/** The account with cash such that its net is as given, in quanta. */
function balanced(account: Account, table: RiskTable, net: bigint): Account {
  const without = { ...account, collateral: account.collateral.with(0, 0n) }
  const short = scaledNet(without, table) / BASIS_POINTS
  return { ...account, collateral: account.collateral.with(0, net - short) }
}
