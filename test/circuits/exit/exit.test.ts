import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { circuitsDirectory } from '../../../circom/paths.ts'
import { exit, exitStatement, exitWitness } from '../../../circuits/exit/index.ts'
import { STATE_MOVE_SIGNALS } from '../../../circuits/state/statement.ts'
import type { CircuitInput, InputValue } from '../../../circuits/types.ts'
import { gadget } from '../../../lab/circuits/gadget.ts'
import {
  assertBreaks,
  describeRows,
  type Rule,
  shippedHarness,
  type TestCircuit,
  tellObservers,
} from '../../../lab/circuits/harness.ts'
import { inputWires, writtenWires } from '../../../lab/circuits/named-system.ts'
import { openLaboratory } from '../../../lab/dishonesty/laboratory.ts'
import { makeAccount, makeState, makeTable, SMALL } from '../../../lab/instances/model.ts'
import { traceDefinition } from '../../../lab/tracing/traced-circuit.ts'
import { type Account, isFlagged } from '../../../protocol/account.ts'
import { exitClaim, quoteAtMarks } from '../../../protocol/exit.ts'
import { FIELD, toField } from '../../../protocol/numbers.ts'
import { PHASES } from '../../../protocol/parameters.ts'
import { hashRiskTable, type RiskTable, riskTableWords } from '../../../protocol/risk-table.ts'
import { stateRoot } from '../../../protocol/state.ts'
import { arbitraryAccount, arbitraryRiskTable } from '../../support/arbitraries.ts'
import { LivingVenue } from '../../support/living-venue.ts'

const shipped = await shippedHarness(exit as TestCircuit)
const definition = exit as TestCircuit
const traced = await traceDefinition({ definition, sourceRoots: [circuitsDirectory()] })
const { prover } = openLaboratory(traced)
const { system } = traced
const shippedWires = writtenWires(system.r1cs, shipped.r1cs)

const TABLE = makeTable(SMALL, {}, { mark: 1_000n, fundingIndex: 5n })
const TERMS = { domain: 77n }
const INDEX = 6

/** An exit of the account; without a table the last one's root is given. */
function instance(account: Account, table: RiskTable | { riskRoot: bigint } = TABLE) {
  if ('riskRoot' in table) return instanceOf(account, undefined, table)
  return instanceOf(account, table, {})
}

function instanceOf(account: Account, table: RiskTable | undefined, terms: { riskRoot?: bigint }) {
  const state = makeState(SMALL, { 5: makeAccount(SMALL), [INDEX]: account })
  const witness = exitWitness(state, INDEX, table)
  const statement = exitStatement(state, INDEX, witness, { ...TERMS, ...terms })
  return { state, witness, statement, input: exit.buildInput(statement, witness, 'small') }
}

/** What a prover comes to that forges inputs, and publishes the words that come out; whether the shipped circuit takes it. */
function attempt(input: CircuitInput, forge: Readonly<Record<string, InputValue>>) {
  const start = prover.assign(inputWires(system, input))
  assert.deepEqual(start.broken, [], 'the honest witness breaks something')
  const insisted = Object.entries({ ...input, ...forge }).filter(
    ([name]) => name in forge || !(STATE_MOVE_SIGNALS as readonly string[]).includes(name),
  )
  const made = prover.advance(start, inputWires(system, Object.fromEntries(insisted)))
  tellObservers(system.r1cs, (wire) => made.values[wire]!, made.broken)
  const word = (i: number) => made.values[system.symbols.wireOf(`main.data.words[${i}]`)!]!
  return {
    broken: describeRows(system, made.broken),
    words: Array.from({ length: 4 + SMALL.collaterals }, (_, i) => word(i)),
    shippedAccepts: shipped.broken(shippedWires.map((wire) => made.values[wire]!)).length === 0,
  }
}

