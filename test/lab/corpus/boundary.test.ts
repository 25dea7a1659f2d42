import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { testBoundaries } from '../../../audit/boundary.ts'
import { corpusSubject } from '../../../lab/corpus/compiled.ts'
import { CORPUS } from '../../../lab/corpus/corpus.ts'

const CASES = 200

suite('the boundary tester on the corpus', () => {
  for (const circuit of CORPUS) {
    const { shown } = circuit
    if (shown.by !== 'boundary') continue
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
})
