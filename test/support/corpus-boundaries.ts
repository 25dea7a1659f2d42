import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testBoundaries } from '../../audit/boundary.ts'
import { corpusSubject } from '../../lab/corpus/compiled.ts'
import { CORPUS, type CorpusCircuit } from '../../lab/corpus/corpus.ts'

const CASES = 200

/** The circuits of the corpus whose bugs the boundary tester finds, or their twins, which have none. */
export function ofBoundaries(kind: CorpusCircuit['kind']): CorpusCircuit[] {
  return CORPUS.filter((circuit) => circuit.kind === kind && circuit.shown.by === 'boundary')
}

/** A test that the boundary tester says of a circuit what is so. */
export function boundaryTest(circuit: CorpusCircuit): void {
  const { shown } = circuit
  assert.ok(shown.by === 'boundary')
  const isBug = circuit.kind === 'bug'
  test(`${isBug ? `finds ${shown.finds} in` : 'agrees with'} ${circuit.name}`, async () => {
    const subject = await corpusSubject(circuit)
    const model = isBug ? shown.model : (shown.twinModel ?? shown.model)
    const report = await testBoundaries({ subject, model, cases: CASES })
    assert.ok(report.tried.legal > 0 && report.tried.illegal > 0, JSON.stringify(report.tried))
    assert.ok(report.constraintsAsked)
    if (isBug) {
      assert.equal(report.verdict, 'DIFFERS')
      assert.ok(report.found[shown.finds] > 0)
      assert.ok(report.counterexamples.some(({ direction }) => direction === shown.finds))
    } else {
      assert.deepEqual(report.counterexamples, [])
      assert.equal(report.verdict, 'AGREES')
    }
  })
}
