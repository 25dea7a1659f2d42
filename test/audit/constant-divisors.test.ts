import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inputWires } from '../../audit/input-wires.ts'
import { propagate } from '../../audit/propagate.ts'
import { buildSystem } from '../../circom/system.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { corpusHarness } from '../../lab/corpus/compiled.ts'
import { type CorpusCircuit, DETERMINISM } from '../../lab/corpus/corpus.ts'
import { reduce } from '../../protocol/field.ts'
import { type Constraint, constraintsOf, withConstraints } from '../support/constraint-rows.ts'

/** Those of which the remainder is to be found, too. */
const DIVISIONS = DETERMINISM.filter(
  ({ file, sample, outputs }) => file === 'limbs.circom' && 'divisor' in sample && outputs.includes('remainder[0]'),
)

/** Names of outputs that are not proven once the divisor is a constant, with constraints dropped. */
async function openOutputs(circuit: CorpusCircuit, isKept: (row: number) => boolean = () => true): Promise<string[]> {
  const { r1cs, symbols } = await corpusHarness(circuit)
  const { shown } = circuit
  const { divisor } = ((shown.by === 'determinism' && shown.input) || circuit.sample) as CircuitInput & {
    divisor: readonly bigint[]
  }
  const constants = divisor.map((limb, i): Constraint => {
    const wire = symbols.wireOf(`main.divisor[${i}]`)!
    const terms = [[wire, 1n] as const, [0, reduce(-limb)] as const]
    return [[], [], terms.filter(([, coefficient]) => coefficient !== 0n)]
  })
  const all = constraintsOf(r1cs).filter((_, row) => isKept(row))
  const system = buildSystem(withConstraints(r1cs, [...all, ...constants]))
  const { from, to } = inputWires(r1cs)
  const { facts } = await propagate(
    system,
    Array.from({ length: to - from }, (_, i) => from + i),
  )
  return circuit.outputs.filter((name) => !facts.isKnown(system.representative[symbols.wireOf(`main.${name}`)!]!))
}

describe('divisions in limbs by a constant', () => {
  for (const circuit of DIVISIONS) {
    it(`${circuit.kind === 'twin' ? 'are proven' : 'are not'}, as in ${circuit.name}`, async () => {
      const open = await openOutputs(circuit)
      if (circuit.kind === 'twin') assert.deepEqual(open, [])
      else assert.notDeepEqual(open, [])
    })
  }

  it('are not if a constraint of a range, of a column or of the comparison is missing', async () => {
    const circuit = DIVISIONS.find(({ name }) => name === 'LimbRemainderBelow')!
    const { r1cs, symbols } = await corpusHarness(circuit)
    // Not what copies bits, nor what is given to the generator's divided numbers. (Carries follow from the columns above them.)
    const needed = constraintsOf(r1cs).flatMap((row, index) => {
      const names = row.flat().map(([wire]) => symbols.names(wire)[0] ?? '')
      const isOfRange = names.some((name) => /(remainders|upper)\.Num2Bits/.test(name))
      const isCopy = names.some((name) => /bits\[|Divided|carried/.test(name))
      const isOfColumn = names.some((name) => /columns\.(products|carries\[[01]\])/.test(name))
      const isOfBits = names.some((name) => /Num2Bits\S*\[1\]\.in/.test(name) && !/divisors/.test(name))
      return !isCopy && (isOfRange || isOfColumn || isOfBits) ? [index] : []
    })
    assert.ok(needed.length > 20)
    for (const dropped of needed) {
      assert.notDeepEqual(await openOutputs(circuit, (row) => row !== dropped), [], `without ${dropped}`)
    }
  })
})
