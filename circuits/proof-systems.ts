import { ZkclearError } from '../protocol/errors.ts'

/** Proof systems that circuits can be compiled for. All work over BN254 with R1CS from circom. */
export const PROOF_SYSTEMS = ['groth16', 'plonk', 'fflonk'] as const

export type ProofSystem = (typeof PROOF_SYSTEMS)[number]

/** The part of a circuit definition that says which proof systems it is offered in. */
export interface OfferedCircuit {
  readonly name: string
  readonly proofSystems?: readonly ProofSystem[]
}

/** The proof systems that a circuit is offered in, the one that is meant without further words first. */
export function proofSystemsOf({ proofSystems }: OfferedCircuit): readonly ProofSystem[] {
  return proofSystems ?? ['groth16']
}

/** The proof system of that name, for that circuit. Throws INPUT_INVALID if it is unknown or the circuit is not offered in it. */
export function requireProofSystem(circuit: OfferedCircuit, name: string): ProofSystem {
  const offered = proofSystemsOf(circuit)
  const found = offered.find((system) => system === name)
  if (found !== undefined) return found
  const message = `${circuit.name} is offered in ${offered.join(', ')}, not in ${JSON.stringify(name.slice(0, 64))}`
  throw new ZkclearError('INPUT_INVALID', message, { path: 'proofSystem' })
}
