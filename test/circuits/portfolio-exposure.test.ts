import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { marginNullifier } from '../../circuits/margin-sufficiency/index.ts'
import {
  EXPOSURE_KIND,
  type ExposureStatement,
  type ExposureWitness,
  exposureStatement,
  exposureWitness,
  exposureWords,
  portfolioExposure,
} from '../../circuits/portfolio-exposure/index.ts'
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
import { type ExposureBounds, scenarioOutside, scenarioProfits } from '../../protocol/exposure.ts'
import { FIELD, toField } from '../../protocol/numbers.ts'
import { publicData } from '../../protocol/public-data.ts'
import { type RiskTable, riskTableWords } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../support/arbitraries.ts'

const definition = portfolioExposure as TestCircuit
const shipped = await shippedHarness(definition)
const { traced, prover } = await laboratoryOf(definition.name)
const shippedWires = writtenWires(traced.system.r1cs, shipped.r1cs)

const SECRET = 31_337n
const OWNER = ownerCommitment(SECRET)
const TERMS = { domain: 77n, context: 1234n, memo: 4321n }
const TABLE = makeTable(SMALL, {}, { fundingIndex: 5n, shortOptionMinimum: 7n, largeLots: 3n, largeRisk: 11n })
const MOST = 1n << 68n
const SCENARIOS = SMALL.scenarios - 1

const holder = makeAccount(SMALL, {
  others: [3n],
  positions: { 0: { size: 10n, openBuy: 2n }, 2: { size: -4n, fundingIndex: 9n, openSell: 3n } },
})
/** What the holder wins under scenarios 1 to 7. */
const PROFITS = scenarioProfits(holder, TABLE)
const EXACT: ExposureBounds = { low: PROFITS, high: PROFITS }

/** A state in which account 6 is the owner's and others are not. */
function stateOf(account: Account): State {
  return makeState(SMALL, { 5: makeAccount(SMALL), 6: { ...account, ownerCommitment: OWNER }, 9: makeAccount(SMALL) })
}

function instance(account: Account = holder, bounds = EXACT, table: RiskTable = TABLE) {
  const state = stateOf(account)
  const witness = exposureWitness(state, 6, SECRET, table)
  return { state, witness, statement: exposureStatement(state, witness, { ...TERMS, ...bounds }) }
}

const inputOf = ({ statement, witness }: { statement: ExposureStatement; witness: ExposureWitness }) =>
  portfolioExposure.buildInput(statement, witness, 'small')

/** Constraints that what follows from the input breaks, by a prover who publishes whatever his own words come to, or not. */
function attempt(input: CircuitInput, { publishes = true } = {}) {
  const values = publishes
    ? prover.witness(inputWires(traced.system, input))
    : prover.plainWitness(inputWires(traced.system, input))
  const accepted = shipped.broken(shippedWires.map((wire) => values[wire]!)).length === 0
  return { broken: describeBroken(traced.system.r1cs, traced.system.symbols, values), accepted }
}

/** Neither does the witness satisfy the shipped circuit, nor what its own generator makes; the constraints are the rule's. */
function refuses(input: CircuitInput, rule: Rule, options = {}) {
  const { broken, accepted } = attempt(input, options)
  assertBreaks(broken, rule)
  assert.ok(!accepted)
  assert.equal(shipped.witness(input), undefined)
}

const changed = (list: readonly bigint[], i: number, by: bigint) => list.with(i, list[i]! + by)
const BOUNDS = /main\.AssertBits_\S*\.Num2Bits/
const WORDS = ['main.data.commitment', 'main.data.value']

