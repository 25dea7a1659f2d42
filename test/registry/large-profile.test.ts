import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CIRCUITS, TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import type { RegisteredCircuit } from '../../circuits/types.ts'
import { venueShape } from '../../protocol/shape.ts'

type Fields = Readonly<Record<string, unknown>>

describe('the profile large', () => {
  it('has the shape of the standard one, and other sizes of trade batches alone', () => {
    const { name: _, ...shape } = venueShape('large')
    assert.deepEqual({ name: 'standard', ...shape }, venueShape('standard'))
    for (const [name, circuit] of Object.entries(CIRCUITS)) {
      const same =
        JSON.stringify(circuit.templateArguments('large')) === JSON.stringify(circuit.templateArguments('standard'))
      assert.equal(same, name !== 'trade-batch', name)
    }
  })

  for (const [name, circuit] of Object.entries(CIRCUITS) as [string, RegisteredCircuit][]) {
    it(`has an example of ${name} whose inputs are as long as the circuit's, and whose statement is read as it is written`, () => {
      const { statement, witness } = circuit.example('large')
      const input = circuit.buildInput(statement, witness, 'large')
      const shapes = circuit.inputShapes('large')
      assert.deepEqual(Object.keys(input).sort(), Object.keys(shapes).sort())
      for (const [signal, shape] of Object.entries(shapes)) assert.deepEqual(lengths(input[signal]), [...shape], signal)
      const fields = Object.fromEntries(circuit.statementFields.map((name) => [name, (statement as Fields)[name]]))
      assert.deepEqual(circuit.statementOf(fields), statement)
    })
  }

  it('has an example of a trade batch that is full of messages, signatures and steps', () => {
    const { messages, signatures, steps } = TRADE_BATCH_SIZES.large
    const { witness } = CIRCUITS['trade-batch'].example('large')
    assert.equal(witness.bundles.length, signatures)
    assert.equal(witness.bundles.flatMap((bundle) => bundle.messages).length, messages)
    assert.equal(witness.steps.length, steps)
  })
})

/** How long the lists of a signal are, from the outermost to the innermost. */
function lengths(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...lengths(value[0])] : []
}
