import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import {
  assertBreaks,
  describeRows,
  type Rule,
  shippedHarness,
  type TestCircuit,
  tellObservers,
} from '../circuits/harness.ts'
import { inputWires } from '../circuits/named-system.ts'
import { laboratoryOf } from './laboratory.ts'

type Forgery = Readonly<Record<string, InputValue>>

/**
 * A prover who does what is forbidden, and all that follows from it. Each attempt throws unless the constraints are in its way, and
 * the shipped circuit's generator too.
 *
 * @param inputsOf the inputs of what was done, whether or not it is allowed
 */
export async function ruleProver<T>(definition: TestCircuit, inputsOf: (done: T) => CircuitInput) {
  const shipped = await shippedHarness(definition)
  const { traced, prover } = await laboratoryOf(definition.name)
  const { system } = traced

  function brokenBy(inputs: CircuitInput): string[] {
    const made = prover.assign(inputWires(system, inputs))
    tellObservers(system.r1cs, (wire) => made.values[wire]!, made.broken)
    if (shipped.witness(inputs) !== undefined) throw new Error('the shipped circuit accepts it')
    return describeRows(system, made.broken)
  }

  return {
    shipped,
    /** The rule's constraints break, and no other. */
    refused(done: T, rule: Rule, forge: Forgery = {}): void {
      assertBreaks(brokenBy({ ...inputsOf(done), ...forge }), rule)
    },
    /** Some constraint about the rule breaks, whatever else does: for inputs that no one thing done has. */
    stopped(done: T, rule: RegExp, forge: Forgery): void {
      const broken = brokenBy({ ...inputsOf(done), ...forge })
      if (!broken.some((signals) => rule.test(signals))) throw new Error(broken.join('\n'))
    },
  }
}