function refuses(input: CircuitInput, forge: Readonly<Record<string, InputValue>>, rule: Rule) {
  const made = attempt(input, forge)
  assertBreaks(made.broken, rule)
  assert.ok(!made.shippedAccepts)
}

const owing = makeAccount(SMALL, {
  cash: -5_000n,
  others: [9_000n],
  positions: { 1: { size: 3n, fundingIndex: 7n, openBuy: 2n } },
})
const rich = makeAccount(SMALL, { cash: 5_000n, others: [9n], positions: { 0: { size: -2n } } })
const flat = makeAccount(SMALL, { cash: 7n, others: [8n], positions: { 0: { openSell: 4n } } })

suite('exit', () => {
  test('proves what the model says an account is owed, at any table', () => {
    const seen = new Set<string>()
    const account = fc.record({
      account: arbitraryAccount(SMALL),
      cash: fc.oneof(fc.bigInt(-(1n << 80n), (1n << 80n) - 1n), fc.bigInt(-30_000n, 30_000n)),
      other: fc.oneof(fc.bigInt(0n, 1n << 79n), fc.bigInt(0n, 30_000n)),
    })
    const property = fc.property(account, arbitraryRiskTable(SMALL), ({ account, cash, other }, table) => {
      const whole = { ...account, collateral: [cash, other] }
      const { statement, input } = instance(whole, table)
      assert.deepEqual(statement.claim, exitClaim(whole, table))
      assert.deepEqual(shipped.expectPass(input).slice(1, 4), exit.encodeStatement(statement))
      const quote = quoteAtMarks(whole, table)
      seen.add(quote >= 0n ? 'owed' : statement.claim[1] === 0n ? 'lost' : 'paid with collateral')
    })
    fc.assert(property, { seed: 5, numRuns: 40, endOnFailure: true })
    assert.deepEqual([...seen].sort(), ['lost', 'owed', 'paid with collateral'])
  })

  test('proves what is owed in a closed market, in a settled one and to a flagged account, at tables as risk-update proves them', () => {
    const seen = { sheltered: 0, settled: 0, flagged: 0 }
    for (let seed = 1n; Object.values(seen).some((count) => count < 2); seed++) {
      const venue = new LivingVenue(seed)
      venue.reprice()
      for (let i = 0; i < 200; i++) venue.step()
      const table = venue.table!
      for (const [index, account] of venue.state.accounts.entries()) {
        const holds = (phase: bigint) =>
          account.positions.some(({ size }, m) => size !== 0n && table.markets[m]!.phase === phase)
        const kinds = {
          ...{ sheltered: holds(PHASES.SHELTERED), settled: holds(PHASES.SETTLED) },
          flagged: isFlagged(account) && account.positions.some(({ size }) => size !== 0n),
        }
        if (!Object.entries(kinds).some(([kind, is]) => is && seen[kind as keyof typeof seen] < 2)) continue
        const witness = exitWitness(venue.state, index, table)
        const statement = exitStatement(venue.state, index, witness, TERMS)
        assert.deepEqual(statement.claim, exitClaim(account, table))
        shipped.expectPass(exit.buildInput(statement, witness, 'small'))
        for (const [kind, is] of Object.entries(kinds)) if (is) seen[kind as keyof typeof seen]++
      }
    }
  })

  test('needs no table for an account without positions and debts, whatever table is the last', () => {
    for (const riskRoot of [0n, hashRiskTable(TABLE), 5n]) {
      const { statement, input } = instance(flat, { riskRoot })
      assert.deepEqual(statement.claim, [7n, 8n])
      shipped.expectPass(input)
    }
    assert.throws(() => instance(rich, { riskRoot: 0n }), { code: 'INPUT_INVALID', path: 'riskTable' })
  })

  test('gives the open orders of an account no weight', () => {
    const { statement } = instance(owing)
    const bare = makeAccount(SMALL, {
      cash: -5_000n,
      others: [9_000n],
      positions: { 1: { size: 3n, fundingIndex: 7n } },
    })
    assert.deepEqual(statement.claim, exitClaim(bare, TABLE))
    assert.ok(statement.claim[1]! > 0n && statement.claim[1]! < 9_000n)
  })

  test('says why a claim is false', () => {
    const { statement, witness } = instance(owing)
    const refusal = exit.refusal!
    assert.equal(refusal(statement, witness), undefined)
    assert.match(refusal({ ...statement, claim: [0n, 9_000n] }, witness)!, /^claim\[1\]/)
    assert.match(refusal({ ...statement, stateRoot: 1n }, witness)!, /^stateRoot/)
    assert.match(refusal({ ...statement, account: 5n }, witness)!, /^stateRoot/)
    assert.match(refusal({ ...statement, riskRoot: 1n }, witness)!, /^riskRoot/)
    assert.match(refusal(statement, { ...witness, riskTable: undefined })!, /no table is given/)
  })

  test('takes statements by name alone, in range', () => {
    const { statement } = instance(owing)
    assert.deepEqual(exit.statementOf({ ...statement }), statement)
    const refused = (changes: Record<string, unknown>, path: string) =>
      assert.throws(() => exit.statementOf({ ...statement, ...changes }), { code: 'STATEMENT_INVALID', path })
    refused({ claim: [1n << 127n, 0n] }, 'statement.claim[0]')
    refused({ claim: [0n, -1n] }, 'statement.claim[1]')
    refused({ claim: [0n, '1'] }, 'statement.claim[1]')
    refused({ claim: [] }, 'statement.claim')
    refused({ claim: undefined }, 'statement.claim')
    refused({ account: 1n << 24n }, 'statement.account')
    refused({ more: 1n }, 'statement.more')
  })
})

