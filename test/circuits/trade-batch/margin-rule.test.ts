import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { gadget } from '../../../lab/circuits/gadget.ts'
import { assertBreaks } from '../../../lab/circuits/harness.ts'
import {
  type Hints,
  MARGIN_RULE_ARGUMENTS,
  MARGIN_RULE_SHAPES,
  marginRuleInput,
} from '../../../lab/instances/margin-rule.ts'
import { makeAccount, makeTable, SMALL } from '../../../lab/instances/model.ts'
import type { Account } from '../../../protocol/account.ts'
import { excesses, marginEvidence, scaledNet } from '../../../protocol/margin.ts'
import { min } from '../../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../../protocol/parameters.ts'
import type { RiskTable } from '../../../protocol/risk-table.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../../support/arbitraries.ts'

const { markets: M, scenarios: S } = SMALL
const rule = await gadget('MarginRuleProbe', MARGIN_RULE_ARGUMENTS, MARGIN_RULE_SHAPES)

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

const INITIAL: Hints = { maintenance: 0n, scenario: 0n, notFallen: 0n }

/** All that a prover may claim, with two of the scenarios: the one that was worst, and a random one. */
function claims(before: Account, table: RiskTable, random: number): Hints[] {
  const old = excesses(before, table, BASIS_POINTS)
  const worst = old.indexOf(old.reduce(min))
  const maintained = [...new Set([worst, random])].flatMap((scenario) =>
    [0n, 1n].map((notFallen) => ({ maintenance: 1n, scenario: BigInt(scenario), notFallen })),
  )
  return [INITIAL, ...maintained]
}

/** A little of everything: reducing, opening, giving and receiving value. */
const change = fc.record({
  size: fc.oneof(fc.constant(0n), fc.bigInt(-40n, 40n)),
  openBuy: fc.oneof(fc.constant(0n), fc.bigInt(0n, 9n)),
  openSell: fc.oneof(fc.constant(0n), fc.bigInt(0n, 9n)),
  price: fc.bigInt(-20n, 20n),
  fee: fc.bigInt(0n, 5n),
})

/** Accounts whose cash brings their net near nothing, where the rule's alternatives part. */
const nearNothing = fc.oneof(fc.constant(0n), fc.bigInt(-100_000n, 100_000n), fc.bigInt(-(1n << 40n), 1n << 40n))

