import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import {
  assertBreaks,
  describeRows,
  type Rule,
  shippedHarness,
  type TestCircuit,
  tellObservers,
} from '../circuits/harness.ts'
import { inputWires, wireOf, writtenWires } from '../circuits/named-system.ts'
import { laboratoryOf } from './laboratory.ts'

/** What a prover tells otherwise: inputs by name, and any other signals by their place below main. */
export interface Falsehood {
  readonly forge?: Readonly<Record<string, InputValue>>
  readonly lies?: Readonly<Record<string, bigint>>
}

/**
 * A prover who does what is forbidden, and all that follows from it, the words that it publishes included. Each attempt throws unless
 * the constraints are in its way, and those of the shipped circuit too.
 *
 * @param inputsOf the inputs of what was done, whether or not it is allowed
 */
export async function ruleProver<T>(definition: TestCircuit, inputsOf: (done: T) => CircuitInput) {
  const shipped = await shippedHarness(definition)
  const { traced, prover } = await laboratoryOf(definition.name)
  const { system } = traced
  const shippedWires = writtenWires(system.r1cs, shipped.r1cs)

  function brokenBy(done: T, { forge = {}, lies = {} }: Falsehood): string[] {
    const told = inputWires(system, forge)
    for (const [name, value] of Object.entries(lies)) told.set(wireOf(system, name), value)
    const { values, broken } = prover.advance(prover.assign(inputWires(system, inputsOf(done))), told)
    tellObservers(system.r1cs, (wire) => values[wire]!, broken)
    const shippedValues = shippedWires.map((wire) => values[wire]!)
    const isStopped = findBrokenConstraints(shipped.r1cs, shippedValues, { limit: 1 }).length > 0
    if (broken.length > 0 && !isStopped) throw new Error('the shipped circuit accepts it')
    return describeRows(system, broken)
  }

  return {
    shipped,
    /** The rule's constraints break, and no other. */
    refused(done: T, rule: Rule, falsehood: Falsehood = {}): void {
      assertBreaks(brokenBy(done, falsehood), rule)
    },
    /** Some constraint about the rule breaks, whatever else does: for what no one thing done comes to. */
    stopped(done: T, rule: RegExp, falsehood: Falsehood = {}): void {
      const broken = brokenBy(done, falsehood)
      if (!broken.some((signals) => rule.test(signals))) throw new Error(broken.join('\n') || 'nothing is in its way')
    },
  }
}