suite('exit refuses', () => {
  test('a claim other than what the account is owed, by one lot of either asset', () => {
    for (const account of [owing, rich]) {
      const { statement, input } = instance(account)
      for (const k of [0, 1]) {
        for (const by of [1n, -1n]) {
          const lots = statement.claim[k]! + by
          if (lots < 0n) continue
          const signals = exit.encodeStatement({ ...statement, claim: statement.claim.with(k, lots) })
          const forge = Object.fromEntries(STATE_MOVE_SIGNALS.map((name, i) => [name, signals[i]!]))
          refuses(input, forge, /main\.data/)
        }
      }
    }
  })

  test('other hints of what pays a debt: fewer lots, more, all, none', () => {
    const { input } = instance(owing)
    const [sold] = input.sold as readonly bigint[]
    for (const lots of [sold! - 1n, sold! + 1n, 0n, 9_000n, FIELD - 1n]) {
      for (const covers of [0n, 1n]) refuses(input, { sold: [lots], covers: [covers] }, /main\.pay\[1\]/)
    }
    refuses(input, { covers: [0n] }, /main\.pay\[1\]/)
    refuses(input, { covers: [2n] }, /main\.pay\[1\]/)
  })

  test('that a stranger lets an account pay that owes nothing', () => {
    for (const account of [rich, flat]) {
      const { input } = instance(account)
      for (const lots of [1n, 8n, 9n]) {
        for (const covers of [0n, 1n]) refuses(input, { sold: [lots], covers: [covers] }, /main\.pay\[1\]/)
      }
    }
  })

  test('that a stranger lets an account pay at a table that nobody opened', () => {
    const { input } = instance(flat, { riskRoot: 5n })
    const words = [...(input.riskWords as readonly bigint[])]
    // a price that makes what is left of a debt of 0 as large as one likes
    for (const price of [1n, FIELD - 1n, FIELD - (1n << 100n)]) {
      const riskWords = words.toSpliced(-3, 2, price, 1n)
      for (const covers of [0n, 1n]) refuses(input, { riskWords, sold: [8n], covers: [covers] }, /main\.pay\[1\]/)
    }
  })

  test('an account with a position or a debt without a table, and another table than riskRoot’s', () => {
    const { input } = instance(rich)
    refuses(input, { priced: 0n }, /main\.size|main\.isPriced|main\.priced/)
    const debtor = instance(makeAccount(SMALL, { cash: -1n, others: [5n] }))
    // Without a unit all lots of the asset go for the debt: nothing else would refuse that.
    refuses(debtor.input, { priced: 0n, sold: [5n], covers: [0n] }, /main\.(owes|isPriced)/)
    const other = makeTable(SMALL, {}, { mark: 2_000n, fundingIndex: 5n })
    refuses(input, { riskWords: riskTableWords(other).map(toField) }, /main\.(risk\.riskRoot|riskRoot)/)
    const { broken, shippedAccepts } = attempt(input, { priced: 2n })
    assert.ok(broken.some((signals) => /main\.AssertBinary/.test(signals)) && !shippedAccepts, broken.join('\n'))
  })

  test('nothing of another account, state or venue: it says of which it is', () => {
    const { input, state } = instance(rich)
    for (const [forge, place, said] of [
      [{ domain: 78n }, 0, 78n],
      [{ collateral: [6_000n, 9n] }, 1, undefined],
      [{ nonce: 1n }, 1, undefined],
    ] as const) {
      const { broken, words } = attempt(input, forge as never)
      // the statement is another one, which the contract compares with its own
      if (place === 1) assert.ok(broken.length > 0 || words[1] !== stateRoot(state))
      else assert.deepEqual([broken, words[place]], [[], said])
    }
    const { broken } = attempt(input, { account: 5n })
    assert.ok(broken.length > 0)
  })
})

