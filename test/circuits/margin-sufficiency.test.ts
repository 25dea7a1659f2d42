import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  type MarginStatement,
  type MarginWitness,
  marginNullifier,
  marginStatement,
  marginSufficiency,
  marginWitness,
} from '../../circuits/margin-sufficiency/index.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import {
  assertBreaks,
  describeBroken,
  type Rule,
  shippedHarness,
  type TestCircuit,
} from '../../lab/circuits/harness.ts'
import { inputWires, writtenWires } from '../../lab/circuits/named-system.ts'
import { laboratoryOf } from '../../lab/dishonesty/laboratory.ts'
import { makeAccount, makeState, makeTable, SMALL } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import { ownerCommitment } from '../../protocol/account.ts'
import { excesses, meetsMargin } from '../../protocol/margin.ts'
import { FIELD, min, toField } from '../../protocol/numbers.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import { hashRiskTable, type RiskTable, riskTableWords } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../support/arbitraries.ts'

const definition = marginSufficiency as TestCircuit
const shipped = await shippedHarness(definition)
const { traced, prover } = await laboratoryOf(definition.name)
const shippedWires = writtenWires(traced.system.r1cs, shipped.r1cs)
/** What follows from inputs, whatever they break. */
const follow = (input: CircuitInput) => prover.plainWitness(inputWires(traced.system, input))
/** Constraints that it breaks. */
const broken = (input: CircuitInput) => describeBroken(traced.system.r1cs, traced.system.symbols, follow(input))

/** Whether the shipped circuit accepts it, or makes a witness of its own. */
function shippedAccepts(input: CircuitInput): boolean {
  const values = follow(input)
  const accepts = shipped.broken(shippedWires.map((wire) => values[wire]!)).length === 0
  return accepts || shipped.witness(input) !== undefined
}

const SECRET = 31_337n
const OWNER = ownerCommitment(SECRET)
const TERMS = { domain: 77n, ratioBps: 12_000n, context: 1234n }
const TABLE = makeTable(SMALL, {}, { fundingIndex: 5n, shortOptionMinimum: 7n, largeLots: 3n, largeRisk: 11n })

/** A state in which account 6 is the owner's and others are not. */
function stateOf(account: Account): State {
  return makeState(SMALL, { 5: makeAccount(SMALL), 6: { ...account, ownerCommitment: OWNER }, 9: makeAccount(SMALL) })
}

function instance(account: Account, table: RiskTable = TABLE, ratioBps = TERMS.ratioBps) {
  const state = stateOf(account)
  const witness = marginWitness(state, 6, SECRET, table)
  return { state, witness, statement: marginStatement(state, witness, { ...TERMS, ratioBps }) }
}

const inputOf = ({ statement, witness }: { statement: MarginStatement; witness: MarginWitness }) =>
  marginSufficiency.buildInput(statement, witness, 'small')

/** The shipped circuit has no witness for it, and the constraints in the way are the rule's. */
function refuses(input: CircuitInput, rule: Rule) {
  assertBreaks(broken(input), rule)
  assert.ok(!shippedAccepts(input))
}

/** The same where more than the rule's constraints break. */
function refusesAmongOthers(input: CircuitInput, rule: RegExp) {
  const all = broken(input)
  assert.ok(
    all.some((signals) => rule.test(signals)),
    all.join('\n'),
  )
  assert.ok(!shippedAccepts(input))
}

const holder = (cash: bigint) =>
  makeAccount(SMALL, {
    cash,
    others: [3n],
    positions: { 0: { size: 10n, openBuy: 2n }, 2: { size: -4n, fundingIndex: 9n, openSell: 3n } },
  })

/** The least cash with which the holder meets the ratio. */
function leastCash(ratioBps: bigint): bigint {
  const least = excesses(holder(0n), TABLE, ratioBps).reduce(min)
  return -(least / BASIS_POINTS) + (least < 0n && least % BASIS_POINTS !== 0n ? 1n : 0n)
}

suite('margin-sufficiency', () => {
  test('has its public signals in the order of the registry', () => {
    assert.deepEqual([shipped.r1cs.nOutputs, shipped.r1cs.nPublic], [0, marginSufficiency.publicSignals.length])
    for (const [i, name] of marginSufficiency.publicSignals.entries()) {
      assert.ok(shipped.symbols.names(i + 1).includes(`main.${name}`))
    }
  })

  test('has a witness for random accounts, tables and ratios exactly if the account meets the ratio', () => {
    const outcomes = new Set<boolean>()
    const ratio = fc.oneof(fc.bigInt(0n, (1n << 17n) - 1n), fc.constantFrom(0n, 10_000n, (1n << 17n) - 1n))
    const property = fc.property(
      arbitraryAccount(SMALL),
      arbitraryRiskTable(SMALL),
      ratio,
      (account, table, ratioBps) => {
        const { state, witness, statement } = instance(account, table, ratioBps)
        const meets = meetsMargin(state.accounts.get(6)!, table, ratioBps)
        outcomes.add(meets)
        const input = inputOf({ witness, statement })
        if (meets) {
          assert.deepEqual(shipped.expectPass(input).slice(1, 7), marginSufficiency.encodeStatement(statement))
        } else assert.equal(shipped.witness(input), undefined)
      },
    )
    fc.assert(property, { seed: 7, numRuns: 40, endOnFailure: true })
    assert.equal(outcomes.size, 2)
  })

  for (const ratioBps of [0n, 1n, 10_000n, 12_345n, (1n << 17n) - 1n]) {
    test(`accepts cash that just suffices for ratio ${ratioBps} and refuses one quantum less`, () => {
      const least = leastCash(ratioBps)
      assert.ok(meetsMargin(holder(least), TABLE, ratioBps) && !meetsMargin(holder(least - 1n), TABLE, ratioBps))
      shipped.expectPass(inputOf(instance(holder(least), TABLE, ratioBps)))
      refuses(inputOf(instance(holder(least - 1n), TABLE, ratioBps)), /main\.excess\.AssertBits\S*\.Num2Bits/)
    })
  }
})

