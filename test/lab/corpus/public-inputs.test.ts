import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { unusedPublicInputs } from '../../../audit/unused-inputs.ts'
import { compileCircuit } from '../../../circom/compile.ts'
import { CIRCUITS } from '../../../circuits/index.ts'
import { shippedHarness, type TestCircuit } from '../../../lab/circuits/harness.ts'
import { CORPUS_ROOT, corpusDefinition, corpusSystem } from '../../../lab/corpus/compiled.ts'
import { CORPUS } from '../../../lab/corpus/corpus.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

suite('public inputs that no constraint mentions', () => {
  for (const circuit of CORPUS) {
    const { shown } = circuit
    if (shown.by !== 'unused input') continue
    const isBug = circuit.kind === 'bug'

    test(`${circuit.name} ${isBug ? 'leaves one unused' : 'uses them all'}`, async () => {
      const { r1cs, symbols } = await corpusSystem(circuit, 'O1')
      const unused = unusedPublicInputs(r1cs).map((wire) => symbols.names(wire)[0])
      assert.deepEqual(unused, isBug ? [`main.${shown.signal}`] : [])
    })

    const refused = isBug && shown.where === 'sources'
    test(`${circuit.name} is ${refused ? 'refused by' : 'passed by'} the compiler's own inspection`, async () => {
      await using folder = await temporaryDirectory()
      const options = { profile: 'small', directory: folder.path, sourceRoots: [CORPUS_ROOT] } as const
      const compiling = compileCircuit({ definition: corpusDefinition(circuit), ...options })
      if (refused) {
        const message = new RegExp(`Local signal ${shown.signal} does not appear in any constraint`)
        await assert.rejects(compiling, { code: 'COMPILE_FAILED', message })
      } else await compiling
    })
  }

  for (const circuit of Object.values(CIRCUITS)) {
    test(`${circuit.name} as it is shipped uses all of its own`, async () => {
      const { r1cs } = await shippedHarness(circuit as TestCircuit)
      assert.equal(r1cs.nPublic, circuit.publicSignals.length)
      assert.deepEqual(unusedPublicInputs(r1cs), [])
    })
  }
})