suite('rule 4 by itself', () => {
  /** The least cash from trades with which the change is legal; it brings the account to its maintenance, not beyond. */
  function leastCash(before: Account, market: number, size: bigint, table: RiskTable): bigint {
    const legal = (cash: bigint) =>
      marginEvidence(before, changed(before, market, { size, openBuy: 0n, openSell: 0n, cash }, table), table)
    let [short, enough] = [-(1n << 40n), 1n << 40n]
    assert.ok(legal(short) === undefined && legal(enough) !== undefined)
    while (enough - short > 1n) {
      const middle = (short + enough) / 2n
      if (legal(middle) === undefined) short = middle
      else enough = middle
    }
    assert.equal(legal(enough)!.rule, 'maintenance')
    return enough
  }

  for (const [from, to] of [
    [-10n, -7n],
    [-7n, -10n],
    [4n, -3n],
    [-3n, 4n],
    [7n, 10n],
  ] as const) {
    test(`the minimum of short options counts before and after, to the quantum: ${from} lots to ${to}`, () => {
      const table = makeTable(SMALL, { initialMarginBps: 15_000n }, { shortOptionMinimum: 90n, fundingIndex: 3n })
      const others = { 0: { size: 2n }, 3: { size: -5n } }
      const account = makeAccount(SMALL, { positions: { ...others, 1: { size: from, fundingIndex: 3n } } })
      const before = balanced(account, table, 150n)
      const least = leastCash(before, 1, to - from, table)
      const accepts = (cash: bigint, hints: Hints) => {
        const after = changed(before, 1, { size: to - from, openBuy: 0n, openSell: 0n, cash }, table)
        return rule.evaluate(marginRuleInput(before, after, 1, cash, table, hints)).accepted
      }
      assert.ok(claims(before, table, 0).some((hints) => accepts(least, hints)))
      for (let scenario = 0; scenario < S; scenario++) {
        for (const hints of claims(before, table, scenario)) assert.ok(!accepts(least - 1n, hints))
      }
    })
  }

  test('an account that loaded nothing may have less than no margin, whatever it claims', () => {
    const table = makeTable(SMALL)
    const account = balanced(makeAccount(SMALL, { positions: { 1: { size: 9n } } }), table, -5_000n)
    for (const hints of claims(account, table, 2)) {
      const input = marginRuleInput(account, account, 1, 0n, table, hints)
      assert.ok(!rule.evaluate(input).accepted || hints.maintenance === 1n)
      assert.ok(rule.evaluate({ ...input, loaded: 0n }).accepted)
      const poorer = marginRuleInput(account, changed(account, 1, GIVES, table), 1, GIVES.cash, table, hints)
      assert.ok(!rule.evaluate(poorer).accepted)
      assert.ok(rule.evaluate({ ...poorer, loaded: 0n }).accepted)
    }
  })

  const unit = makeTable(SMALL, { initialMarginBps: 12_000n })
  const flat = makeAccount(SMALL)
  const rich = marginRuleInput(flat, flat, 1, 0n, unit, INITIAL)
  const first = (value: bigint) => [value, ...new Array<bigint>(M - 1).fill(0n)]

  test('refuses positions of 2^56 lots, before the batch and after it, at their signs', () => {
    const top = 1n << 56n
    const wealth = { collateral: [1n << 130n, 0n] }
    const after = { ...rich, ...wealth, size: first(top), worstLoss: 200n * top }
    assertBreaks(rule.evaluate(after).broken, /^main\.check\.value\.IsNegative\S*\.Num2Bits/)
    assert.ok(rule.evaluate({ ...after, size: first(top - 1n) }).accepted)
    assertBreaks(rule.evaluate({ ...rich, oldSize: top }).broken, /^main\.check\.IsNegative\S*\.Num2Bits/)
    assert.ok(rule.evaluate({ ...rich, oldSize: top - 1n }).accepted)
  })

  test('refuses an excess and a net of 2^165, which no numbers of a state come to', () => {
    const cash = (1n << 165n) / BASIS_POINTS
    const excess = /^main\.check\.excess\.AssertBits\S*\.Num2Bits/
    assert.ok(rule.evaluate({ ...rich, collateral: [cash, 0n] }).accepted)
    assertBreaks(rule.evaluate({ ...rich, collateral: [cash + 1n, 0n] }).broken, excess)
    const maintained = { ...rich, maintenance: 1n }
    assert.ok(rule.evaluate({ ...maintained, collateral: [cash, 0n] }).accepted)
    assertBreaks(rule.evaluate({ ...maintained, collateral: [cash + 1n, 0n] }).broken, /^main\.check\.net\.Num2Bits/)
  })

  test('no claim satisfies the circuit unless the model has evidence, and then the evidence does', () => {
    const outcomes = new Map<string, number>()
    const property = fc.property(
      arbitraryAccount(SMALL),
      arbitraryRiskTable(SMALL),
      fc.nat(M - 1),
      change,
      nearNothing,
      fc.nat(S - 1),
      (account, table, market, { price, fee, ...wish }, net, random) => {
        const mark = table.markets[market]!.mark
        const cash = -wish.size * (mark + price) - fee
        const before = balanced(account, table, net)
        const after = changed(before, market, { ...wish, cash }, table)
        const evidence = marginEvidence(before, after, table)
        const outcome = evidence === undefined ? 'none' : evidence.rule === 'initial' ? 'initial' : evidence.net
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
        const accepts = (hints: Hints) =>
          rule.evaluate(marginRuleInput(before, after, market, cash, table, hints)).accepted
        if (evidence === undefined) {
          for (const hints of claims(before, table, random))
            assert.ok(
              !accepts(hints),
              JSON.stringify(hints, (_, x) => String(x)),
            )
        } else if (evidence.rule === 'initial') {
          assert.ok(accepts(INITIAL))
        } else {
          const notFallen = evidence.net === 'not-fallen' ? 1n : 0n
          assert.ok(accepts({ maintenance: 1n, scenario: BigInt(evidence.scenario), notFallen }))
          assert.ok(!accepts(INITIAL), 'initial margin is not met')
        }
      },
    )
    fc.assert(property, { seed: 11, numRuns: 100, endOnFailure: true })
    for (const what of ['none', 'initial', 'positive', 'not-fallen']) {
      assert.ok((outcomes.get(what) ?? 0) > 0, `${what}: ${[...outcomes].join(' ')}`)
    }
  })
})

/** Gives away cash for nothing. */
const GIVES = { size: 0n, openBuy: 0n, openSell: 0n, cash: -77n }

/** The account with cash such that its net is as given, in quanta. */
function balanced(account: Account, table: RiskTable, net: bigint): Account {
  const without = { ...account, collateral: account.collateral.with(0, 0n) }
  const short = scaledNet(without, table) / BASIS_POINTS
  return { ...account, collateral: account.collateral.with(0, net - short) }
}
