import { CIRCUITS, type CircuitInput, type CircuitName } from '../../circuits/index.ts'
import type { RegisteredCircuit } from '../../circuits/types.ts'
import type { ProfileName } from '../../protocol/shape.ts'

/** The input signals of a circuit's example. */
export function exampleInput(name: CircuitName, profile: ProfileName): CircuitInput {
  const circuit: RegisteredCircuit = CIRCUITS[name] as RegisteredCircuit
  const { statement, witness } = circuit.example(profile)
  return circuit.buildInput(statement, witness, profile)
}
