import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { audit } from '../../../audit/audit.ts'
import { createTamperCheck } from '../../../circom/constraint-check.ts'
import { checkEquivalence } from '../../../circom/equivalence.ts'
import { exit, exitStatement, exitWitness } from '../../../circuits/exit/index.ts'
import { EXIT_REVIEW } from '../../../circuits/exit/review.ts'
import { compileCached } from '../../../lab/circuits/compile-cached.ts'
import { shippedHarness, type TestCircuit } from '../../../lab/circuits/harness.ts'
import { readNamedSystem } from '../../../lab/circuits/named-system.ts'
import { makeAccount, makeState, makeTable, SMALL } from '../../../lab/instances/model.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { PROFILE_NAMES } from '../../../protocol/shape.ts'

const definition = exit as TestCircuit
const full = await readNamedSystem(await compileCached(definition, { optimization: 'O0', inspect: true }))
const shipped = await shippedHarness(definition)
const { free, inputs, budget } = EXIT_REVIEW

suite('the audit of exit', async () => {
  const report = await audit({ ...full, targets: 'all', timeout: 3_600_000 })

  test('proves every signal, or the reviewed list excuses it', () => {
    assert.equal(report.stopped, undefined)
    assert.deepEqual([report.contradictions, report.unusedPublicInputs], [[], []])
    assert.deepEqual([report.counts.FORGED, report.counts.UNKNOWN], [0, 0])
    const names = report.targets.map(({ name }) => name)
    assert.deepEqual(
      names.filter((name) => !free.some(({ pattern }) => pattern.test(name))),
      [],
    )
    const idle = free.filter(({ pattern }) => !names.some((name) => pattern.test(name)))
    assert.deepEqual(idle, [], 'patterns that excuse nothing any more')
  })

  test('holds after simplification, which leaves the solutions as they are', () => {
    assert.ok(shipped.r1cs.nConstraints < full.r1cs.nConstraints)
    const { equivalent, ...differences } = checkEquivalence(full.r1cs, shipped.r1cs)
    assert.deepEqual(differences, { missing: [], extra: [], restricting: [], redundant: [], moved: [] })
    assert.ok(equivalent)
  })
})

test('exit stays within its budget, and every input is reviewed, once', () => {
  assert.ok(shipped.r1cs.nConstraints + shipped.r1cs.nPublic + 1 <= budget.small, `${shipped.r1cs.nConstraints}`)
  const reviewed = inputs.flatMap(({ names }) => names)
  for (const profile of PROFILE_NAMES) {
    assert.deepEqual(reviewed.toSorted(), Object.keys(exit.inputShapes(profile)).toSorted())
  }
})

test('any one signal of an honest witness changed breaks a constraint', () => {
  const owing = makeAccount(SMALL, { cash: -5_000n, others: [9_000n], positions: { 1: { size: 3n } } })
  const state = makeState(SMALL, { 2: owing })
  const witness = exitWitness(state, 2, makeTable(SMALL))
  const values = shipped.expectPass(exit.buildInput(exitStatement(state, 2, witness, { domain: 7n }), witness, 'small'))
  const { brokenBy } = createTamperCheck(shipped.r1cs, values)
  const isFree = (wire: number) =>
    [1n, 0x2545f4914f6cdd1dn].some((by) => brokenBy(new Map([[wire, (values[wire]! + by) % FIELD]])).length === 0)
  const names = values.flatMap((_, wire) => (wire > 0 && isFree(wire) ? [shipped.symbols.names(wire)[0]!] : []))
  assert.deepEqual(
    names.filter((name) => !free.some(({ pattern }) => pattern.test(name))),
    [],
  )
})
