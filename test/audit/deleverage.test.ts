import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { audit } from '../../audit/audit.ts'
import { checkEquivalence } from '../../circom/equivalence.ts'
import { DELEVERAGE_REVIEW } from '../../circuits/deleverage/review.ts'
import { compileSystem } from '../../lab/circuits/compile-cached.ts'
import { shippedHarness } from '../../lab/circuits/harness.ts'
import { readNamedSystem } from '../../lab/circuits/named-system.ts'
import { DELEVERAGE_CIRCUIT } from '../../lab/instances/deleverage.ts'

/** What own-circuits.test.ts asks of circuits of the registry, of one that is not in it yet. */
suite('the audit of deleverage, of a venue of three markets', async () => {
  const files = await compileSystem(DELEVERAGE_CIRCUIT, { optimization: 'O0', inspect: true })
  const { r1cs, symbols } = await readNamedSystem(files)
  const report = await audit({ r1cs, symbols, targets: 'all', keys: [], timeout: 600_000 })

  test('proves every signal, but hints of tests for zero that the reviewed list excuses', () => {
    assert.equal(report.stopped, undefined)
    assert.deepEqual(report.contradictions, [])
    assert.deepEqual(report.unusedPublicInputs, [])
    assert.deepEqual([report.counts.FORGED, report.counts.UNKNOWN], [0, 0])
    assert.deepEqual({ ...report.lemmas }, {})
    const free = report.targets.map(({ name }) => name)
    assert.deepEqual(
      free.filter((signal) => !DELEVERAGE_REVIEW.free.some(({ pattern }) => pattern.test(signal))),
      [],
    )
    assert.ok(free.length > 0 && DELEVERAGE_REVIEW.free.length === 1)
  })

  test('is of a circuit all of whose inputs are reviewed, once each', () => {
    const names = DELEVERAGE_REVIEW.inputs.flatMap((described) => described.names)
    assert.deepEqual(names.toSorted(), Object.keys(DELEVERAGE_CIRCUIT.inputShapes('small')).toSorted())
  })

  test('holds for the circuit as it would ship, which has the same solutions', async () => {
    const shipped = await shippedHarness(DELEVERAGE_CIRCUIT)
    assert.ok(shipped.r1cs.nConstraints < r1cs.nConstraints)
    const { equivalent, ...differences } = checkEquivalence(r1cs, shipped.r1cs)
    assert.deepEqual(differences, { missing: [], extra: [], restricting: [], redundant: [], moved: [] })
    assert.ok(equivalent)
  })
})
