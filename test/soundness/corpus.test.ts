import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { corpusHarness } from './compiled.ts'
import { CORPUS, DETERMINISM } from './corpus.ts'

suite('the soundness corpus', () => {
  for (const circuit of CORPUS) {
    test(`${circuit.name} proves its sample`, async () => {
      const { expectPass, symbols } = await corpusHarness(circuit)
      expectPass(circuit.sample)
      for (const output of circuit.outputs) assert.ok(symbols.wireOf(`main.${output}`), `no output ${output}`)
    })
  }

  for (const circuit of DETERMINISM.filter(({ kind }) => kind === 'bug')) {
    test(`${circuit.name} has two witnesses with equal inputs and different outputs`, async () => {
      const { shown } = circuit
      assert.ok(shown.by === 'determinism')
      const { symbols, expectPass, broken } = await corpusHarness(circuit)
      const honest = expectPass(shown.input ?? circuit.sample)
      const second = [...honest]
      for (const [name, value] of Object.entries(shown.changes)) {
        const wire = symbols.wireOf(`main.${name}`)
        if (wire !== undefined) second[wire] = value
      }
      assert.deepEqual(broken(second), [])
      const inputs = (witness: readonly bigint[]) =>
        Object.keys(circuit.inputs).flatMap((name) =>
          Array.from(witness.keys())
            .filter((wire) => symbols.names(wire).some((one) => one.replace(/\[.*/, '') === `main.${name}`))
            .map((wire) => witness[wire]),
        )
      assert.deepEqual(inputs(second), inputs(honest))
      const differing = circuit.outputs.filter((name) => {
        const wire = symbols.wireOf(`main.${name}`)!
        return second[wire] !== honest[wire]
      })
      assert.notDeepEqual(differing, [])
    })
  }
})
