import type { CircuitInput } from '../../circuits/types.ts'
import type { Outcome } from '../circuits/gadget.ts'
import { describeRows, tellObservers } from '../circuits/harness.ts'
import { inputWires, wireOf } from '../circuits/named-system.ts'
import { Assignments } from './assignments.ts'
import { laboratoryOf } from './laboratory.ts'

/** Constraints that are described: more say nothing new. */
const MOST_DESCRIBED = 64

/**
 * A gadget of TRACED_CIRCUITS, for many inputs of which each differs little from some before it: what follows from it, however
 * wrong, and what the constraints say.
 */
export async function tracedGadget(name: string) {
  const { traced, prover } = await laboratoryOf(name)
  const { system } = traced
  const assignments = new Assignments(
    (inputs) => prover.assign(inputs),
    (nearest, inputs) => prover.advance(nearest, inputs),
  )
  return {
    evaluate(input: CircuitInput): Outcome {
      const { values, broken } = assignments.make(inputWires(system, input))
      const value = (wire: number) => values[wire]!
      tellObservers(system.r1cs, value, broken, name)
      return {
        accepted: broken.length === 0,
        broken: describeRows(system, broken.slice(0, MOST_DESCRIBED)),
        signal: (signal) => value(wireOf(system, signal)),
      }
    },
  }
}