suite('margin-sufficiency refuses', () => {
  const honest = instance(holder(1_000_000n))
  const input = inputOf(honest)
  const forged = (changes: Record<string, InputValue>) => ({ ...input, ...changes })

  test('nothing of the honest instance', () => {
    shipped.expectPass(input)
  })

  test('ratios of 2^17 and more, at the range check', () => {
    const range = /main\.AssertBits_\d+_\d+\.Num2Bits/
    for (const ratioBps of [1n << 17n, 1n << 18n, FIELD - 1n, (FIELD + 1n) / 2n]) {
      refusesAmongOthers(forged({ ratioBps }), range)
    }
    // with margin for any ratio, the range check alone stands in its way
    const rich = inputOf(instance(holder(1n << 60n)))
    refuses({ ...rich, ratioBps: 1n << 17n }, range)
    refuses({ ...rich, ratioBps: FIELD - 1n }, range)
  })

  test('another owner secret', () => {
    const ownerSecret = SECRET + 1n
    const nullifier = marginNullifier(TERMS.domain, ownerSecret, TERMS.context)
    refuses(forged({ ownerSecret, nullifier }), /main\.own\.path\.picked\[0\]/)
    refuses(forged({ ownerSecret }), ['main.nullifier', /main\.own\.path\.picked\[0\]/])
  })

  test("another account's path or content", () => {
    const stranger = marginWitness(honest.state, 5, SECRET, TABLE)
    refuses(forged({ accountChildren: stranger.path.children, index: 5n }), /main\.own\.path\.picked\[0\]/)
    refuses(inputOf({ statement: honest.statement, witness: stranger }), /main\.own\.path\.picked\[0\]/)
  })

  test('every index but the one the account stands at', () => {
    for (const index of [0n, 5n, 7n, 22n]) refuses(forged({ index }), /main\.own\.path\.picked\[\d\]/)
    for (const index of [6n + 256n, FIELD - 250n]) refusesAmongOthers(forged({ index }), /main\.own\.path\.Num2Bits/)
  })

  test('another nullifier, context or domain', () => {
    refuses(forged({ nullifier: honest.statement.nullifier + 1n }), 'main.nullifier')
    refuses(forged({ context: TERMS.context + 1n }), 'main.nullifier')
    refuses(forged({ domain: TERMS.domain + 1n }), 'main.nullifier')
  })

  test('another risk table', () => {
    const kind = makeTable(SMALL, {}, { scenarioPrices: new Array<bigint>(SMALL.scenarios).fill(1000n) })
    const riskWords = riskTableWords(kind).map(toField)
    refuses(forged({ riskWords, worstLoss: 0n }), 'main.riskRoot')
    refuses(forged({ riskRoot: hashRiskTable(kind) }), 'main.riskRoot')
  })

  test('another state root, or markets root', () => {
    refuses(forged({ stateRoot: 5n }), 'main.stateRoot')
    refuses(forged({ marketsRoot: 5n }), 'main.stateRoot')
  })

  test('any number of the account changed', () => {
    for (const [name, value] of Object.entries({
      keyX: 1n,
      keyY: 1n,
      nonce: 9n,
      collateral: [2_000_000n, 3n],
      size: [0n, 0n, 0n, 0n],
      fundingIndex: [0n, 0n, 0n, 0n],
      openBuy: [0n, 0n, 0n, 0n],
      openSell: [0n, 0n, 0n, 0n],
    })) {
      refuses(
        forged({ [name]: value, worstLoss: name === 'size' ? 0n : input.worstLoss! }),
        /main\.own\.path\.picked\[0\]/,
      )
    }
  })

  test('a worst loss below a loss, or one too large to be one; a larger one only makes the claim harder', () => {
    const worst = input.worstLoss as bigint
    const losses = /main\.excess\.AssertBits\S*\.Num2Bits/
    refuses(forged({ worstLoss: worst - 1n }), losses)
    refuses(forged({ worstLoss: FIELD - (1n << 100n) }), losses)
    refuses(forged({ worstLoss: 1n << 110n }), losses)
    shipped.expectPass(forged({ worstLoss: worst + 1n }))
    // at ratio 0 the losses' own range checks alone bound it: 109 bits above each loss
    const free = { ...inputOf(instance(holder(1_000_000n), TABLE, 0n)) }
    refuses({ ...free, worstLoss: 1n << 109n }, losses)
    shipped.expectPass({ ...free, worstLoss: (1n << 109n) - 1n - worst })
    const short = inputOf(instance(holder(leastCash(TERMS.ratioBps) - 1n)))
    for (const delta of [1n, 1000n, -1n]) {
      assert.equal(shipped.witness({ ...short, worstLoss: toField((short.worstLoss as bigint) + delta) }), undefined)
    }
  })
})
