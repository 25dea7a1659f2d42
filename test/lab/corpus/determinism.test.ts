import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { audit } from '../../../audit/audit.ts'
import { inputWires } from '../../../audit/input-wires.ts'
import { prove } from '../../../audit/prove.ts'
import { findBrokenConstraints } from '../../../circom/constraint-check.ts'
import { corpusHarness } from '../../../lab/corpus/compiled.ts'
import { type CorpusCircuit, DETERMINISM } from '../../../lab/corpus/corpus.ts'

/** Far more than any needs: a bug that takes all of it is no longer forged. */
const TIMEOUT = 60_000

async function auditOutputs(circuit: CorpusCircuit, optimization: 'O0' | 'O1') {
  const { r1cs, symbols, expectPass } = await corpusHarness(circuit, optimization)
  const witness = expectPass(circuit.sample)
  const { targets } = await audit({ r1cs, symbols, witness, targets: 'outputs', timeout: TIMEOUT })
  assert.equal(targets.length, r1cs.nOutputs)
  return { r1cs, targets, verdicts: targets.map(({ name, verdict }) => `${name} ${verdict}`).join() }
}

async function assertForged(circuit: CorpusCircuit, optimization: 'O0' | 'O1') {
  const { r1cs, targets, verdicts } = await auditOutputs(circuit, optimization)
  const forged = targets.filter(({ verdict }) => verdict === 'FORGED')
  assert.ok(forged.length > 0, verdicts)
  const { from, to } = inputWires(r1cs)
  for (const { wire, forgery } of forged) {
    const { first, second } = forgery!
    assert.deepEqual(findBrokenConstraints(r1cs, first), [])
    assert.deepEqual(findBrokenConstraints(r1cs, second), [])
    assert.deepEqual(second.slice(from, to), first.slice(from, to))
    assert.notEqual(second[wire], first[wire])
  }
}

suite('the audit on the corpus', () => {
  for (const circuit of DETERMINISM) {
    if (circuit.kind === 'bug' && circuit.shown.by === 'determinism' && circuit.shown.isHard) {
      test(`does not prove ${circuit.name}: ${circuit.planted}`, async () => {
        const { r1cs, symbols } = await corpusHarness(circuit)
        const { from, to } = inputWires(r1cs)
        const inputs = Array.from({ length: to - from }, (_, i) => from + i)
        const proof = await prove({ r1cs, symbols, inputs, deadline: Number.POSITIVE_INFINITY })
        assert.equal(proof.stopped, undefined)
        const outputs = Array.from({ length: r1cs.nOutputs }, (_, i) => i + 1)
        assert.ok(outputs.some((wire) => proof.verdictOf(wire) === 'UNKNOWN'))
      })
    } else if (circuit.kind === 'bug') {
      test(`forges ${circuit.name}: ${circuit.planted}`, () => assertForged(circuit, 'O0'))
    } else {
      test(`proves ${circuit.name}`, async () => {
        const { targets, verdicts } = await auditOutputs(circuit, 'O0')
        assert.ok(
          targets.every(({ verdict }) => verdict === 'PROVEN'),
          verdicts,
        )
      })
    }
  }

  test('takes no signal for an input where simplification dropped inputs that nothing mentions', () =>
    assertForged(DETERMINISM.find(({ name }) => name === 'AssignedProduct')!, 'O1'))
})