suite('portfolio-exposure', () => {
  test('has its public signals in the order of the registry', () => {
    assert.deepEqual([shipped.r1cs.nOutputs, shipped.r1cs.nPublic], [0, portfolioExposure.publicSignals.length])
    for (const [i, name] of portfolioExposure.publicSignals.entries()) {
      assert.ok(shipped.symbols.names(i + 1).includes(`main.${name}`))
    }
  })

  test('has a witness for random accounts, tables and bounds exactly if every profit is within its bounds', () => {
    const outcomes = new Set<boolean>()
    const slacks = fc.array(fc.constantFrom(0n, 0n, 0n, 1n, 1_000n, -1n), { minLength: 2, maxLength: 2 })
    const property = fc.property(
      arbitraryAccount(SMALL),
      arbitraryRiskTable(SMALL),
      slacks,
      (account, table, slack) => {
        const profits = scenarioProfits(account, table)
        if (profits.some((profit) => profit < -MOST + 1_000n || profit >= MOST - 1_000n)) return
        const bounds = { low: changed(profits, 2, -slack[0]!), high: changed(profits, 5, slack[1]!) }
        const { witness, statement } = instance(account, bounds, table)
        const within = scenarioOutside(account, table, bounds) === undefined
        outcomes.add(within)
        // what is no statement, low above high, is no witness either
        const words = exposureWords(statement)
        const { commitment, challenge, value } = publicData(TERMS.domain, EXPOSURE_KIND, words)
        const input = {
          ...inputOf({ witness, statement: { ...statement, low: profits, high: profits } }),
          ...{ low: bounds.low.map(toField), high: bounds.high.map(toField) },
          ...{ dataCommitment: commitment, dataChallenge: challenge, dataValue: value },
        }
        if (within) assert.deepEqual(shipped.expectPass(input).slice(1, 4), [commitment, challenge, value])
        else assert.equal(shipped.witness(input), undefined)
      },
    )
    fc.assert(property, { seed: 7, numRuns: 40, endOnFailure: true })
    assert.equal(outcomes.size, 2)
  })

  test('accepts bounds that equal the profits, and refuses each one a quantum inside, under every scenario', () => {
    shipped.expectPass(inputOf(instance()))
    const input = inputOf(instance())
    for (let i = 0; i < SCENARIOS; i++) {
      refuses({ ...input, low: changed(PROFITS, i, 1n).map(toField) }, BOUNDS)
      refuses({ ...input, high: changed(PROFITS, i, -1n).map(toField) }, BOUNDS)
    }
  })

  test('accepts bounds at the ends of their range, and none that a wrap-around would make of a wrong one', () => {
    const widest = { low: PROFITS.map(() => -MOST), high: PROFITS.map(() => MOST - 1n) }
    shipped.expectPass(inputOf(instance(holder, widest)))
    const input = inputOf(instance())
    // a bound far on the wrong side is near on the right one only if the difference may wrap
    for (const far of [MOST, 1n << 69n, 1n << 108n, 1n << 110n, 1n << 252n]) {
      const [above, below] = [PROFITS.map((p) => toField(p + far)), PROFITS.map((p) => toField(p - far))]
      refuses({ ...input, low: above }, BOUNDS)
      refuses({ ...input, high: below }, BOUNDS)
    }
    // the widest slack, and one quantum more
    for (const [name, sign] of [
      ['low', -1n],
      ['high', 1n],
    ] as const) {
      const slack = (quanta: bigint) => ({ ...input, [name]: changed(PROFITS, 4, sign * quanta).map(toField) })
      assert.deepEqual(attempt(slack((1n << 69n) - 1n)).broken, [])
      refuses(slack(1n << 69n), BOUNDS)
    }
  })

  test('takes an account of any standing: empty, flagged, suspended; and with a debt', () => {
    const none = PROFITS.map(() => 0n)
    shipped.expectPass(inputOf(instance(makeAccount(SMALL), { low: none, high: none })))
    for (const standing of [{ flaggedAt: 5n }, { suspended: true }, { collateral: [-9_000_000n, 0n] }]) {
      shipped.expectPass(inputOf(instance({ ...holder, ...standing })))
    }
  })

  test('has the nullifier of margin-sufficiency, so that proofs of both for one context are seen to be of one owner', () => {
    assert.equal(instance().statement.nullifier, marginNullifier(TERMS.domain, SECRET, TERMS.context))
  })

  test('has one nullifier for two accounts of one secret: a stated limit', () => {
    const owned = { ownerCommitment: OWNER }
    const state = makeState(SMALL, { 6: { ...holder, ...owned }, 7: { ...makeAccount(SMALL), ...owned } })
    const none = PROFITS.map(() => 0n)
    const nullifiers = [6, 7].map((index) => {
      const witness = exposureWitness(state, index, SECRET, TABLE)
      const bounds = index === 6 ? EXACT : { low: none, high: none }
      const statement = exposureStatement(state, witness, { ...TERMS, ...bounds })
      shipped.expectPass(inputOf({ statement, witness }))
      return statement.nullifier
    })
    assert.equal(nullifiers[0], nullifiers[1])
  })
})

