import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { circuitsDirectory } from '../../../circom/paths.ts'
import type { RiskUpdateStatement, RiskUpdateWitness } from '../../../circuits/risk-update/index.ts'
import { riskUpdate, riskUpdateOf, riskUpdateStatement } from '../../../circuits/risk-update/index.ts'
import type { CircuitInput } from '../../../circuits/types.ts'
import {
  assertBreaks,
  describeRows,
  shippedHarness,
  type TestCircuit,
  tellObservers,
} from '../../../lab/circuits/harness.ts'
import { inputWires, wireOf } from '../../../lab/circuits/named-system.ts'
import { openLaboratory } from '../../../lab/dishonesty/laboratory.ts'
import { RISK_CIRCUIT, RISK_UPDATES, riskInput } from '../../../lab/instances/risk.ts'
import { traceDefinition } from '../../../lab/tracing/traced-circuit.ts'
import { FIELD, toField } from '../../../protocol/numbers.ts'
import { riskParameterWords } from '../../../protocol/risk/parameter-words.ts'
import { venueShape } from '../../../protocol/shape.ts'
import { arbitraryRiskUpdates } from '../../support/arbitrary-risk-updates.ts'

const SHAPE = venueShape('small')
const DOMAIN = 77n
const shipped = await shippedHarness(riskUpdate as TestCircuit)

function prove(witness: RiskUpdateWitness): void {
  const { statement } = riskUpdateStatement(witness, DOMAIN, SHAPE)
  const values = shipped.expectPass(riskUpdate.buildInput(statement, witness, 'small'))
  assert.deepEqual(values.slice(1, 4), riskUpdate.encodeStatement(statement))
}

suite('risk-update', () => {
  test('proves what the model makes of any reports, parameters and table before', () => {
    const seen = new Set<string>()
    const property = fc.property(arbitraryRiskUpdates(SHAPE, 4), (witnesses) => {
      for (const witness of witnesses) {
        prove(witness)
        const { after, relisted } = riskUpdateOf(witness, SHAPE)
        const { table, memory } = after
        if (relisted !== 0n) seen.add('relisted')
        if (
          memory.markets.some(
            ({ settlement }, m) => settlement > 0n && settlement === witness.before?.memory.markets[m]?.settlement,
          )
        )
          seen.add('stays settled')
        seen.add(witness.before === undefined ? 'first' : 'later')
        for (const { phase, lastTradeTime } of table.markets) {
          seen.add(`phase ${phase}`)
          if (lastTradeTime === 0n) seen.add('closed')
        }
        for (const { averageSeconds, settlement } of memory.markets) {
          if (averageSeconds > 0n && averageSeconds < 1_800n) seen.add('part of a window')
          if (averageSeconds === 1_800n) seen.add('a whole window')
          if (settlement > 0n && averageSeconds === 0n) seen.add('settled without a window')
        }
        if (table.markets.some(({ fundingIndex }) => fundingIndex < 0n)) seen.add('shorts pay')
        if (table.markets.some(({ fundingIndex }) => fundingIndex > 0n)) seen.add('longs pay')
      }
    })
    fc.assert(property, { seed: 11, numRuns: 12, endOnFailure: true })
    const all = [
      'first',
      'later',
      'relisted',
      'stays settled',
      'phase 0',
      'phase 1',
      'phase 2',
      'closed',
      'part of a window',
      'a whole window',
    ]
    assert.deepEqual([...seen].sort(), [...all, 'settled without a window', 'shorts pay', 'longs pay'].sort())
  })

  test('has no proof of any other word', () => {
    const { statement, witness } = riskUpdate.example('small')
    const changes: Partial<RiskUpdateStatement>[] = [
      { domain: statement.domain + 1n },
      { asOf: statement.asOf + 1n },
      { parametersRoot: statement.parametersRoot + 1n },
      { newRiskRoot: statement.newRiskRoot + 1n },
      { listings: 1n },
      { listings: 1n << 4n },
      { listings: 1n << 16n },
      ...statement.medians.map((word, i) => ({ medians: statement.medians.with(i, word + 1n) })),
    ]
    const honest = riskUpdate.buildInput(statement, witness, 'small')
    for (const change of changes) {
      const forged = { ...statement, ...change }
      const signals = Object.fromEntries(
        riskUpdate.encodeStatement(forged).map((x, i) => [riskUpdate.publicSignals[i]!, x]),
      )
      assert.equal(shipped.witness({ ...honest, ...signals }), undefined, Object.keys(change)[0])
    }
  })

  test('says why a claim is false', () => {
    const { statement, witness } = riskUpdate.example('small')
    const refusal = riskUpdate.refusal!
    assert.equal(refusal(statement, witness), undefined)
    assert.match(refusal({ ...statement, parametersRoot: 1n }, witness)!, /^parametersRoot/)
    assert.match(refusal({ ...statement, oldRiskRoot: 1n }, witness)!, /^oldRiskRoot/)
    assert.match(refusal({ ...statement, asOf: 1n }, witness)!, /^asOf/)
    assert.match(refusal({ ...statement, medians: statement.medians.with(1, 5n) }, witness)!, /^medians/)
    assert.match(refusal({ ...statement, newRiskRoot: 1n }, witness)!, /^newRiskRoot/)
    assert.match(refusal({ ...statement, listings: 1n }, witness)!, /^listings/)
    const [first] = witness.reports
    assert.match(refusal(statement, { ...witness, reports: [first!] })!, /^reports .*need those of at least 2/)
  })
})

