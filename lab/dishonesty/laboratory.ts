import type { CircuitInput, InputValue } from '../../circuits/types.ts'
import { HONEST_INPUTS } from '../instances/honest-inputs.ts'
import type { Bench } from '../tracing/traced-circuit.ts'
import { adaptationsOf, statementOf } from './adaptations.ts'
import { programOf } from './program.ts'
import { Prover } from './prover.ts'

/** What attacks on a bench need: a prover that follows up lies, and honest witnesses to start from. */
export interface Laboratory {
  readonly prover: Prover
  /** How many honest witnesses there are. */
  readonly witnesses: number
  /** One of them. Throws if it is not honest after all: it breaks a constraint, or other hints fit better. */
  witness(index: number): readonly bigint[]
  /** The inputs that say what is proved; a lie may keep them. */
  readonly fixed: readonly number[]
}

/** Prepares attacks on a bench. */
export function openLaboratory(bench: Bench): Laboratory {
  const { name, system } = bench
  const prover = new Prover(system.r1cs, programOf(system, bench.attribution, adaptationsOf(name, system)))
  const inputs = HONEST_INPUTS[name]!
  const made = new Map<number, readonly bigint[]>()
  return {
    prover,
    witnesses: inputs.length,
    fixed: statementOf(system),
    witness(index) {
      const witness = made.get(index) ?? honestWitness(bench, prover, inputs[index]!())
      made.set(index, witness)
      return witness
    },
  }
}

function honestWitness({ name, system }: Bench, prover: Prover, input: CircuitInput): readonly bigint[] {
  const inputs = new Map<number, bigint>()
  const put = (path: string, value: InputValue) => {
    if (typeof value === 'bigint') inputs.set(system.symbols.wireOf(path)!, value)
    else for (const [i, element] of value.entries()) put(`${path}[${i}]`, element)
  }
  for (const [signal, value] of Object.entries(input)) put(`main.${signal}`, value)
  const witness = prover.witness(inputs)
  const changed = [...inputs].filter(([wire, value]) => witness[wire] !== value)
  const broken = prover.broken(witness, new Map(witness.entries()))
  if (broken.length > 0 || changed.length > 0) throw new Error(`a witness of ${name} is not honest`)
  return witness
}