suite('what an asset pays of a debt', async () => {
  const shapes = { lots: [], unit: [], debt: [], sold: [], covers: [] }
  const circuit = await gadget('PayProbe', [], shapes)

  test('is one number: of all hints one pair fits, over small numbers', () => {
    for (const lots of [0n, 1n, 2n, 3n]) {
      for (const unit of [0n, 1n, 2n, 3n]) {
        for (let debt = 0n; debt <= 10n; debt++) {
          const units = unit === 0n ? lots : (debt + unit - 1n) / unit
          const sold = debt === 0n ? 0n : units < lots ? units : lots
          const left = debt > sold * unit ? debt - sold * unit : 0n
          const fitting: string[] = []
          for (let hint = -1n; hint <= 4n; hint++) {
            for (const covers of [0n, 1n]) {
              const made = circuit.evaluate({ lots, unit, debt, sold: toField(hint), covers })
              if (!made.accepted) continue
              fitting.push(`${hint} ${made.signal('left')} ${covers}`)
            }
          }
          assert.deepEqual(fitting, [`${sold} ${left} ${left === 0n ? 1 : 0}`], `${lots} lots at ${unit} for ${debt}`)
        }
      }
    }
  })

  test('is so at the widest numbers', () => {
    const [most, dear] = [(1n << 80n) - 1n, ((1n << 64n) - 1n) * 10_000n]
    for (const debt of [(1n << 141n) - 1n, most * dear, 1n]) {
      for (const unit of [dear, 1n, 0n]) {
        const units = unit === 0n ? most : (debt + unit - 1n) / unit
        const sold = units < most ? units : most
        const covers = debt <= sold * unit ? 1n : 0n
        if (debt > 1n << 141n) continue
        for (const [hint, bit] of [
          [sold, covers],
          [sold - 1n, covers],
          [sold + 1n, covers],
          [sold, 1n - covers],
          [most, 1n - covers],
        ] as const) {
          const { accepted } = circuit.evaluate({ lots: most, unit, debt, sold: toField(hint), covers: bit })
          assert.equal(accepted, hint === sold && bit === covers, `${hint} ${bit} at ${unit} for ${debt}`)
        }
      }
    }
  })
})