suite('a prover who lies about what stood before', async () => {
  const traced = await traceDefinition({ definition: RISK_CIRCUIT, sourceRoots: [circuitsDirectory()] })
  const { prover } = openLaboratory(traced)
  const { system } = traced
  const witness = RISK_UPDATES[4]!()
  const honest = riskInput(witness)
  const start = prover.assign(inputWires(system, honest))

  /** What comes out if the prover insists on those inputs and publishes the words that follow. */
  function insist(forge: CircuitInput, from = start) {
    const made = prover.advance(from, inputWires(system, forge))
    tellObservers(system.r1cs, (wire) => made.values[wire]!, made.broken)
    return { broken: describeRows(system, made.broken), values: made.values }
  }

  test('starts from a witness that breaks nothing', () => assert.deepEqual(start.broken, []))

  test('has no proof with another word of the table or of its memory', () => {
    const { oldTableWords, memoryWords, oldRiskRoot } = honest as Record<string, readonly bigint[]>
    for (const [name, words] of Object.entries({ oldTableWords: oldTableWords!, memoryWords: memoryWords! })) {
      for (let i = 0; i < words.length; i += 7) {
        const { broken } = insist({ [name]: words.with(i, (words[i]! + 1n) % FIELD), oldRiskRoot: oldRiskRoot! })
        assertBreaks(
          broken.filter((signals) => /oldRiskRoot/.test(signals)),
          /main\.oldRiskRoot/,
        )
      }
    }
  })

  test('has no proof of parameters that move a strike under a position, or an expiry of what is no perpetual', () => {
    const call = 1
    for (const change of [
      { strike: 3_300_000n },
      { multiplier: 2_000n },
      { expiry: witness.parameters.markets[call]!.expiry + 1n },
    ]) {
      const markets = witness.parameters.markets.with(call, { ...witness.parameters.markets[call]!, ...change })
      const parameters = { ...witness.parameters, markets }
      for (const retired of [0n, 0b111n]) {
        const { broken } = insist({ parameterWords: riskParameterWords(parameters).map(toField), retired })
        assertBreaks(broken, /main\.market\[1\]\.listing/)
      }
    }
  })

  test('has no proof that names a retired market which there is not', () => {
    assertBreaks(insist({ retired: 1n << 3n }).broken, /^main\.Num2Bits_/)
  })

  test('comes to the same first table whatever stands where a table before and its memory would', () => {
    const input = riskInput(RISK_UPDATES[0]!())
    const first = prover.assign(inputWires(system, input))
    const newRiskRoot = wireOf(system, 'table.riskRoot')
    for (const name of ['oldTableWords', 'memoryWords']) {
      const { broken, values } = insist({ [name]: (input[name] as readonly bigint[]).map(() => 5n) }, first)
      assert.deepEqual(broken, [])
      assert.equal(values[newRiskRoot], first.values[newRiskRoot])
    }
  })
})
