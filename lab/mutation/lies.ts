import { reduce } from '../../protocol/field.ts'
import type { Laboratory } from '../dishonesty/laboratory.ts'
import type { LyingProver } from '../dishonesty/lying-prover.ts'
import type { TracedCircuit } from '../tracing/traced-circuit.ts'
import type { Mutant, Place } from './mutants.ts'

/**
 * A dishonest prover who breaks one instruction of ours and follows all others: an assigned signal has another value than it
 * should. It is refused by the constraints of that instruction alone, so that without them it would not be.
 */
export interface RecordedLie {
  readonly file: string
  readonly template: string
  readonly instruction: string
  /** Which signal of the instruction lies. */
  readonly detail: string
  readonly circuit: string
  /** Which honest witness of the circuit it starts from. */
  readonly witness: number
  /** Which of the signals that the instruction assigns in the circuit lies. */
  readonly at: number
  /** What it says; left out if it keeps its honest value while inputs change. */
  readonly value?: string
  /** Inputs that are not the honest ones. */
  readonly inputs?: Readonly<Record<string, string>>
  /** Whether the circuit's statement changes with what follows. */
  readonly restated?: true
}

/** The values that the prover insists on. */
export function toldBy(
  lie: RecordedLie,
  { system }: TracedCircuit,
  place: Place,
  honest: readonly bigint[],
  fixed: readonly number[],
) {
  const told = new Map<number, bigint>()
  if (!lie.restated) for (const wire of fixed) told.set(wire, honest[wire]!)
  const target = place.targets[lie.at]!
  told.set(target, lie.value === undefined ? honest[target]! : BigInt(lie.value))
  for (const [name, value] of Object.entries(lie.inputs ?? {})) told.set(system.symbols.wireOf(name)!, BigInt(value))
  return told
}

/** Places of an instruction, inputs and lies that are tried. */
const MOST_PLACES = 8
const MOST_INPUTS = 12
const MOST_LIES = 300

/** Looks for a lie that only the mutant's constraints refuse. */
export function findLie(mutant: Mutant, laboratory: Laboratory): RecordedLie | undefined {
  const { traced, prover, witnesses, witness: witnessOf, fixed } = laboratory
  const place = mutant.places.get(traced.name)!
  const { file, template, text } = mutant.instruction
  const head = { file, template, instruction: text, detail: mutant.detail, circuit: traced.name }
  const stride = Math.ceil(place.targets.length / MOST_PLACES)
  // Late places first: little follows from them.
  const places = place.targets.map((_, at) => at).filter((at) => (place.targets.length - 1 - at) % stride === 0)
  const isRefusedHere = (lie: RecordedLie) => {
    const honest = witnessOf(lie.witness)
    return prover.breaksOnly(honest, toldBy(lie, traced, place, honest, fixed), place.rows)
  }
  const search = (choose: typeof values | typeof inputs | typeof both): RecordedLie | undefined => {
    let tried = 0
    for (let witness = 0; witness < witnesses; witness++) {
      for (const at of places.toReversed()) {
        for (const choice of choose(traced, prover, witnessOf(witness), place.targets[at]!)) {
          if (tried++ > MOST_LIES) return undefined
          const lie: RecordedLie = { ...head, witness, at, ...choice }
          if (fixed.length === 0) {
            if (isRefusedHere(lie)) return lie
            continue
          }
          // Where the statement may change with what follows there are fewer constraints in the way.
          const restated: RecordedLie = { ...lie, restated: true }
          if (isRefusedHere(restated)) return isRefusedHere(lie) ? lie : restated
        }
      }
    }
    return undefined
  }
  return search(values) ?? search(inputs) ?? search(both)
}

/** Another value of the target. */
function* values(_traced: TracedCircuit, _prover: LyingProver, honest: readonly bigint[], target: number) {
  for (const value of others(honest[target]!)) yield { value: `${value}` }
}

/** The target's honest value, though something that it is computed from, at last an input, is another. */
function* inputs({ system }: TracedCircuit, prover: LyingProver, honest: readonly bigint[], target: number) {
  for (const input of inputsOf(prover, target)) {
    for (const value of others(honest[input]!)) yield { inputs: { [system.symbols.names(input)[0]!]: `${value}` } }
  }
}

/** Another value of the target, and the other one of a bit among the inputs that it is computed from. */
function* both(traced: TracedCircuit, prover: LyingProver, honest: readonly bigint[], target: number) {
  const { symbols } = traced.system
  for (const input of inputsOf(prover, target).filter((wire) => honest[wire]! < 2n)) {
    const flipped = { [symbols.names(input)[0]!]: `${1n - honest[input]!}` }
    for (const { value } of values(traced, prover, honest, target)) yield { value, inputs: flipped }
  }
}

function others(honest: bigint): bigint[] {
  const values = honest < 2n ? [1n - honest, 2n, -1n] : [honest + 1n, honest - 1n, -honest, 0n, 1n]
  return [...new Set(values.map(reduce))].filter((value) => value !== honest)
}

/** The nearest inputs that a signal is computed from. */
function inputsOf({ program: { steps, writer, inputs } }: LyingProver, target: number): number[] {
  const found: number[] = []
  const seen = new Set([target])
  for (const wire of seen) {
    if (inputs.has(wire)) found.push(wire)
    else if (writer[wire]! >= 0) for (const each of steps[writer[wire]!]!.from) seen.add(each)
    if (found.length >= MOST_INPUTS) break
  }
  return found
}