suite('portfolio-exposure refuses', () => {
  const honest = instance()
  const input = inputOf(honest)
  const forged = (changes: Record<string, InputValue>) => ({ ...input, ...changes })
  /** The prover publishes the words of the honest statement. */
  const published = { publishes: false }

  test('nothing of the honest instance', () => {
    shipped.expectPass(input)
    assert.deepEqual(attempt(input), { broken: [], accepted: true })
  })

  test('every word but that which follows or is proved', () => {
    for (const name of ['context', 'memo', 'domain'] as const) refuses(forged({ [name]: 5n }), WORDS, published)
    const wider = { low: changed(PROFITS, 3, -1n).map(toField), high: changed(PROFITS, 3, 1n).map(toField) }
    for (const [name, value] of Object.entries(wider)) refuses(forged({ [name]: value }), WORDS, published)
    const words = exposureWords(honest.statement)
    for (let i = 0; i < words.length; i++) {
      const { commitment, challenge, value } = publicData(TERMS.domain, EXPOSURE_KIND, changed(words, i, 1n))
      const signals = { dataCommitment: commitment, dataChallenge: challenge, dataValue: value }
      refuses(forged(signals), WORDS, published)
      // the commitment to his own words, and the value of others at its challenge
      refuses(forged({ dataValue: value }), 'main.data.value', published)
    }
  })

  test('another owner secret, which gives another leaf and so another root', () => {
    refuses(forged({ ownerSecret: SECRET + 1n }), [...WORDS, /main\.own\.path\.picked\[0\]/], published)
    const { statement, witness } = honest
    assert.match(portfolioExposure.refusal!(statement, { ...witness, ownerSecret: 1n })!, /^the secret is not/)
  })

  test("another account's path or content", () => {
    const stranger = exposureWitness(honest.state, 5, SECRET, TABLE)
    refuses(forged({ accountChildren: stranger.path.children, index: 5n }), [/main\.own\.path\.picked\[0\]/], published)
    refuses(inputOf({ statement: honest.statement, witness: stranger }), /./, published)
  })

  test('every index but the one the account stands at', () => {
    for (const index of [0n, 5n, 7n, 22n]) {
      const { broken } = attempt(forged({ index }), published)
      assert.ok(broken.some((signals) => /main\.own\.path\.picked/.test(signals)))
      assert.equal(shipped.witness(forged({ index })), undefined)
    }
    for (const index of [6n + 256n, FIELD - 250n]) assert.equal(shipped.witness(forged({ index })), undefined)
  })

  test('another risk table: one that moves nothing makes every profit 0', () => {
    const still = makeTable(SMALL, {}, { scenarioPrices: new Array<bigint>(SMALL.scenarios).fill(1000n) })
    const none = PROFITS.map(() => 0n)
    refuses(forged({ riskWords: riskTableWords(still).map(toField), low: none, high: none }), WORDS, published)
  })

  test('any number of the account changed', () => {
    for (const [name, value] of Object.entries({
      keyX: 1n,
      keyY: 1n,
      viewKey: 1n,
      status: 1n,
      nonce: 9n,
      marketsRoot: 5n,
      collateral: [2_000_000n, 3n],
      fundingIndex: [0n, 0n, 0n, 0n],
      openBuy: [0n, 0n, 0n, 0n],
      openSell: [0n, 0n, 0n, 0n],
    })) {
      const { broken, accepted } = attempt(forged({ [name]: value }), published)
      assert.ok(broken.length > 0 && !accepted, name)
      assert.equal(shipped.witness(forged({ [name]: value })), undefined)
    }
    const none = PROFITS.map(() => 0n)
    const { broken } = attempt(forged({ size: [0n, 0n, 0n, 0n], low: none, high: none }), published)
    assert.ok(broken.some((signals) => /main\.own\.path\.picked\[0\]/.test(signals)))
  })
})

suite('statements of portfolio-exposure', () => {
  const { statement } = instance()
  const refusal = (changes: Partial<Record<keyof ExposureStatement, unknown>>, path: string) =>
    assert.throws(() => portfolioExposure.statementOf({ ...statement, ...changes }), {
      code: 'STATEMENT_INVALID',
      path: `statement.${path}`,
    })

  test('have lists of bounds of one length, in range, low at most high, and numbers of their widths', () => {
    assert.deepEqual(portfolioExposure.statementOf({ ...statement }), statement)
    refusal({ low: [] }, 'low')
    refusal({ low: 5n }, 'low')
    refusal({ low: PROFITS.map(String) }, 'low[0]')
    refusal({ high: PROFITS.slice(1) }, 'high')
    refusal({ high: PROFITS.with(2, MOST) }, 'high[2]')
    refusal({ low: PROFITS.with(3, -MOST - 1n) }, 'low[3]')
    refusal({ low: changed(PROFITS, 4, 1n) }, 'low[4]')
    refusal({ memo: 1n << 248n }, 'memo')
    refusal({ context: -1n }, 'context')
  })

  test('that are false are refused with the reason: the bound, or the field that does not fit the witness', () => {
    const { witness } = instance()
    const refused = (changes: Partial<ExposureStatement>) =>
      portfolioExposure.refusal!({ ...statement, ...changes }, witness)
    assert.equal(refused({}), undefined)
    assert.match(
      refused({ high: changed(PROFITS, 1, -1n) })!,
      /^the account's profit is 1200 quanta in scenario 2, not in \[1200, 1199\]$/,
    )
    assert.match(refused({ low: changed(PROFITS, 0, 1n) })!, /profit is -1200 quanta in scenario 1, not in/)
    assert.match(refused({ riskRoot: 1n })!, /^riskRoot/)
    assert.match(refused({ stateRoot: 1n })!, /^stateRoot/)
    for (const field of ['nullifier', 'context', 'domain'] as const)
      assert.match(refused({ [field]: 1n })!, /^the nullifier/)
    assert.match(refused({ low: PROFITS.slice(1), high: PROFITS.slice(1) })!, /7 scenarios beside the first/)
  })
})
