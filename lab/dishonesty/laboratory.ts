import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import type { CircuitInput } from '../../circuits/types.ts'
import { inputWires } from '../circuits/named-system.ts'
import { HONEST_INPUTS } from '../instances/honest-inputs.ts'
import { type TracedCircuit, traceCircuit } from '../tracing/traced-circuit.ts'
import { adaptationsOf, statementOf } from './adaptations.ts'
import { LyingProver } from './lying-prover.ts'
import { programOf } from './program.ts'

/** What attacks on a circuit need: a prover that follows up lies, and honest witnesses to start from. */
export interface Laboratory {
  readonly traced: TracedCircuit
  readonly prover: LyingProver
  /** How many honest witnesses there are. */
  readonly witnesses: number
  /** One of them. Throws if it is not honest after all: it breaks a constraint, or other hints fit better. */
  witness(index: number): readonly bigint[]
  /** The inputs that say what is proved; a lie may keep them. */
  readonly fixed: readonly number[]
}

/** Prepares attacks on a circuit. */
export function openLaboratory(traced: TracedCircuit): Laboratory {
  const { name, system } = traced
  const prover = new LyingProver(system.r1cs, programOf(system, traced.attribution, adaptationsOf(name, system)))
  const inputs = HONEST_INPUTS[name]!
  const made = new Map<number, readonly bigint[]>()
  return {
    traced,
    prover,
    witnesses: inputs.length,
    fixed: statementOf(system),
    witness(index) {
      const witness = made.get(index) ?? honestWitness(traced, prover, inputs[index]!())
      made.set(index, witness)
      return witness
    },
  }
}

const open = new Map<string, Promise<Laboratory>>()

/** The laboratory of a circuit by its name, opened once in a process. */
export function laboratoryOf(name: string): Promise<Laboratory> {
  const known = open.get(name) ?? traceCircuit(name).then(openLaboratory)
  open.set(name, known)
  return known
}

function honestWitness({ name, system }: TracedCircuit, prover: LyingProver, input: CircuitInput): readonly bigint[] {
  const inputs = inputWires(system, input)
  const witness = prover.witness(inputs)
  const isChanged = [...inputs].some(([wire, value]) => witness[wire] !== value)
  const isBroken = findBrokenConstraints(system.r1cs, witness, { limit: 1 }).length > 0
  if (isChanged || isBroken) throw new Error(`a witness of ${name} is not honest`)
  return witness
}
